import { createLog, logEvents } from '../app/log.ts'
import { runView, type RunView } from '../app/run-view.ts'
import { startWorker } from '../app/worker.ts'
import { londonDay } from '../domain/day.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { Purpose, Run } from '../ports/run-ledger.ts'
import type { SyncContext } from '../sync/context.ts'
import { createRunEvents } from '../sync/events.ts'
import { requestRun, type RunRequestOptions } from '../sync/lead/run-request.ts'
import { readInstallation } from '../sync/records.ts'
import type { ReaderBackends } from '../app/backends.ts'
import { audited } from './audited.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'
import { showEvents, showProgress } from './progress.ts'
import { runElsewhere } from './run-elsewhere.ts'

/** What a job needs of its command. */
export type JobContext = Pick<CommandContext, 'config' | 'remote' | 'output' | 'log' | 'signal'>

/** What an operator may say about the run that is requested. */
export type RunOptions = Pick<RunRequestOptions, 'expect' | 'senderGone'> & {
  readonly purpose?: Exclude<Purpose, 'verify'>
}

/** A run that a command requests and follows to its end. */
export interface Job {
  readonly purpose: Purpose
  readonly request: (context: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>) => Promise<Run>
  /** The route that requests it from a remote installation. */
  readonly remotely: { readonly route: string; readonly body: object }
  /** Whether the run needs the sources by key, as a repair of rows does. */
  readonly readsByKey: boolean
}

function syncJob({ purpose = 'sync', ...options }: RunOptions): Job {
  return {
    purpose,
    request: (context) =>
      audited(context, { what: 'reval sync', subject: { purpose, ...options } }, () =>
        requestRun(context, { by: 'reval sync', day: londonDay(context.clock.now()), purpose, ...options }),
      ),
    remotely: {
      route: '/api/sync',
      body: { ...withoutNull(options), preview: purpose === 'preview' },
    },
    readsByKey: false,
  }
}

function withoutNull(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))
}

/** Runs the job to its end: in this process on embedded backends, in the integration service on servers or at an address. */
export async function runJob(context: JobContext, options: RunOptions = {}): Promise<RunView> {
  const job = syncJob(options)
  if (context.remote !== null || context.config.backends === 'servers') return runElsewhere(context, job)
  // A sync finishes a preview that another process left; a preview must not make a sync live.
  if (job.purpose === 'preview') await withReader(context.config, (backends) => refuseLeft(backends, 'preview'))
  return runHere(context, job)
}

/** Rejects RUN_IN_PROGRESS if a process that is gone left a run for something else, which the next start finishes; a verification just ends. */
export async function refuseLeft({ ledger }: Pick<ReaderBackends, 'ledger'>, purpose: Purpose): Promise<void> {
  const { currentRun } = await readInstallation(ledger)
  if (currentRun === null || currentRun.purpose === purpose || currentRun.purpose === 'verify') return
  const what = `run ${currentRun.id} was left by a process that is gone; reval sync finishes it`
  throw new RevalError('RUN_IN_PROGRESS', what, { details: { run: currentRun.id } })
}

/**
 * Runs a job in this process to its end, with progress: a new run, or one for the same that an earlier process left. Resolves with
 * the run as it ended. Rejects if it could not end: another worker is active, the command was interrupted (the run then
 * restarts at the next start), or the ledger failed.
 */
export async function runHere({ config, output, log, signal }: JobContext, job: Job): Promise<RunView> {
  const events = createRunEvents()
  const ended = new Map<string, Run>()
  const changed = new EventTarget()
  events.on('run.ended', ({ run }) => {
    ended.set(run.id, run)
    changed.dispatchEvent(new Event('ended'))
  })
  logEvents(createLog(config.log, log), events)
  const progress = showProgress(output)
  showEvents(events, progress)
  // No change can be announced to a process that ends with its run, so it consumes none.
  const worker = await startWorker({ ...config, liveChanges: job.readsByKey }, { events, endsWithRun: true })
  try {
    const stopped = Promise.withResolvers<never>()
    let following = ''
    const stop = () => {
      stopped.reject(new RevalError('INTERRUPTED', `interrupted; the next start continues or ends run ${following}`))
    }
    const endOf = (id: string) =>
      new Promise<Run>((resolve) => {
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
    // Both may reject while no run is followed; the worker is stopped at the end.
    for (const each of [stopped.promise, failed]) each.catch(() => undefined)
    for (;;) {
      const { id, what } = await requestOrFind(worker.context, job)
      output.note(NOTES[what](id))
      following = id
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
      worker.integration?.wake()
      const run = await Promise.race([endOf(id), stopped.promise, failed])
      if (what !== 'ends') return runView(run, Date.now())
    }
  } finally {
    progress.stop()
    await worker.stop()
  }
}

const NOTES = {
  starts: (id: string) => `run ${id}`,
  restarts: (id: string) => `run ${id} restarts`,
  ends: (id: string) => `run ${id}, left by another process, ends first`,
}

/** The requested run. A run with the same purpose that an earlier process left counts as it; any other is ended first. */
async function requestOrFind(
  context: SyncContext,
  job: Job,
): Promise<{ readonly id: string; readonly what: keyof typeof NOTES }> {
  for (;;) {
    try {
      return { id: (await job.request(context)).id, what: 'starts' }
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'RUN_IN_PROGRESS') throw error
      const { currentRun } = await readInstallation(context.ledger)
      const isSame = currentRun?.purpose === job.purpose && job.purpose !== 'verify'
      if (currentRun !== null) return { id: currentRun.id, what: isSame ? 'restarts' : 'ends' }
      // It ended meanwhile.
    }
  }
}
