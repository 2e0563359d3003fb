import { setTimeout as wait } from 'node:timers/promises'
import type { ReaderBackends } from '../app/backends.ts'
import type { RunView } from '../app/run-view.ts'
import { runView } from '../app/run-view.ts'
import { newId } from '../app/sync-context.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import type { Purpose } from '../ports/run-ledger.ts'
import { createRunEvents } from '../sync/events.ts'
import { readInstallation, readRun } from '../sync/records.ts'
import { isOver } from '../sync/run-state.ts'
import { persist } from '../sync/wait/persist.ts'
import { withReader } from './backends.ts'
import { showChanges, showProgress, type Progress } from './progress.ts'
import { remoteRuns } from './remote/remote-runs.ts'
import type { Job, JobContext } from './run-job.ts'

/** An integration service that has just started needs a moment to acquire the writer's lease. */
const WRITER_WAIT_MS = 15_000
/** How long a run is watched while there is no active writer: another process may take over. */
const LEADERLESS_MS = 60_000
/** How long a run that is over is watched until the writer has made way for the next. */
const CLEARING_MS = 30_000

/** The runs of another process. */
export interface RunsElsewhere {
  /** Requests the run of the job; resolves with its id. Rejects RUN_IN_PROGRESS and others. */
  request(): Promise<string>
  /** The run in progress. */
  current(): Promise<{ readonly id: string; readonly purpose: Purpose } | null>
  /** A run, and whether a writer works on it; null if the run is over. */
  read(id: string): Promise<{ readonly run: RunView; readonly hasActiveWriter: boolean | null }>
  /** How often to look. */
  readonly pollMs: number
  /** What reads the runs, for messages. */
  readonly name: string
}

type Watching = Pick<JobContext, 'output' | 'signal'>

/**
 * Requests a run from the integration service, through the ledger or the remote installation, and watches it to its end, until the
 * next one may be requested. While a verification is in progress, other runs wait for it: the schedule may have requested it.
 * Resolves with the run as it ended. Rejects NO_INTEGRATION if no service is active, RUN_IN_PROGRESS, or INTERRUPTED (the run
 * continues).
 */
export function runElsewhere(context: JobContext, job: Job): Promise<RunView> {
  const { config, remote } = context
  if (remote !== null) return follow(remoteRuns(remote, job), job, context)
  return withReader(config, (backends) => follow(runsOfLedger(backends, job, context), job, context))
}

async function follow(runs: RunsElsewhere, { purpose }: Job, context: Watching): Promise<RunView> {
  const { output } = context
  const progress = showProgress(output)
  try {
    for (;;) {
      const { id, isOther } = await requested(runs, purpose)
      output.note(isOther ? `run ${id}, a verification in progress, ends first` : `run ${id}`)
      const run = await watch(runs, id, progress, context)
      if (!isOther) return run
    }
  } finally {
    progress.stop()
  }
}

/** The run that was requested, or a verification in progress that has to end first. */
async function requested(
  runs: RunsElsewhere,
  purpose: Purpose,
): Promise<{ readonly id: string; readonly isOther: boolean }> {
  try {
    return { id: await runs.request(), isOther: false }
  } catch (error) {
    if (asRevalError(error).code !== 'RUN_IN_PROGRESS' || purpose === 'verify') throw error
    const current = await runs.current()
    // It ended meanwhile.
    if (current === null) return requested(runs, purpose)
    if (current.purpose !== 'verify') throw error
    return { id: current.id, isOther: true }
  }
}

function runsOfLedger(backends: ReaderBackends, job: Job, { signal }: Pick<Watching, 'signal'>): RunsElsewhere {
  const { clock, ledger } = backends
  return {
    pollMs: LEDGER_POLL_MS,
    name: 'the ledger',
    async request() {
      // A ledger that is being created, or a node that restarts, may take a moment.
      const until = clock.monotonic() + WRITER_WAIT_MS
      const asking = { doing: 'requesting a run', signal, shouldRetry: () => clock.monotonic() < until }
      const { id } = await persist({ clock, events: createRunEvents() }, asking, async () => {
        await awaitWriter(backends, signal)
        return job.request({ ...backends, newId })
      })
      return id
    },
    current: async () => (await readInstallation(ledger)).currentRun,
    async read(id) {
      const run = await readRun(ledger, id)
      const hasActiveWriter = isOver(run.state) ? null : await backends.hasActiveWriter()
      return { run: runView(run, clock.now()), hasActiveWriter }
    },
  }
}

const LEDGER_POLL_MS = 400

/** Rejects NO_INTEGRATION if no writer is active for a while. */
export async function awaitWriter(backends: ReaderBackends, signal: AbortSignal): Promise<void> {
  const { clock } = backends
  const deadline = clock.monotonic() + WRITER_WAIT_MS
  while (!(await backends.hasActiveWriter())) {
    if (signal.aborted) throw new RevalError('INTERRUPTED', 'interrupted before anything was requested')
    if (clock.monotonic() > deadline) {
      throw new RevalError('NO_INTEGRATION', `no active writer for ${WRITER_WAIT_MS / 1000} s`)
    }
    await clock.wait(LEDGER_POLL_MS, signal)
  }
}

async function watch(
  runs: RunsElsewhere,
  id: string,
  progress: Progress,
  { output, signal }: Watching,
): Promise<RunView> {
  let before: RunView | null = null
  let isAway = false
  let leaderlessSince: number | null = null
  let overSince: number | null = null
  for (;;) {
    if (signal.aborted) throw new RevalError('INTERRUPTED', `stopped watching; run ${id} continues, see reval status`)
    try {
      const { run, hasActiveWriter } = await runs.read(id)
      showChanges(before, run, progress)
      before = run
      isAway = false
      if (hasActiveWriter === null) {
        // The command after this one may request a run, or decide about this one.
        overSince ??= performance.now()
        const isCleared = (await runs.current())?.id !== id
        if (isCleared || performance.now() - overSince > CLEARING_MS) return run
      } else if (hasActiveWriter) {
        leaderlessSince = null
      } else {
        if (leaderlessSince === null) output.note('no active writer: waiting for an integration service to take over')
        leaderlessSince ??= performance.now()
        if (performance.now() - leaderlessSince > LEADERLESS_MS) {
          const what = `no active writer for ${LEADERLESS_MS / 1000} s; run ${id} restarts when an integration service starts`
          throw new RevalError('NO_INTEGRATION', what, { details: { run: id } })
        }
      }
    } catch (error) {
      const coded = asRevalError(error)
      // The start of the loop says so.
      if (coded.code === 'INTERRUPTED') continue
      if (!coded.transient) throw coded
      // The run continues without this command; watching resumes once there are answers again.
      if (!isAway) output.note(`cannot read ${runs.name}, waiting: ${coded.message}`)
      isAway = true
    }
    await wait(runs.pollMs, undefined, { signal }).catch(() => undefined)
  }
}
