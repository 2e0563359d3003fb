import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { explain } from '../../sync/explain/explain.ts'
import { explainContext } from '../explain-context.ts'
import { explainView } from '../explain-view.ts'
import type { Worker } from '../worker.ts'
import { read } from './requests.ts'
import { KEY_TEXT } from './resync-routes.ts'

export const EXPLAIN_PARAMS = z.object({ key: KEY_TEXT })

/** What is known of a doctor and why. It is personal data: each request is on record, and it is never logged. */
export function addExplainRoutes(server: FastifyInstance, worker: Pick<Worker, 'context' | 'sources'>): void {
  const explaining = explainContext(worker)
  server.get('/api/sync/explain/:key', async (request) => {
    const { key } = read(EXPLAIN_PARAMS, request.params)
    return explainView(await explain(explaining, key))
  })
}
