import type { FastifyReply } from 'fastify'
import * as z from 'zod'
import { RevalError } from '../../errors/reval-error.ts'
import type { Run } from '../../ports/run-ledger.ts'
import { runView, type RunView } from '../run-view.ts'
import type { Worker } from '../worker.ts'
import { recordFailure } from './access/audit.ts'
import { statusOf } from './errors.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { httpRemedy } from './remedies.ts'
import { read } from './requests.ts'

/** The view of a run for a caller of HTTP. */
export function httpRun(run: Run, now: number): RunView {
  return forHttp(runView(run, now))
}

/** The same view, its remedy for a caller of HTTP. */
export function forHttp<View extends RunView>(view: View): View {
  return { ...view, failure: view.failure && { ...view.failure, remedy: httpRemedy(view.failure.code) } }
}

/** Answers 202 with the run that is requested, or 409 with the one in progress. */
export async function startRun(
  { ledger, clock }: Pick<Worker['context'], 'ledger' | 'clock'>,
  reply: FastifyReply,
  request: () => Promise<Run>,
): Promise<FastifyReply> {
  try {
    const run = await request()
    return await reply.status(202).header('location', `/api/sync/runs/${run.id}`).send(httpRun(run, clock.now()))
  } catch (error) {
    if (!(error instanceof RevalError) || error.code !== 'RUN_IN_PROGRESS') throw error
    recordFailure(reply.request, error)
    const { run } = read(z.object({ run: z.string() }), error.details)
    const running = await ledger.read('run', run)
    const view = running === null ? null : httpRun(running.value, clock.now())
    const status = statusOf(error)
    return await reply
      .status(status)
      .type(PROBLEM_TYPE)
      .send({ ...problemOf(error, status), run: view })
  }
}
