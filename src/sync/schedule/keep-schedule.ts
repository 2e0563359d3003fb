import { asRevalError } from '../../errors/reval-error.ts'
import type { Recurrence } from '../../ports/recurrence.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import { OUTCOMES_KEPT, type Scheduled, type ScheduleOutcome, type ScheduleRecord } from '../../ports/schedule.ts'
import type { SyncContext } from '../context.ts'
import { changeRecord } from '../records.ts'
import { dueTimes, GRACE_MS } from './due-times.ts'
import type { Started } from './start-due.ts'

/** Never longer, so that setting the clock of the machine does not matter for long. */
const LONGEST_WAIT_MS = 30_000
const AFTER_ERROR_MS = 5_000

export interface ScheduledWork {
  readonly what: Scheduled
  /** Null if it is switched off. */
  readonly recurrence: Recurrence | null
  /** Starts what was due at this time; may be called twice for one time. Rejects a transient error to be called again. */
  readonly start: (dueAt: number) => Promise<Started>
}

type ScheduleContext = Pick<SyncContext, 'ledger' | 'clock' | 'events'>

/**
 * Starts something at its due times, as the writer, until the signal is aborted. What came of each is recorded by
 * compare-and-set, after it was started: a process that dies in between is followed by one that starts it again, under
 * the same id.
 */
export async function keepSchedule(context: ScheduleContext, work: ScheduledWork, signal: AbortSignal): Promise<void> {
  const { clock, events } = context
  const isStopped = () => signal.aborted
  let told: number | null = null
  while (!isStopped()) {
    let pause = LONGEST_WAIT_MS
    try {
      if (work.recurrence === null) {
        await switchOff(context.ledger, work.what)
        return
      }
      const next = await startDue(context, { ...work, recurrence: work.recurrence })
      if (next !== null && next !== told) events.emit('schedule.next', { what: work.what, at: next })
      told = next
      pause = Math.min(pause, Math.max((next ?? Infinity) - clock.now(), 1))
    } catch (error) {
      pause = AFTER_ERROR_MS
      const doing = `keeping the schedule of ${work.what}`
      if (!isStopped()) events.emit('warning', { doing, error: asRevalError(error) })
    }
    await clock.wait(pause, signal)
  }
}

/** Starts what is due and records what was missed. Resolves with the next due time. */
async function startDue(
  { ledger, clock, events }: ScheduleContext,
  { what, recurrence, start }: ScheduledWork & { readonly recurrence: Recurrence },
): Promise<number | null> {
  const now = clock.now()
  const { decidedUntil } = await promised(ledger, what, recurrence, now)
  const { due, missed, until, next } = dueTimes(recurrence, decidedUntil, now)
  if (due === null && missed === null) return next
  const started = due === null ? null : await start(due.last)
  const decidedAt = clock.now()
  const outcomes: ScheduleOutcome[] = [
    ...(due === null || started === null ? [] : [{ ...started, dueAt: due.last, decidedAt, times: due.times }]),
    ...(missed === null ? [] : [{ ...MISSED, dueAt: missed.first, decidedAt, times: missed.times }]),
  ]
  const recorded = await changeRecord(ledger, 'schedule', what, (known) => {
    // Otherwise another process recorded an outcome, and it is decided again by its record.
    if (known?.decidedUntil !== decidedUntil) return null
    return { ...known, decidedUntil: until, outcomes: [...outcomes, ...known.outcomes].slice(0, OUTCOMES_KEPT) }
  })
  if (recorded?.outcomes[0] === outcomes[0])
    for (const outcome of outcomes) events.emit('schedule.decided', { what, outcome })
  return next
}

const MISSED = { outcome: 'missed', run: null, code: null } as const

/** The record; of a new or changed expression, earlier due times were never promised. */
async function promised(
  ledger: RunLedger,
  what: Scheduled,
  { expression }: Recurrence,
  now: number,
): Promise<ScheduleRecord> {
  const isPromised = (known: ScheduleRecord | null) =>
    // A time far ahead is of a clock that was wrong.
    known?.expression === expression && known.decidedUntil <= now + GRACE_MS
  const record = await changeRecord(ledger, 'schedule', what, (known) =>
    isPromised(known) ? null : { expression, decidedUntil: now, outcomes: known?.outcomes ?? [] },
  )
  return record ?? { expression, decidedUntil: now, outcomes: [] }
}

/** What is switched off is not missed. */
async function switchOff(ledger: RunLedger, what: Scheduled): Promise<void> {
  await changeRecord(ledger, 'schedule', what, (known) =>
    known === null || known.expression === '' ? null : { ...known, expression: '' },
  )
}
