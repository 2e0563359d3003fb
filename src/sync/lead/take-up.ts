import type { BeganAgain, Run, StillSending } from '../../ports/run-ledger.ts'
import type { SyncSettings } from '../context.ts'
import { isOver } from '../run-state.ts'

/** What a writer does with a run that it finds in the ledger. */
export type TakeUp =
  /** Nothing was done for it yet. */
  | 'begin'
  /** What was done for it was in the memory of a process that is no longer the writer. */
  | 'begin again'
  /** It cannot: a sender that cannot be told apart from its own earlier sending may still be at it. */
  | 'fail'
  /** It is going live: what happened is read from the names. */
  | 'finish'
  /** It is over, and the installation does not say so yet. */
  | 'clear'

/** Source: design, "One writer" and "A run". */
export function takeUpOf(run: Pick<Run, 'state' | 'generation' | 'unproved'>): TakeUp {
  if (isOver(run.state)) return 'clear'
  if (run.state === 'promoting') return 'finish'
  if (run.generation === null) return 'begin'
  return run.unproved.length > 0 ? 'fail' : 'begin again'
}

/** Whether a run may begin once more; takeovers and faults are counted apart. */
export function mayBeginAgain(
  { beganAgain }: Pick<Run, 'beganAgain'>,
  because: BeganAgain['because'],
  { maxRestarts, maxTakeovers }: Pick<SyncSettings, 'maxRestarts' | 'maxTakeovers'>,
): boolean {
  const before = beganAgain.filter((each) => each.because === because).length
  return before < (because === 'takeover' ? maxTakeovers : maxRestarts)
}

/** The senders that may still be at work for a run that is over: of the stage in which it ended, where that is unproved. */
export function stillSendingFor({ id, failure, unproved, finishedAt }: Run): readonly StillSending[] {
  return unproved
    .filter((stage) => stage === failure?.stage)
    .map((stage) => ({ stage, run: id, since: finishedAt ?? 0, hasEnded: false }))
}
