import { createLog, logEvents } from '../app/log.ts'
import { startWorker } from '../app/worker.ts'
import { londonDay } from '../domain/day.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { Run } from '../ports/run-ledger.ts'
import { createRunEvents } from '../sync/events.ts'
import { requestRun, type RunRequestOptions } from '../sync/lead/run-request.ts'
import type { CommandContext } from './command.ts'
import { showProgress } from './progress.ts'
import { runElsewhere } from './run-elsewhere.ts'

/** What an operator may say about the run that is requested. */
export type RunOptions = Pick<RunRequestOptions, 'expect' | 'senderGone'>

/** Runs the job to its end: in this process on embedded backends, in the integration service on servers. */
export function runJob(context: CommandContext, options: RunOptions = {}): Promise<Run> {
  return context.config.backends === 'embedded' ? runHere(context, options) : runElsewhere(context, options)
}

/**
 * Runs the job in this process to its end, with progress: a new run, or one that an earlier process left. Resolves with
 * the run as it ended. Rejects if it could not end: another worker is active, the command was interrupted (the run then
 * restarts at the next start), or the ledger failed.
 */
async function runHere({ config, output, signal }: CommandContext, options: RunOptions): Promise<Run> {
  const events = createRunEvents()
  const ended = new Map<string, Run>()
  const changed = new EventTarget()
  events.on('run.ended', ({ run }) => {
    ended.set(run.id, run)
    changed.dispatchEvent(new Event('ended'))
  })
  logEvents(createLog(config.log), events)
  const progress = showProgress(events, output)
  // Nothing can announce a change to a process that ends with its run.
  const worker = await startWorker({ ...config, liveChanges: false }, { events })
  try {
    const { id, isRestart } = await requestOrFind(worker.context, options)
    output.note(isRestart ? `run ${id} restarts` : `run ${id}`)
    worker.integration?.wake()
    const stopped = new Promise<never>((_, reject) => {
      const stop = () => reject(new RevalError('INTERRUPTED', `interrupted; run ${id} restarts at the next start`))
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
    const finished = new Promise<Run>((resolve) => {
      const check = () => {
        const run = ended.get(id)
        if (run !== undefined) resolve(run)
      }
      changed.addEventListener('ended', check)
      check()
    })
    // `ended` of the worker settles only if it cannot continue.
    const failed = worker.ended.then(() =>
      Promise.reject(new RevalError('INTERNAL', 'the worker ended before the run')),
    )
    return await Promise.race([finished, stopped, failed])
  } finally {
    progress.stop()
    await worker.stop()
  }
}

async function requestOrFind(
  context: Parameters<typeof requestRun>[0],
  options: RunOptions,
): Promise<{ id: string; isRestart: boolean }> {
  try {
    const run = await requestRun(context, { by: 'reval sync', day: londonDay(context.clock.now()), ...options })
    return { id: run.id, isRestart: false }
  } catch (error) {
    if (!(error instanceof RevalError) || error.code !== 'RUN_IN_PROGRESS') throw error
    return { id: String(error.details.run), isRestart: true }
  }
}
