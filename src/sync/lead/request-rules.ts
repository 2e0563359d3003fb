import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type {
  Installation,
  KeptGeneration,
  NameChange,
  Run,
  RunRequest,
  WriterRequest,
} from '../../ports/run-ledger.ts'
import { isOver } from '../run-state.ts'

/** Faults of the ledger and of the lease say nothing of a request: it stays. */
const FAULTS: readonly ErrorCode[] = ['LEDGER_FAILED', 'LEDGER_CONFLICT', 'LEASE_EXPIRED', 'WRITER_LOST']

/** Whether a request that met this code has its answer: the code is told whoever asked. Otherwise it is taken again. */
export function isRefusal(code: ErrorCode): boolean {
  return !FAULTS.includes(code)
}

/** The run that a request to cancel is about: the one it names, or the one in progress; null where there is none. */
export function namedRun(
  { run }: Pick<WriterRequest, 'run'>,
  { currentRun }: Pick<Installation, 'currentRun'>,
): string | null {
  return run ?? currentRun?.id ?? null
}

/**
 * The run that a cancel ends; `recorded` is the record of the one it is about. Null where that is cancelled already:
 * whoever did it may have died before it answered, or made room. Throws RUN_UNKNOWN where it is about none or one that
 * never was, RUN_OVER where that has ended.
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

/** The change of names that a request asked for, where it was carried out: a request is carried out once. */
export function changeMadeFor(
  { id }: Pick<WriterRequest, 'id'>,
  { history }: Pick<Installation, 'history'>,
): NameChange | null {
  return history.find(({ request }) => request === id) ?? null
}

/** The generation that a request to promote is about. Throws GENERATION_UNKNOWN where no such one is held back. */
export function heldBackFor(
  { run }: Pick<WriterRequest, 'run'>,
  { heldBack }: Pick<Installation, 'heldBack'>,
): KeptGeneration {
  if (heldBack !== null && (run === null || heldBack.run === run)) return heldBack
  throw new RevalError('GENERATION_UNKNOWN', 'no generation of that run is held back')
}

/** Throws RUN_PROMOTING while the run in progress is going live: its names and a person's would cross. */
export function refuseWhilePromoting(run: Pick<Run, 'id' | 'state'> | null): void {
  if (run?.state === 'promoting') throw new RevalError('RUN_PROMOTING', `run ${run.id} is going live`)
}

/** The run as somebody made it live by hand; null where it has not ended, or is not known. */
export function withPromotion(run: Run | null, { by, why }: Pick<WriterRequest, 'by' | 'why'>): Run | null {
  return run === null || !isOver(run.state) ? null : { ...run, state: 'live', promotedByHand: { by, why } }
}
