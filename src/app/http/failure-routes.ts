import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { FAILURE_STAGES } from '../../ports/run-ledger.ts'
import { discardFailures } from '../../sync/failures/discard.ts'
import { CONSUMED_QUEUES, listFailures, storesOf, type FailureSelection } from '../../sync/failures/find-failures.ts'
import { replayFailures } from '../../sync/failures/replay.ts'
import { showFailure } from '../../sync/failures/show-failure.ts'
import { readDecisions } from '../../sync/lead/failure-decisions.ts'
import { askResync } from '../../sync/resync/ask-resync.ts'
import { failureListView, failureView } from '../failure-view.ts'
import { onlyOne } from '../only-one.ts'
import type { Worker } from '../worker.ts'
import { callerOf, closedSignal, NOT_BLANK, oneFieldOf, PATH_TEXT, QUERY_FLAG, read, textUpTo } from './requests.ts'
import { RESYNC_TIMEOUT_MS } from './resync-routes.ts'

export const FAILURE_LIST_QUERY = z
  .object({
    stage: z.enum(FAILURE_STAGES).optional(),
    channel: z.enum(CONSUMED_QUEUES).optional(),
    code: textUpTo(100).min(1).optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(100),
  })
  .refine(({ stage, channel }) => stage === undefined || channel === undefined, { error: 'expected stage or channel' })
export const FAILURE_PARAMS = z.object({ place: PATH_TEXT, key: PATH_TEXT })
export const FAILURE_QUERY = z.object({ unmasked: QUERY_FLAG })
const ONE_SELECTION = oneFieldOf('ids', 'code', 'all')
const FIELDS = z.object({
  ids: z.array(textUpTo(2_000).min(1)).min(1).max(10_000).optional(),
  code: textUpTo(100).min(1).optional(),
  all: z.literal(true).optional(),
  why: textUpTo(1_000).default(''),
})
export const SELECTION = FIELDS.meta(ONE_SELECTION)
/** For the document. */
export const DISCARD_SELECTION = FIELDS.extend({ why: textUpTo(1_000).meta(NOT_BLANK) }).meta(ONE_SELECTION)

function selectionOf({ ids, code, all }: z.infer<typeof SELECTION>): FailureSelection {
  return onlyOne<FailureSelection>('ids, code, all', [ids && { ids }, code !== undefined && { code }, all && { all }])
}

/** Failed rows and dead letters: list, look at, replay, discard. */
export function addFailureRoutes(
  server: FastifyInstance,
  { context, integration }: Pick<Worker, 'context' | 'integration'>,
): void {
  const stores = { ...storesOf(context), clock: context.clock }

  server.get('/api/sync/failures', async (request) => {
    const { stage, channel, code = null, limit } = read(FAILURE_LIST_QUERY, request.query)
    const listed = await listFailures(stores, { place: stage ?? channel ?? null, code, limit })
    return { ...failureListView(listed), decisions: (await readDecisions(context.ledger)).slice(0, limit) }
  })

  server.get('/api/sync/failures/:place/:key', async (request) => {
    const { place, key } = read(FAILURE_PARAMS, request.params)
    const { unmasked } = read(FAILURE_QUERY, request.query)
    return failureView(await showFailure(stores, `${place}/${key}`, { unmasked }))
  })

  server.post('/api/sync/failures/replay', async (request: FastifyRequest, reply: FastifyReply) => {
    const body = read(SELECTION, request.body)
    const [by, why, signal] = [callerOf(request), body.why, closedSignal(reply)]
    const replayed = await replayFailures(stores, selectionOf(body), {
      by,
      why,
      resync: (scope) =>
        askResync(context, { scope, by, why, timeoutMs: RESYNC_TIMEOUT_MS }, signal, () => integration?.wake()),
    })
    return { replayed }
  })

  server.post('/api/sync/failures/discard', async (request) => {
    const body = read(SELECTION, request.body)
    const discarded = await discardFailures(stores, selectionOf(body), { by: callerOf(request), why: body.why })
    return { discarded: discarded.map(failureView) }
  })
}
