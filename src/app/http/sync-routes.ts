import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { maskedReason } from '../../errors/masked.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { hasActiveWriter, readInstallation, readRun } from '../../sync/records.ts'
import { readChangesView, staleView } from '../changes-view.ts'
import { readLiveLists } from '../live-lists.ts'
import { readRolledBack } from '../rolled-back.ts'
import { readRunsView } from '../runs-view.ts'
import { readStatusView } from '../status-view.ts'
import { dayMovedBack } from '../day-move.ts'
import { OperatorRequests, type AskedWriter } from '../operator-requests.ts'
import { readProcessesView } from '../processes/processes-view.ts'
import { readLatestVerification } from '../verification-view.ts'
import type { Worker } from '../worker.ts'
import { callerOf, closedSignal, PATH_TEXT, read, textUpTo } from './requests.ts'
import { forHttp, httpRun, startRun } from './start-run.ts'

export const RUN_PARAMS = z.object({ id: PATH_TEXT })
export const RUNS_QUERY = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(20) })
export const FAILED_ROWS_QUERY = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.string().optional(),
})
export const START_BODY = z
  .object({
    expect: textUpTo(1_000).optional(),
    senderGone: textUpTo(1_000).optional(),
    preview: z.boolean().optional(),
  })
  .nullish()
export const REASON_BODY = z.object({ why: textUpTo(1_000).default('') }).nullish()
export const ROLLBACK_BODY = z.object({ why: textUpTo(1_000).default(''), run: textUpTo(200).optional() }).nullish()

/** Starting, watching, cancelling, promoting, discarding and rolling back runs. */
export function addSyncRoutes(server: FastifyInstance, worker: Pick<Worker, 'context' | 'integration'>): void {
  const { context } = worker
  const { ledger, clock } = context
  const operator = new OperatorRequests(worker)

  const start = async (request: FastifyRequest, reply: FastifyReply) => {
    const { expect = null, senderGone = null, preview = false } = read(START_BODY, request.body) ?? {}
    const purpose = preview ? 'preview' : 'sync'
    return startRun(context, reply, () => operator.start({ by: callerOf(request), expect, senderGone, purpose }))
  }

  const asked = (request: FastifyRequest, reply: FastifyReply): AskedWriter => ({
    by: callerOf(request),
    why: read(REASON_BODY, request.body)?.why ?? '',
    signal: closedSignal(reply),
  })

  server.post('/api/sync', start)
  // For existing callers. A HEAD request must not start a run.
  server.get('/api/sync', { exposeHeadRoute: false }, start)

  server.get('/api/sync/runs', async (request) => {
    const { limit } = read(RUNS_QUERY, request.query)
    const view = await readRunsView(context, limit, clock.now())
    return { ...view, runs: view.runs.map(forHttp) }
  })

  server.get('/api/sync/status', async () => {
    const installation = await readInstallation(ledger)
    const { currentRun, live, previous, heldBack, java } = installation
    const current = currentRun === null ? null : await ledger.read('run', currentRun.id)
    const now = clock.now()
    return {
      current: current === null ? null : httpRun(current.value, now),
      live,
      previous,
      heldBack,
      java,
      stale: staleView(installation),
      changes: await readChangesView(context, now),
      verification: await readLatestVerification(context, installation, now),
      lists: await readLiveLists(context.store, installation),
      ...(await readProcessesView(context, { now, elsewhere: context.settings.javaPeers })),
    }
  })

  server.get('/api/sync/runs/:id', async (request) => {
    const { id } = read(RUN_PARAMS, request.params)
    const tools = { ...context, hasActiveWriter: () => hasActiveWriter(context), elsewhere: context.settings.javaPeers }
    const view = await readStatusView(tools, id, clock.now())
    if (view === null) throw new RevalError('RUN_UNKNOWN', 'no runs yet')
    return forHttp(view)
  })

  server.get('/api/sync/runs/:id/failures', async (request) => {
    const { id } = read(RUN_PARAMS, request.params)
    const { limit, after } = read(FAILED_ROWS_QUERY, request.query)
    const { generation } = await readRun(ledger, id)
    const failures = generation === null ? [] : await ledger.failures(generation, limit, after)
    return { failures: failures.map((row) => ({ ...row, reason: maskedReason(row.code, row.reason) })) }
  })

  server.post('/api/sync/runs/:id/cancel', async (request, reply) => {
    const { id } = read(RUN_PARAMS, request.params)
    await operator.cancel(id, asked(request, reply))
    return httpRun(await readRun(ledger, id), clock.now())
  })

  server.post('/api/sync/runs/:id/promote', async (request, reply) => {
    const { id } = read(RUN_PARAMS, request.params)
    await operator.promote(id, asked(request, reply))
    return { ...httpRun(await readRun(ledger, id), clock.now()), dayMovedBack: await dayMovedBack(ledger, id) }
  })

  server.post('/api/sync/runs/:id/discard', async (request, reply) => {
    const { id } = read(RUN_PARAMS, request.params)
    await operator.discard(id, asked(request, reply))
    return httpRun(await readRun(ledger, id), clock.now())
  })

  server.post('/api/sync/rollback', async (request, reply) => {
    const { run = null } = read(ROLLBACK_BODY, request.body) ?? {}
    await operator.rollBack(asked(request, reply), run)
    return readRolledBack(ledger)
  })
}
