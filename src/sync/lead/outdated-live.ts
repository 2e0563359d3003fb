import { londonDay } from '../../domain/day.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { findGeneration, otherVersion, THIS_VERSION } from '../generations.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import { requestRun } from './run-request.ts'

/** Reasons to leave it: a run is in progress, or an operator has to act first. */
const NOT_NOW: readonly ErrorCode[] = ['RUN_IN_PROGRESS', 'SENDER_STILL_SENDING']

/**
 * Requests a run if another version built the live generation: this version must not write to it, so changes
 * wait until a run builds another one. One of the Java services stays live until a person starts a run: when to leave it is
 * their decision.
 */
export async function replaceOutdatedLive(context: WriterContext): Promise<void> {
  const { store, ledger, clock, events } = context
  const { live, currentRun } = await readInstallation(ledger)
  if (live === null || currentRun !== null) return
  const found = await findGeneration(store, live.generation)
  const built = found === undefined || found.java === true ? null : otherVersion(found)
  if (built === null) return
  const by = `integration: live was ${built}, this is ${THIS_VERSION}`
  try {
    await requestRun(context, { by, day: londonDay(clock.now()) })
  } catch (error) {
    const coded = asRevalError(error)
    if (!NOT_NOW.includes(coded.code)) throw coded
    events.emit('warning', { doing: 'replacing a live generation of another version', error: coded })
  }
}
