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
import { callerOf, closedSignal, read } from './requests.ts'
import { RESYNC_TIMEOUT_MS } from './resync-routes.ts'

const LIST_QUERY = z
  .object({
    stage: z.enum(FAILURE_STAGES).optional(),
    channel: z.enum(CONSUMED_QUEUES).optional(),
    code: z.string().min(1).max(100).optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(100),
  })
  .refine(({ stage, channel }) => stage === undefined || channel === undefined, { error: 'expected stage or channel' })
const SHOW_PARAMS = z.object({ place: z.string().min(1), key: z.string().min(1) })
const SHOW_QUERY = z.object({ unmasked: z.stringbool().default(false) })
const SELECTION = z.object({
  ids: z.array(z.string().min(1).max(2_000)).min(1).max(10_000).optional(),
  code: z.string().min(1).max(100).optional(),
  all: z.literal(true).optional(),
  why: z.string().max(1_000).default(''),
})

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
    const { stage, channel, code = null, limit } = read(LIST_QUERY, request.query)
    const listed = await listFailures(stores, { place: stage ?? channel ?? null, code, limit })
    return { ...failureListView(listed), decisions: (await readDecisions(context.ledger)).slice(0, limit) }
  })

  server.get('/api/sync/failures/:place/:key', async (request) => {
    const { place, key } = read(SHOW_PARAMS, request.params)
    const { unmasked } = read(SHOW_QUERY, request.query)
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
