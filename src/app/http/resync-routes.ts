import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { ResyncScope } from '../../ports/run-ledger.ts'
import { askResync, checkScope } from '../../sync/resync/ask-resync.ts'
import { onlyOne } from '../only-one.ts'
import type { Worker } from '../worker.ts'
import { callerOf, closedSignal, read } from './requests.ts'

/** How long a request waits for the writer, which finishes what takes longer. */
export const RESYNC_TIMEOUT_MS = 120_000

/** A key as an operator writes it. */
export const KEY = z.union([z.string().max(1_000), z.number().int().nonnegative().transform(String)])
const BODY = z.object({
  keys: z.array(KEY).optional(),
  body: z.string().max(1_000).optional(),
  failed: z.literal(true).optional(),
  why: z.string().max(1_000).default(''),
})

function scopeOf({ keys, body, failed }: z.infer<typeof BODY>): ResyncScope {
  return onlyOne<ResyncScope>('keys, body, failed', [
    keys && { keys },
    body !== undefined && { body },
    failed && { failed },
  ])
}

/** Refreshing rows on request. */
export function addResyncRoutes(
  server: FastifyInstance,
  { context, integration }: Pick<Worker, 'context' | 'integration'>,
): void {
  server.post('/api/sync/resync', async (request, reply) => {
    const body = read(BODY, request.body)
    const scope = scopeOf(body)
    checkScope(scope)
    const asking = { scope, by: callerOf(request), why: body.why, timeoutMs: RESYNC_TIMEOUT_MS }
    return askResync(context, asking, closedSignal(reply), () => integration?.wake())
  })
}
