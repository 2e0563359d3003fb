import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { askErasure } from '../../sync/erase/ask-erasure.ts'
import { readErasures } from '../../sync/erase/erasures.ts'
import { erasureView } from '../erasure-view.ts'
import type { Worker } from '../worker.ts'
import { callerOf, closedSignal, NOT_BLANK, read, textUpTo } from './requests.ts'
import { KEY, RESYNC_TIMEOUT_MS } from './resync-routes.ts'

export const ERASE_BODY = z.object({ key: KEY, why: textUpTo(1_000).meta(NOT_BLANK) })

/** Erasing a person, and what was erased before. */
export function addEraseRoutes(
  server: FastifyInstance,
  { context, integration }: Pick<Worker, 'context' | 'integration'>,
): void {
  server.post('/api/sync/erase', async (request, reply) => {
    const { key, why } = read(ERASE_BODY, request.body)
    const asking = { key, why, by: callerOf(request), timeoutMs: RESYNC_TIMEOUT_MS }
    return askErasure(context, asking, closedSignal(reply), () => integration?.wake())
  })

  server.get('/api/sync/erasures', async () => ({
    erasures: (await readErasures(context.ledger)).map(erasureView),
  }))
}
