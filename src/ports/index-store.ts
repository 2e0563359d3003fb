import type { Day } from '../domain/day.ts'
import type { GmcNumber } from '../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../domain/lists.ts'
import type { Row, RowId } from '../domain/row.ts'

/** A generation: a master index with the four lists as views of it. Names are never used twice. */
export type GenerationId = string

export interface Generation {
  readonly id: GenerationId
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The version of `assemble` that fills it. */
  readonly assembleVersion: number
}

/** The engine's concurrency token of one version of one row. Opaque; only good for the row it came with. */
export type Token = string

export interface StoredRow {
  readonly row: Row
  readonly token: Token
}

/** A write that may follow a read: `replace` and `delete` carry the token of the version that was read. */
export type StoreWrite =
  | { readonly op: 'create'; readonly row: Row }
  | { readonly op: 'replace'; readonly row: Row; readonly token: Token }
  | { readonly op: 'delete'; readonly id: RowId; readonly token: Token }

/** What became of one write, in the order of the writes. */
export type WriteOutcome =
  /** Durable: it survives a crash of this process and is found by `get` at once. */
  | { readonly status: 'written' }
  /** A `create` of an id that exists. Nothing was written. */
  | { readonly status: 'exists' }
  /** The row is not, or no longer, the version of the token. Nothing was written; read again and decide again. */
  | { readonly status: 'conflict' }
  /** Refused for good, after the backend's own retries. */
  | { readonly status: 'failed'; readonly reason: string }

/** How many visible rows a generation has, and in which of its indexes on a day. */
export interface GenerationCounts {
  readonly withTrainee: number
  readonly withoutTrainee: number
  readonly indexes: Readonly<Record<IndexName, number>>
  /** Visible rows with a reason. */
  readonly withReason: number
}

/** Which generation each of the five names shows. */
export type LiveNames = Readonly<Record<IndexName, GenerationId>>

/**
 * The five indexes, and the generations behind them. Shaped for a search engine: writes succeed or fail item by item,
 * a search lags behind until `makeVisible`, there are no transactions over several rows.
 */
export interface IndexStore {
  /** Makes an empty generation that no name shows. Rejects GENERATION_EXISTS. */
  createGeneration(generation: Generation): Promise<void>
  /** All generations, oldest first. */
  generations(): Promise<readonly Generation[]>
  /** Removes a generation and its rows; nothing when there is none. Never one that a name shows: rejects STORE_FAILED. */
  dropGeneration(id: GenerationId): Promise<void>

  /**
   * Carries out the writes, each for itself, in parallel or in any order: a batch holds at most one write for an id,
   * and writes of which one must be durable before the other are sent in two calls. Resolves with one outcome a
   * write. Rejects (GENERATION_UNKNOWN, DISK_FULL, STORE_FAILED) when the batch as a whole failed: then any of the
   * writes may have been done, and the batch is sent again.
   */
  write(generation: GenerationId, writes: readonly StoreWrite[]): Promise<readonly WriteOutcome[]>
  /** The rows of these ids as they are now, hidden ones too; ids without a row are absent. In no order. */
  get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]>
  /**
   * The rows, hidden ones too, that had one of these GMC numbers when they were last made visible (`numberOfRow`).
   * Rows that got the number since are absent; rows that lost it or were deleted since are still there. What it gives
   * may be older than `get`, or as old; a write with a token that is no longer current gets `conflict`.
   */
  findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]>
  /**
   * Makes all writes that were `written` before this call visible to `findByNumbers`, `count` and `documents`, and
   * safe from a failure of the machine as far as the backend can be.
   */
  makeVisible(generation: GenerationId): Promise<void>

  /** Counts of what is visible. Hidden rows are in none of them. */
  count(generation: GenerationId, today: Day): Promise<GenerationCounts>
  /**
   * The documents of one index on a day, in the order of their row ids, streamed. `'live'` reads through the name as
   * users do (NOTHING_LIVE where there is none yet) and stays with the generation that it found at the start.
   */
  documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument>

  /** Moves all five names to a generation in one step that no reader can see half of. Idempotent. */
  promote(id: GenerationId): Promise<void>
  /** Which generation the names show, read from the engine; null before the first promotion. */
  liveNames(): Promise<LiveNames | null>

  ping(): Promise<void>
  close(): Promise<void>
}
