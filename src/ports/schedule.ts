import type { ErrorCode } from '../errors/codes.ts'
import type { Recurrence } from './recurrence.ts'
import type { RunId } from './run-ledger.ts'

/** What the schedule starts: a sync, a verification, or a comparison of the exception reasons. */
export const SCHEDULED = ['sync', 'verify', 'reasons'] as const
export type Scheduled = (typeof SCHEDULED)[number]

/** When each is due; null if it is switched off. */
export type Schedule = Readonly<Record<Scheduled, Recurrence | null>>

/**
 * What came of a due time. `skipped`: a run was in progress, or nothing was live; `missed`: nothing could be started until it was too
 * late, because no process was the writer, or the ledger was away.
 */
export const SCHEDULE_OUTCOMES = ['started', 'skipped', 'missed', 'failed'] as const

/** Times are milliseconds since the epoch. */
export interface ScheduleOutcome {
  readonly outcome: (typeof SCHEDULE_OUTCOMES)[number]
  /** When it was due; of several missed times, the first. */
  readonly dueAt: number
  readonly decidedAt: number
  /** How many due times it stands for: more than 1 if several were missed, or if one was started late for several. */
  readonly times: number
  /** The run that was started, or that was in progress; null if there is none. */
  readonly run: RunId | null
  /** Why it was skipped or failed; null otherwise. */
  readonly code: ErrorCode | null
}

/** The schedule of one thing, kept by the writer. */
export interface ScheduleRecord {
  /** The expression that the due times are of; empty while it is switched off. */
  readonly expression: string
  /** Due times up to this one were decided, or were never promised. */
  readonly decidedUntil: number
  /** Newest first. */
  readonly outcomes: readonly ScheduleOutcome[]
}

/** How many outcomes are kept. */
export const OUTCOMES_KEPT = 20
