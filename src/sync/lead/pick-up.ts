import type { Restart, Run, StillSending } from '../../ports/run-ledger.ts'
import type { SyncSettings } from '../context.ts'
import { isOver } from '../run-state.ts'

/** What a writer does with a run that it finds in the ledger. Source: docs/architecture.md, "States of a run". */
export type PickUp =
  /** Nothing was done for it yet. */
  | 'start'
  /** An earlier writer started it and kept its work in memory. */
  | 'restart'
  /** It cannot restart: a sender without run headers may still be sending for the earlier start. */
  | 'fail'
  /** It is going live: the aliases tell whether it did. */
  | 'finish'
  /** It is over, but the installation record still names it. */
  | 'clear'

export function pickUpOf(run: Pick<Run, 'state' | 'generation' | 'unproved'>): PickUp {
  if (isOver(run.state)) return 'clear'
  if (run.state === 'promoting') return 'finish'
  if (run.generation === null) return 'start'
  return run.unproved.length > 0 ? 'fail' : 'restart'
}

/** Whether a run may restart once more; takeovers and faults are counted separately. */
export function mayRestart(
  { restarts }: Pick<Run, 'restarts'>,
  cause: Restart['cause'],
  { maxRestarts, maxTakeovers }: Pick<SyncSettings, 'maxRestarts' | 'maxTakeovers'>,
): boolean {
  const before = restarts.filter((each) => each.cause === cause).length
  return before < (cause === 'takeover' ? maxTakeovers : maxRestarts)
}

/** The senders that may still be sending for a run that is over: that of the stage in which it failed, if unproved. */
export function stillSendingFor({ id, failure, unproved, finishedAt }: Run): readonly StillSending[] {
  return unproved
    .filter((stage) => stage === failure?.stage)
    .map((stage) => ({ stage, run: id, since: finishedAt ?? 0, hasEnded: false }))
}
