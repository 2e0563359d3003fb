import { isDeepStrictEqual } from 'node:util'
import type { ReaderBackends } from '../app/backends.ts'
import { newId } from '../app/sync-context.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import { STAGES, type Run } from '../ports/run-ledger.ts'
import type { Job } from './run-job.ts'
import { createRunEvents, type RunEvents } from '../sync/events.ts'
import { readInstallation, readRun } from '../sync/records.ts'
import { persist } from '../sync/wait/persist.ts'
import { isOver } from '../sync/run-state.ts'
import type { CommandContext } from './command.ts'
import { showProgress } from './progress.ts'
import { withReader } from './backends.ts'

const POLL_MS = 400
/** An integration service that has just started needs a moment to acquire the writer's lease. */
const WRITER_WAIT_MS = 15_000
/** How long a run is watched while there is no active writer: another process may take over. */
const LEADERLESS_MS = 60_000
/** How long a run that is over is watched until the writer has made way for the next. */
const CLEARING_MS = 30_000

/**
 * Requests a run from the integration service, through the ledger, and watches it to its end, until the next one may be
 * requested. While a verification is in progress, other runs wait for it: the schedule may have requested it. Resolves with the
 * run as it ended. Rejects NO_INTEGRATION if no service is active, RUN_IN_PROGRESS, or INTERRUPTED (the run continues).
 */
export function runElsewhere({ config, output, signal }: CommandContext, job: Job): Promise<Run> {
  return withReader(config, async (backends) => {
    const events = createRunEvents()
    const progress = showProgress(events, output)
    try {
      for (;;) {
        const { id, isOther } = await requested(backends, job, { events, signal })
        output.note(isOther ? `run ${id}, a verification in progress, ends first` : `run ${id}`)
        const run = await watch(backends, id, { events, signal, note: (line) => output.note(line) })
        if (!isOther) return run
      }
    } finally {
      progress.stop()
    }
  })
}

/** The run that was requested, or a verification in progress that has to end first. */
async function requested(
  backends: ReaderBackends,
  job: Job,
  { events, signal }: Pick<Watching, 'events' | 'signal'>,
): Promise<{ readonly id: string; readonly isOther: boolean }> {
  const { clock, ledger } = backends
  // A ledger that is being created, or a node that restarts, may take a moment.
  const until = clock.monotonic() + WRITER_WAIT_MS
  const asking = { doing: 'requesting a run', signal, shouldRetry: () => clock.monotonic() < until }
  try {
    const run = await persist({ clock, events }, asking, async () => {
      await awaitWriter(backends, signal)
      return job.request({ ...backends, newId })
    })
    return { id: run.id, isOther: false }
  } catch (error) {
    if (asRevalError(error).code !== 'RUN_IN_PROGRESS' || job.purpose === 'verify') throw error
    const { currentRun } = await readInstallation(ledger)
    // It ended meanwhile.
    if (currentRun === null) return requested(backends, job, { events, signal })
    if (currentRun.purpose !== 'verify') throw error
    return { id: currentRun.id, isOther: true }
  }
}

/** Rejects NO_INTEGRATION if no writer is active for a while. */
export async function awaitWriter(backends: ReaderBackends, signal: AbortSignal): Promise<void> {
  const { clock } = backends
  const deadline = clock.monotonic() + WRITER_WAIT_MS
  while (!(await backends.hasActiveWriter())) {
    if (signal.aborted) throw new RevalError('INTERRUPTED', 'interrupted before anything was requested')
    if (clock.monotonic() > deadline) {
      throw new RevalError('NO_INTEGRATION', `no active writer for ${WRITER_WAIT_MS / 1000} s`)
    }
    await clock.wait(POLL_MS, signal)
  }
}

interface Watching {
  readonly events: RunEvents
  readonly signal: AbortSignal
  readonly note: (line: string) => void
}

async function watch(backends: ReaderBackends, id: string, { events, signal, note }: Watching): Promise<Run> {
  const { ledger, clock } = backends
  let before: Run | null = null
  let isAway = false
  let leaderlessSince: number | null = null
  let overSince: number | null = null
  for (;;) {
    if (signal.aborted) throw new RevalError('INTERRUPTED', `stopped watching; run ${id} continues, see reval status`)
    try {
      const run = await readRun(ledger, id)
      emitChanges(events, before, run)
      before = run
      isAway = false
      if (isOver(run.state)) {
        // The command after this one may request a run, or decide about this one.
        overSince ??= clock.monotonic()
        const isCleared = (await readInstallation(ledger)).currentRun?.id !== id
        if (isCleared || clock.monotonic() - overSince > CLEARING_MS) return run
      } else if (await backends.hasActiveWriter()) {
        leaderlessSince = null
      } else {
        if (leaderlessSince === null) note('no active writer: waiting for an integration service to take over')
        leaderlessSince ??= clock.monotonic()
        if (clock.monotonic() - leaderlessSince > LEADERLESS_MS) {
          const what = `no active writer for ${LEADERLESS_MS / 1000} s; run ${id} restarts when an integration service starts`
          throw new RevalError('NO_INTEGRATION', what, { details: { run: id } })
        }
      }
    } catch (error) {
      const coded = asRevalError(error)
      if (!coded.transient) throw coded
      // The run continues without this command; watching resumes once the ledger answers.
      if (!isAway) note(`cannot read the ledger, waiting: ${coded.message}`)
      isAway = true
    }
    await clock.wait(POLL_MS, signal)
  }
}

/** Emits the events between two readings of a run, as the process that leads it does. */
function emitChanges(events: RunEvents, before: Run | null, run: Run): void {
  const why = run.restarts.at(-1)
  const isRestarted = before !== null && run.restarts.length > before.restarts.length
  if (isRestarted && why !== undefined) events.emit('run.restarted', { run, why })
  for (const stage of STAGES) {
    const known = isRestarted ? undefined : before?.stages[stage]
    const progress = run.stages[stage]
    if (progress === undefined || isDeepStrictEqual(known, progress)) continue
    if (known === undefined) events.emit('stage.started', { run, stage })
    if (progress.finishedAt !== null) events.emit('stage.finished', { run, stage })
    else events.emit('stage.progress', { run, stage, progress })
  }
}
