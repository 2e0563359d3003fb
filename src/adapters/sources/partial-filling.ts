import type { FilledRow, MisplacedRow, SourceTable } from '../../ports/source-filling.ts'

/**
 * The part of a filling that one of several servers takes. Who joins the parts sees to their order and state: `add` as
 * often as wanted, `misplaced`, `prepare`, `publish`, and `release` in any case.
 */
export interface PartialFilling<Tables extends SourceTable = SourceTable> {
  readonly tables: readonly Tables[]
  add<T extends Tables>(table: T, rows: readonly FilledRow<T>[]): Promise<void>
  misplaced(): AsyncIterable<MisplacedRow>
  /** Everything that takes time or may fail, with nothing to be seen of it yet. */
  prepare(): Promise<void>
  /** Shows what was prepared, in the place of what was there. */
  publish(): Promise<void>
  /** Clears away what is not published and lets the next filling begin. Idempotent; rejects nothing. */
  release(): Promise<void>
}

/** A server of which a filling takes a part. */
export interface PartlyFillable<Tables extends SourceTable = SourceTable> {
  /** Resolves when the server can be reached; rejects SERVER_UNREACHABLE, SERVER_LOGIN_REFUSED. */
  open(): Promise<void>
  begin(): Promise<PartialFilling<Tables>>
  holdRows(): Promise<boolean>
  close(): Promise<void>
}
