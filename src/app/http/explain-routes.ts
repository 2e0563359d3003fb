import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { explain } from '../../sync/explain/explain.ts'
import { storesOf } from '../../sync/failures/find-failures.ts'
import { explainView } from '../explain-view.ts'
import type { Worker } from '../worker.ts'
import { read } from './requests.ts'
import { KEY_TEXT } from './resync-routes.ts'

export const EXPLAIN_PARAMS = z.object({ key: KEY_TEXT })

/** What is known of a doctor and why. It is personal data: each request is on record, and it is never logged. */
export function addExplainRoutes(
  server: FastifyInstance,
  { context, sources: opened }: Pick<Worker, 'context' | 'sources'>,
): void {
  const { ledger, store, clock, settings } = context
  const sources = { trainees: opened.traineeSource, doctors: opened.doctorSource, exceptions: opened.exceptionSource }
  const letters = () => Promise.resolve({ broker: context.broker, queues: storesOf(context).queues })
  const explaining = { ledger, store, clock, sources, letters, settings }

  server.get('/api/sync/explain/:key', async (request) => {
    const { key } = read(EXPLAIN_PARAMS, request.params)
    return explainView(await explain(explaining, key))
  })
}
