import { isDeepStrictEqual } from 'node:util'
import type { ReaderBackends } from '../app/backends.ts'
import { newId } from '../app/sync-context.ts'
import { londonDay } from '../domain/day.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import { STAGES, type Run } from '../ports/run-ledger.ts'
import type { RunOptions } from './run-job.ts'
import { createRunEvents, type RunEvents } from '../sync/events.ts'
import { readRun } from '../sync/records.ts'
import { persist } from '../sync/wait/persist.ts'
import { requestRun } from '../sync/lead/run-request.ts'
import { isOver } from '../sync/run-state.ts'
import type { CommandContext } from './command.ts'
import { showProgress } from './progress.ts'
import { reading } from './reading.ts'

const LOOK_AGAIN_MS = 400
/** An integration service that starts at this moment holds the writer's lease a moment later. */
const WRITER_WAIT_MS = 15_000
/** A run that is asked for and that nobody leads is watched for so long: another process may take it over. */
const LEADERLESS_MS = 60_000

/**
 * Asks the integration service of the installation for a run, through the ledger, and watches it to its end. Resolves
 * with the run as it ended. Rejects NO_INTEGRATION where none works, RUN_IN_PROGRESS, INTERRUPTED (the run goes on).
 */
export function runElsewhere({ config, output, signal }: CommandContext, wish: RunOptions): Promise<Run> {
  return reading(config, async (backends) => {
    const events = createRunEvents()
    const progress = showProgress(events, output)
    try {
      const { clock } = backends
      // A ledger that is being made, or a node that restarts, is no reason to give up.
      const until = clock.monotonic() + WRITER_WAIT_MS
      const asking = { doing: 'requesting a run', signal, shouldRetry: () => clock.monotonic() < until }
      const { id } = await persist({ clock, events }, asking, async () => {
        await awaitWriter(backends, signal)
        return requestRun({ ...backends, newId }, { by: 'reval sync', day: londonDay(clock.now()), ...wish })
      })
      output.note(`run ${id}`)
      return await watch(backends, id, { events, signal, note: (line) => output.note(line) })
    } finally {
      progress.stop()
    }
  })
}

async function awaitWriter(backends: ReaderBackends, signal: AbortSignal): Promise<void> {
  const { clock } = backends
  const deadline = clock.monotonic() + WRITER_WAIT_MS
  while (!(await backends.isWorkedOn())) {
    if (signal.aborted) throw new RevalError('INTERRUPTED', 'interrupted before a run was requested')
    if (clock.monotonic() > deadline) {
      throw new RevalError('NO_INTEGRATION', `no active writer for ${WRITER_WAIT_MS / 1000} s`)
    }
    await clock.wait(LOOK_AGAIN_MS, signal)
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
  for (;;) {
    if (signal.aborted) throw new RevalError('INTERRUPTED', `stopped watching; run ${id} continues, see reval status`)
    try {
      const run = await readRun(ledger, id)
      tell(events, before, run)
      before = run
      isAway = false
      if (isOver(run.state)) return run
      if (await backends.isWorkedOn()) {
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
      // The run does not need us: it is watched again as soon as the ledger answers.
      if (!isAway) note(`cannot read the ledger, waiting: ${coded.message}`)
      isAway = true
    }
    await clock.wait(LOOK_AGAIN_MS, signal)
  }
}

/** Tells what happened between two looks at a run, as the process that leads it does. */
function tell(events: RunEvents, before: Run | null, run: Run): void {
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
