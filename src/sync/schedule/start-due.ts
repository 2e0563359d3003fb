import { londonDay } from '../../domain/day.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { Run } from '../../ports/run-ledger.ts'
import type { Scheduled, ScheduleOutcome } from '../../ports/schedule.ts'
import type { SyncContext } from '../context.ts'
import { requestRun } from '../lead/run-request.ts'
import { requestVerification } from '../lead/verification-request.ts'
import { isOfTheWriter } from '../lease/writer-errors.ts'

/** What came of starting something that was due. */
export type Started = Pick<ScheduleOutcome, 'outcome' | 'run' | 'code'>

/** Not an error: it is not the time for it. */
const SKIPPED: readonly ErrorCode[] = ['RUN_IN_PROGRESS', 'NOTHING_LIVE']

/** Whom the runs of the schedule are requested by. */
export const THE_SCHEDULE = 'the schedule'

type RequestContext = Pick<SyncContext, 'ledger' | 'clock' | 'newId'>
type ScheduledRun = Exclude<Scheduled, 'reasons'>

/**
 * Requests the run of a due time. The id of the request follows from the due time, so several processes, or one that died before
 * it recorded the outcome, request one run. Rejects a transient error; any other is the outcome.
 */
export async function startRunDue(context: RequestContext, what: ScheduledRun, dueAt: number): Promise<Started> {
  try {
    const run = await requestDue(context, what, dueAt)
    return { outcome: 'started', run: run.id, code: null }
  } catch (error) {
    const { code, details, transient } = asRevalError(error)
    if (transient || isOfTheWriter(code)) throw error
    const run = typeof details.run === 'string' ? details.run : null
    return { outcome: SKIPPED.includes(code) ? 'skipped' : 'failed', run, code }
  }
}

function requestDue(context: RequestContext, what: ScheduledRun, dueAt: number): Promise<Run> {
  const request = `schedule ${what} ${new Date(dueAt).toISOString()}`
  if (what === 'verify') return requestVerification(context, { by: THE_SCHEDULE, repair: null, request })
  return requestRun(context, { by: THE_SCHEDULE, day: londonDay(context.clock.now()), request })
}

/** Compares the exception reasons. `compare` resolves with false if nothing is live. An error is a warning, and the outcome. */
export async function compareDue(
  { events }: Pick<SyncContext, 'events'>,
  compare: () => Promise<boolean>,
): Promise<Started> {
  try {
    if (await compare()) return { outcome: 'started', run: null, code: null }
    return { outcome: 'skipped', run: null, code: 'NOTHING_LIVE' }
  } catch (error) {
    const coded = asRevalError(error)
    if (isOfTheWriter(coded.code)) throw error
    events.emit('warning', { doing: 'comparing the exception reasons', error: coded })
    return { outcome: 'failed', run: null, code: coded.code }
  }
}
