import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type {
  Installation,
  KeptGeneration,
  AliasChange,
  Run,
  RunDecision,
  RunRequest,
  WriterRequest,
} from '../../ports/run-ledger.ts'
import { isOfTheWriter } from '../lease/writer-errors.ts'
import { isOver } from '../run-state.ts'
import { refuseChanged } from './installation-seen.ts'

/** Whether a code is the answer to a request. Otherwise the request is handled again. */
export function isRefusal(code: ErrorCode): boolean {
  return !isOfTheWriter(code)
}

/** The run that a cancel request means: the one it names, or the one in progress; null if there is none. */
export function namedRun(
  { run }: Pick<WriterRequest, 'run'>,
  { currentRun }: Pick<Installation, 'currentRun'>,
): string | null {
  return run ?? currentRun?.id ?? null
}

/**
 * The run to cancel; `recorded` is the record of the run that the request means. Null if it is cancelled already: the
 * writer may have died before it answered. Throws RUN_UNKNOWN if there is no such run, RUN_OVER if it has ended.
 */
export function runToCancel(
  request: Pick<WriterRequest, 'run'>,
  installation: Pick<Installation, 'currentRun'>,
  recorded: Pick<Run, 'id' | 'state'> | null,
): RunRequest | null {
  const { currentRun } = installation
  const named = namedRun(request, installation)
  if (named === null) throw new RevalError('RUN_UNKNOWN', 'no run is in progress')
  if (recorded?.state === 'cancelled') return null
  if (currentRun?.id === named) return currentRun
  if (recorded === null) throw new RevalError('RUN_UNKNOWN', `no such run: ${named}`, { details: { run: named } })
  throw new RevalError('RUN_OVER', `run ${named} is ${recorded.state}`)
}

/** The alias change that was made for a request; null if there is none. */
export function changeMadeFor(
  { id }: Pick<WriterRequest, 'id'>,
  { history }: Pick<Installation, 'history'>,
): AliasChange | null {
  return history.find(({ request }) => request === id) ?? null
}

/** The generation that a request to promote or discard means. Throws GENERATION_UNKNOWN if it is not held back. */
export function heldBackFor(
  { run }: Pick<WriterRequest, 'run'>,
  { heldBack }: Pick<Installation, 'heldBack'>,
): KeptGeneration {
  if (heldBack !== null && (run === null || heldBack.run === run)) return heldBack
  throw new RevalError('GENERATION_UNKNOWN', 'no generation of that run is held back')
}

/**
 * The installation once a request has started to discard the generation that is held back: from then on it is not
 * seen as held back, so decisions made meanwhile do not depend on it. Throws STATE_CHANGED, GENERATION_UNKNOWN.
 */
export function withDiscarding(
  installation: Installation,
  request: Pick<WriterRequest, 'id' | 'run' | 'seen'>,
): Installation {
  if (installation.discarding === request.id) return installation
  refuseChanged(request.seen, installation)
  heldBackFor(request, installation)
  return { ...installation, discarding: request.id }
}

/** Throws RUN_PROMOTING while the run in progress is going live: two alias changes would collide. */
export function refuseWhilePromoting(run: Pick<Run, 'id' | 'state'> | null): void {
  if (run?.state === 'promoting') throw new RevalError('RUN_PROMOTING', `run ${run.id} is going live`)
}

/** The run once a person promoted or discarded it; null if it has not ended, or is unknown. */
export function withDecision(
  run: Run | null,
  action: RunDecision['action'],
  { by, why, at }: Pick<WriterRequest, 'by' | 'why' | 'at'>,
): Run | null {
  if (run === null || !isOver(run.state)) return null
  return { ...run, state: action === 'promoted' ? 'live' : 'discarded', decision: { action, by, why, at } }
}

/** Whether a request to discard was carried out before the writer could answer it. */
export function wasDiscardedFor({ at, by }: Pick<WriterRequest, 'at' | 'by'>, run: Run | null): boolean {
  const decision = run?.decision ?? null
  return decision?.action === 'discarded' && decision.at === at && decision.by === by
}
