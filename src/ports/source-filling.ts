import type { StoredDoctor } from '../domain/doctor.ts'
import type { TcsRow, TcsTable } from '../domain/tcs-tables.ts'

type TcsRows = { readonly [Table in TcsTable]: TcsRow<Table> }

/**
 * The tables and collections of the sources, as exports hold them. Keys and references are as stored; dates are days
 * (`YYYY-MM-DD`) or null; blank texts may come as they are written.
 */
export interface SourceTables extends TcsRows {
  readonly doctorsForDB: StoredDoctor
  readonly recommendation: {
    /** `_id` as text: the hexadecimal digits of an ObjectId, or the string. */
    readonly storedId: string
    readonly gmcNumber: string | null
    readonly outcome: string | null
    readonly recommendationType: string | null
    readonly recommendationStatus: string | null
    readonly gmcSubmissionDate: string | null
    readonly actualSubmissionDate: string | null
    readonly gmcRevalidationId: string | null
    readonly admin: string | null
  }
  readonly exceptionLogs: {
    readonly storedId: string
    readonly errorMessage: string | null
    /** ISO 8601 instant. */
    readonly timestamp: string | null
  }
}
export type SourceTable = keyof SourceTables

/** A row, and its first line in the export, from 1; generated rows are numbered. */
export interface FilledRow<T extends SourceTable> {
  readonly line: number
  readonly values: SourceTables[T]
}

/** A row that breaks a rule between rows. */
export interface IntegrityViolation {
  readonly table: SourceTable
  readonly line: number
  readonly column: string
  readonly reason: string
}

/** New contents for all sources. They are not visible before `commit`, which replaces everything at once. */
export interface SourceFilling {
  /** Adds rows, whatever they contain. Rejects DISK_FULL, SOURCE_FAILED (also after `commit` and `abandon`). */
  add<T extends SourceTable>(table: T, rows: readonly FilledRow<T>[]): Promise<void>
  /**
   * The rows that break a rule between rows, once for each column, table after table and by line: keys that an earlier
   * row has (GMC numbers in `_id` compared trimmed, UUIDs without regard to case), programme memberships of a person
   * (`ContactDetails`) or programme that does not exist, curriculum memberships of a programme membership that does
   * not exist. Call it once all rows are added.
   */
  violations(): AsyncIterable<IntegrityViolation>
  /**
   * Replaces the sources by this filling, in one step that no reader can see half of; readers keep what they had
   * opened. Refuses nothing that `violations` names: where two rows of one key are referred to, the one added first
   * counts. Rejects DISK_FULL, SOURCE_FAILED with the sources as they were; what remains then is `abandon`. Ends the
   * filling.
   */
  commit(): Promise<void>
  /** Discards the filling; the sources stay as they are. Idempotent; does nothing after `commit`. */
  abandon(): Promise<void>
}

/** Sources that can be replaced as a whole. */
export interface FillableSources {
  /**
   * Starts a filling, and removes the remains of an unfinished one. Only one at a time: rejects DATA_DIR_IN_USE while
   * another one, of any process, is unfinished; DATA_DIR_NEWER if a newer version wrote the sources.
   */
  begin(): Promise<SourceFilling>
}
