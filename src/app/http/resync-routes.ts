import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { ResyncScope } from '../../ports/run-ledger.ts'
import { askResync, checkScope, MOST_KEYS } from '../../sync/resync/ask-resync.ts'
import { onlyOne } from '../only-one.ts'
import type { Worker } from '../worker.ts'
import { callerOf, closedSignal, NOT_BLANK, oneFieldOf, read, textUpTo } from './requests.ts'

/** How long a request waits for the writer, which finishes what takes longer. */
export const RESYNC_TIMEOUT_MS = 120_000

/** The `_id` of a doctor is not longer. */
const LONGEST_KEY = 128

/** A key as an operator writes it. */
export const KEY_TEXT = textUpTo(LONGEST_KEY).meta(NOT_BLANK)
export const KEY = z.union([KEY_TEXT, z.number().int().nonnegative().transform(String)])
export const RESYNC_BODY = z
  .object({
    keys: z.array(KEY).meta({ minItems: 1, maxItems: MOST_KEYS }).optional(),
    body: textUpTo(1_000).meta(NOT_BLANK).optional(),
    failed: z.literal(true).optional(),
    why: textUpTo(1_000).default(''),
  })
  .meta(oneFieldOf('keys', 'body', 'failed'))

function scopeOf({ keys, body, failed }: z.infer<typeof RESYNC_BODY>): ResyncScope {
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
    const body = read(RESYNC_BODY, request.body)
    const scope = scopeOf(body)
    checkScope(scope)
    const asking = { scope, by: callerOf(request), why: body.why, timeoutMs: RESYNC_TIMEOUT_MS }
    return askResync(context, asking, closedSignal(reply), () => integration?.wake())
  })
}
