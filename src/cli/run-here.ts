import { createLog, logEvents } from '../app/log.ts'
import { startWorker } from '../app/worker.ts'
import { londonDay } from '../domain/day.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { Run } from '../ports/run-ledger.ts'
import { createRunEvents } from '../sync/events.ts'
import { requestRun } from '../sync/lead/run-request.ts'
import type { CommandContext } from './command.ts'
import type { RunOptions } from './run-job.ts'
import { showProgress } from './progress.ts'

/**
 * Runs the job in this process to its end, with progress: a new run, or the one that a former process left. Resolves
 * with the run as it ended. Rejects where it could not end: another worker, a signal (the run then begins again at
 * the next start), a ledger that fails.
 */
export async function runHere({ config, output, signal }: CommandContext, wish: RunOptions): Promise<Run> {
  const events = createRunEvents()
  const ended = new Map<string, Run>()
  const changed = new EventTarget()
  events.on('run.ended', ({ run }) => {
    ended.set(run.id, run)
    changed.dispatchEvent(new Event('ended'))
  })
  logEvents(createLog(config.log), events)
  const progress = showProgress(events, output)
  const worker = await startWorker(config, { events })
  try {
    const { id, isOld } = await requestOrFind(worker.context, wish)
    output.note(isOld ? `run ${id} restarts` : `run ${id}`)
    worker.integration?.wake()
    const stopped = new Promise<never>((_, reject) => {
      const stop = () => reject(new RevalError('INTERRUPTED', `interrupted; run ${id} restarts at the next start`))
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
    const finished = new Promise<Run>((resolve) => {
      const look = () => {
        const run = ended.get(id)
        if (run !== undefined) resolve(run)
      }
      changed.addEventListener('ended', look)
      look()
    })
    // `ended` of the worker settles only when it cannot go on.
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
  wish: RunOptions,
): Promise<{ id: string; isOld: boolean }> {
  try {
    const run = await requestRun(context, { by: 'reval sync', day: londonDay(context.clock.now()), ...wish })
    return { id: run.id, isOld: false }
  } catch (error) {
    if (!(error instanceof RevalError) || error.code !== 'RUN_IN_PROGRESS') throw error
    return { id: String(error.details.run), isOld: true }
  }
}
