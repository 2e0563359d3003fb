import { maskedReason } from '../../errors/masked.ts'
import { QUEUES, type DeadLetter, type Queue } from '../../ports/broker.ts'
import type { FailedRow, FailureStage } from '../../ports/run-ledger.ts'
import { keysOfRow } from '../resync/resync-keys.ts'
import { subjectsOf, type Subjects } from './dead-letter-subjects.ts'

/** Where something failed: a stage of a run, `refresh`, or the queue of a dead letter. */
export type FailurePlace = FailureStage | Queue

/** A failed row or a dead letter, as a list shows it: without personal data beyond the keys. */
export interface ListedFailure {
  /** `<place>/<key of the row, or id of the dead letter>`. */
  readonly id: string
  readonly place: FailurePlace
  /** Which generation lacks the row; null for a dead letter. */
  readonly generation: 'live' | 'in progress' | null
  /** Milliseconds since the epoch; null if it is unknown. */
  readonly at: number | null
  readonly code: string
  readonly reason: string
  /** Whose rows a replay refreshes; none if the failure has no keys. */
  readonly keys: readonly string[]
}

/** A failed row, with what it was read from. */
export interface FoundRow {
  readonly kind: 'row'
  readonly listed: ListedFailure
  readonly row: FailedRow
  readonly subjects: Subjects
}

/** A dead letter, without its body. */
export interface FoundLetter {
  readonly kind: 'message'
  readonly listed: ListedFailure
  readonly queue: Queue
  readonly letterId: string
  readonly subjects: Subjects
}

export type FoundFailure = FoundRow | FoundLetter

export function foundRow(row: FailedRow, generation: 'live' | 'in progress'): FoundRow {
  const { stage, key, at, code } = row
  const keys = keysOfRow(key).keys.length === 0 ? [] : [key]
  const reason = maskedReason(code, row.reason)
  const listed: ListedFailure = { id: `${stage}/${key}`, place: stage, generation, at, code, reason, keys }
  return { kind: 'row', listed, row, subjects: { keys, recommendations: [] } }
}

export function foundLetter(queue: Queue, letter: DeadLetter): FoundLetter {
  const { id: letterId, at, code, body } = letter
  const subjects = subjectsOf(queue, body)
  // Another program may have put the message there, with a code of its own.
  const reason = maskedReason(code, letter.reason)
  const keys = [...subjects.keys, ...subjects.recommendations]
  const listed: ListedFailure = { id: `${queue}/${letterId}`, place: queue, generation: null, at, code, reason, keys }
  return { kind: 'message', listed, queue, letterId, subjects }
}

/** The queue of a dead letter with this id; null for the id of a failed row. */
export function queueIn(id: string): Queue | null {
  const place = id.slice(0, Math.max(id.indexOf('/'), 0))
  return QUEUES.find((queue) => queue === place) ?? null
}
