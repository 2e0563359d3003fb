import { RevalError } from '../../errors/reval-error.ts'
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
  /** Its generation is complete, and is compared with live again. */
  | 'compare'
  /** It is going live: the aliases tell whether it did. */
  | 'finish'
  /** It is over, but the installation record still names it. */
  | 'clear'

export function pickUpOf(run: Pick<Run, 'state' | 'generation' | 'unproved' | 'purpose'>): PickUp {
  if (isOver(run.state)) return 'clear'
  if (run.state === 'promoting') return 'finish'
  // What a verification found so far is lost with its process.
  if (run.state === 'comparing' && run.purpose !== 'verify') return 'compare'
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

/**
 * Throws why a run may not restart: SENDER_STILL_SENDING, RUN_RESTARTED_TOO_OFTEN, or VERIFY_INTERRUPTED for a
 * verification that another process led.
 */
export function refuseRestart(
  run: Pick<Run, 'restarts' | 'unproved' | 'purpose'>,
  cause: Restart['cause'],
  reason: string,
  limits: Pick<SyncSettings, 'maxRestarts' | 'maxTakeovers'>,
): void {
  if (run.unproved.length > 0) throw senderStillSending(run, reason)
  if (run.purpose === 'verify' && cause === 'takeover') {
    throw new RevalError('VERIFY_INTERRUPTED', `a verification does not restart after a takeover: ${reason}`)
  }
  if (mayRestart(run, cause, limits)) return
  const times = `gave up after ${run.restarts.length} restarts, last ${cause}: ${reason}`
  throw new RevalError('RUN_RESTARTED_TOO_OFTEN', times)
}

export function senderStillSending({ unproved }: Pick<Run, 'unproved'>, reason: string): RevalError {
  const what = `${unproved.join(' and ')} sent without run headers, so the run cannot restart (${reason})`
  return new RevalError('SENDER_STILL_SENDING', what)
}

/** The senders that may still be sending for a run that is over: that of the stage in which it failed, if unproved. */
export function stillSendingFor({ id, failure, unproved, finishedAt }: Run): readonly StillSending[] {
  return unproved
    .filter((stage) => stage === failure?.stage)
    .map((stage) => ({ stage, run: id, since: finishedAt ?? 0, hasEnded: false }))
}
