import type { Doctor, GmcOutcome } from './doctor.ts'
import { gmcNumber, type GmcNumber } from './gmc-number.ts'
import type { Trainee } from './trainee.ts'

/** What a row is made of. Merging is done on parts, never on assembled fields. */
export interface Parts {
  readonly trainee: Trainee | null
  readonly doctor: Doctor | null
  readonly outcome: GmcOutcome | null
  /** Why a connection failed, exactly as written; never blank. */
  readonly reason: string | null
}

export type PartName = keyof Parts
/** The parts that belong to a GMC number and are the same in every row of that number. */
export const NUMBER_PARTS = ['doctor', 'outcome', 'reason'] as const satisfies readonly PartName[]

/**
 * The order of the change that wrote a part; absent where only a snapshot did. A snapshot never overwrites a marked
 * part, and of two changes the one with the greater order stays.
 */
export type Marks = Readonly<Partial<Record<PartName, number>>>

/** `tcs-<personId>` or `gmc-<_id as stored>`: derivable, so every write is idempotent. */
export type RowId = string

/** One row of a generation. A hidden row is a tombstone: it remembers a deletion and shows in no index. */
export interface Row {
  readonly id: RowId
  readonly parts: Parts
  readonly marks: Marks
  readonly hidden: boolean
}

export const NO_PARTS: Parts = { trainee: null, doctor: null, outcome: null, reason: null }

export function traineeRowId(tcsPersonId: number): RowId {
  return `tcs-${tcsPersonId}`
}

/** The id of the row that a doctor without a trainee has; `storedId` is `_id` as stored. */
export function doctorRowId(storedId: string): RowId {
  return `gmc-${storedId}`
}

/** The GMC number that a row joins on; null where its number is only text to show. */
export function numberOfRow(row: Row): GmcNumber | null {
  const own = row.id.startsWith('gmc-') ? row.id.slice('gmc-'.length) : null
  return gmcNumber(row.parts.trainee?.gmcReferenceNumber ?? row.parts.doctor?.gmcReferenceNumber ?? own)
}

/** A trainee's row; a doctor's own row has no trainee. */
export function isTraineeRow(row: Row): boolean {
  return row.id.startsWith('tcs-')
}
