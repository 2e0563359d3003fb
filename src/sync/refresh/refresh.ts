import type { Day } from '../../domain/day.ts'
import type { Row, RowId } from '../../domain/row.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { RunId } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'

/** A generation to refresh rows in, and the day that its rows are for. */
export interface RefreshTarget {
  readonly generation: GenerationId
  /** The run that filled it: failures are recorded with it. */
  readonly run: RunId
  readonly day: Day
}

/** A row that a refresh wrote. */
export interface RowChange {
  readonly id: RowId
  /** Null if there was none. */
  readonly before: Row | null
  /** Null if it was deleted. */
  readonly after: Row | null
}

/** What a refresh did in one generation. */
export interface Refreshed {
  readonly changes: readonly RowChange[]
  /** The rows of the keys as they are now, changed or not. */
  readonly rows: readonly Row[]
  /** Rows that a rule or the store refused; recorded as failures of the generation. */
  readonly failed: readonly { readonly key: string; readonly code: ErrorCode; readonly reason: string }[]
  /** Keys that neither a source nor the generation knows. */
  readonly unknown: readonly ChangedKey[]
}

/**
 * Reads these keys from the sources again and updates their rows in each generation, for its own day. Afterwards the rows
 * can be found by number (`makeVisible`). Idempotent. One result for each target, in order: what was done, or the error
 * that stopped it. Rejects if the sources cannot be read. Only the writer calls it, one call at a time. Source:
 * docs/decisions/16-refreshing.md.
 */
export type RefreshKeys = (
  targets: readonly RefreshTarget[],
  keys: readonly ChangedKey[],
) => Promise<readonly PromiseSettledResult<Refreshed>[]>
