import type { Config } from '../../config/config.ts'
import type { Recurrence } from '../../ports/recurrence.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import { SCHEDULED, type Scheduled, type ScheduleOutcome, type ScheduleRecord } from '../../ports/schedule.ts'
import { dueTimes } from '../../sync/schedule/due-times.ts'
import { cronSentence } from './cron-sentence.ts'

/** How many of the next due times are shown. */
const NEXT_SHOWN = 5

/** What came of a due time. Times are milliseconds since the epoch. */
export interface ShownOutcome extends Omit<ScheduleOutcome, 'decidedAt'> {
  /** Null while nothing is recorded, because no process is the writer. */
  readonly decidedAt: number | null
}

/** The schedule of one thing. */
export interface ScheduledThing {
  readonly what: Scheduled
  /** Null if it is switched off. */
  readonly expression: string | null
  /** The expression in words; null if it is switched off. */
  readonly words: string | null
  /** Milliseconds since the epoch. */
  readonly next: readonly number[]
  /** Newest first. */
  readonly outcomes: readonly ShownOutcome[]
}

/** The schedule as this process is configured, and what came of it, as the writer recorded. Reasons need live changes. */
export async function readSchedule(
  { ledger }: { readonly ledger: Pick<RunLedger, 'read'> },
  { schedule, liveChanges }: Pick<Config, 'schedule' | 'liveChanges'>,
  now: number,
): Promise<readonly ScheduledThing[]> {
  return Promise.all(
    SCHEDULED.map(async (what) => {
      const recurrence = what === 'reasons' && !liveChanges ? null : schedule[what]
      const record = (await ledger.read('schedule', what))?.value ?? null
      return scheduledThing(what, recurrence, record, now)
    }),
  )
}

/** One thing: its next due times, and also what was missed but is not on record, because no process is the writer. */
export function scheduledThing(
  what: Scheduled,
  recurrence: Recurrence | null,
  record: ScheduleRecord | null,
  now: number,
): ScheduledThing {
  const outcomes = record?.outcomes ?? []
  if (recurrence === null) return { what, expression: null, words: null, next: [], outcomes }
  const { expression } = recurrence
  const next: number[] = []
  for (let at = recurrence.next(now); at !== null && next.length < NEXT_SHOWN; at = recurrence.next(at)) next.push(at)
  const unrecorded = record?.expression === expression ? missedSince(recurrence, record.decidedUntil, now) : []
  return { what, expression, words: cronSentence(expression), next, outcomes: [...unrecorded, ...outcomes] }
}

function missedSince(recurrence: Recurrence, decidedUntil: number, now: number): readonly ShownOutcome[] {
  const { missed } = dueTimes(recurrence, decidedUntil, now)
  if (missed === null) return []
  const { first, times } = missed
  return [{ outcome: 'missed', dueAt: first, decidedAt: null, times, run: null, code: null }]
}
