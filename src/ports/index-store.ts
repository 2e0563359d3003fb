import type { AssembledDocument } from '../domain/assemble.ts'
import type { Day } from '../domain/day.ts'
import type { GmcNumber } from '../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../domain/lists.ts'
import type { GenerationCounts, Profile } from '../domain/profile.ts'
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
  /** The fields that the backend holds beside the parts, as an index would show them. */
  readonly document: AssembledDocument
  readonly token: Token
}

/**
 * A write that may follow a read: `replace` and `delete` carry the token of the version that was read. Row ids are short and
 * well-formed: the domain refuses an `_id` that is not (`checkedStoredId`).
 */
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
  /** Refused for good, after the backend's own retries of this one item. */
  | { readonly status: 'failed'; readonly reason: string }

/** Which generation each of the five names shows. */
export type LiveNames = Readonly<Record<IndexName, GenerationId>>

/**
 * Asked in the tick in which a request that changes something leaves this process, each time one does; what it throws
 * ends the call before it is sent.
 */
export type Guard = () => void

/**
 * The five indexes, and the generations behind them. Shaped for a search engine: writes succeed or fail item by item,
 * a search lags behind until `makeVisible`, there are no transactions over several rows. Each call is one attempt: a
 * backend that is away rejects with a transient error, and whoever called decides whether to try again.
 */
export interface IndexStore {
  /** Makes an empty generation that no name shows. Rejects GENERATION_EXISTS. */
  createGeneration(generation: Generation, guard?: Guard): Promise<void>
  /** All generations, oldest first. */
  generations(): Promise<readonly Generation[]>
  /** Removes a generation and its rows; nothing when there is none. Never one that a name shows: rejects STORE_FAILED. */
  dropGeneration(id: GenerationId, guard?: Guard): Promise<void>

  /**
   * Carries out the writes, each for itself, in parallel or in any order: a batch holds at most one write for an id,
   * and writes of which one must be durable before the other are sent in two calls. Resolves with one outcome a
   * write. Rejects (GENERATION_UNKNOWN, DISK_FULL, STORE_FAILED) when the batch as a whole failed: then any of the
   * writes may have been done, and the batch is sent again. A write to a generation that was dropped is refused and
   * creates nothing.
   */
  write(generation: GenerationId, writes: readonly StoreWrite[], guard?: Guard): Promise<readonly WriteOutcome[]>
  /** The rows of these ids as they are now; ids without a row are absent. In no order. */
  get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]>
  /**
   * The rows that had one of these GMC numbers when they were last made visible (`numberOfRow`). Rows that got the
   * number since may be absent; rows that lost it or were deleted since may still be there. What it gives may be older
   * than `get`, or as old; a write with a token that is no longer current gets `conflict`.
   */
  findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]>
  /**
   * Makes all writes that were `written` before this call visible to `findByNumbers`, `count`, `profile` and
   * `documents`, and safe from a failure of the machine as far as the backend can be.
   */
  makeVisible(generation: GenerationId): Promise<void>

  /** Counts of what is visible. */
  count(generation: GenerationId, today: Day): Promise<GenerationCounts>
  /** The profile of what is visible. */
  profile(generation: GenerationId, today: Day): Promise<Profile>
  /**
   * The documents of one index on a day, in the order of their row ids, streamed. `'live'` reads through the name as
   * users do (NOTHING_LIVE where there is none yet) and stays with the generation that it found at the start.
   */
  documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument>

  /**
   * Moves all five names to a generation in one step that no reader can see half of. `from` is the generation that they
   * are to be moved from; null before the first promotion. Nothing to do where they show `to` already. Rejects
   * NAMES_MOVED, with nothing changed, where one of them shows another generation: so a late call of somebody who has
   * been overtaken cannot move them back; GENERATION_UNKNOWN, and GENERATION_UNREADABLE where the generation is not whole
   * any more, because somebody removed or damaged what the store keeps it in, or the engine has lost a part. A name that somebody took away, or gave to an index of his own, is given back.
   */
  promote(to: GenerationId, from: GenerationId | null, guard?: Guard): Promise<void>
  /** Which generation the names show, read from the engine; null before the first promotion. */
  liveNames(): Promise<LiveNames | null>
  /**
   * Rows of each of the five names where they are indexes that somebody else made, as the Java services do; null where
   * none of them is. With them the first run is compared.
   */
  foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null>

  ping(): Promise<void>
  close(): Promise<void>
}
