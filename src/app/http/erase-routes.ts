import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { askErasure } from '../../sync/erase/ask-erasure.ts'
import { readErasures } from '../../sync/erase/erasures.ts'
import { erasureView } from '../erasure-view.ts'
import type { Worker } from '../worker.ts'
import { callerOf, closedSignal, read } from './requests.ts'
import { KEY, RESYNC_TIMEOUT_MS } from './resync-routes.ts'

const BODY = z.object({ key: KEY, why: z.string().max(1_000) })

/** Erasing a person, and what was erased before. */
export function addEraseRoutes(
  server: FastifyInstance,
  { context, integration }: Pick<Worker, 'context' | 'integration'>,
): void {
  server.post('/api/sync/erase', async (request, reply) => {
    const { key, why } = read(BODY, request.body)
    const asking = { key, why, by: callerOf(request), timeoutMs: RESYNC_TIMEOUT_MS }
    return askErasure(context, asking, closedSignal(reply), () => integration?.wake())
  })

  server.get('/api/sync/erasures', async () => ({
    erasures: (await readErasures(context.ledger)).map(erasureView),
  }))
}
