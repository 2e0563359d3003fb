import type { AssembledDocument } from '../domain/assemble.ts'
import type { Day } from '../domain/day.ts'
import type { GmcNumber } from '../domain/gmc-number.ts'
import type { IndexDocument, IndexName, ListName } from '../domain/lists.ts'
import type { GenerationCounts, Profile } from '../domain/profile.ts'
import type { Row, RowId } from '../domain/row.ts'
import type { RowOrigin } from './changes.ts'

/** A generation: a master index, and the four lists as views of it or as tables filled from it. Ids are never reused. */
export type GenerationId = string

export interface Generation {
  readonly id: GenerationId
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The version of `assemble` that its rows are written with. */
  readonly assembleVersion: number
  /**
   * The layout in which another version of the store created it, if this version uses another. Then nothing writes to it, as
   * if its rules were others.
   */
  readonly otherLayout?: number
  /** The day for which its lists are tables; absent if they are views of the master index. */
  readonly tableDay?: Day
  /**
   * Set for copies of the indexes that the Java services built (`adoptIndexes`): nothing of ours writes to them. Rows are
   * read under the ids that ours would have; further rows of one person, under others. Rows without a person and a number
   * come in any order, and so do documents. Counts of the lists are those of their own indexes.
   */
  readonly java?: true
}

/** Whether the lists of a generation are views, through which another program may delete rows of its master index. */
export function hasViews({ tableDay, java }: Generation): boolean {
  return tableDay === undefined && java !== true
}

/** A row of a table. Its document has the list's fields that are not null, as a reader of the list sees them. */
export interface TableRow {
  /** That of the master row; any other if a Java service made it. */
  readonly id: string
  readonly document: IndexDocument
}

/** How many rows each list has. */
export type ListCounts = Readonly<Record<ListName, number>>

/** The concurrency token of one version of one row. Opaque; valid only for its row. */
export type Token = string

export interface StoredRow {
  readonly row: Row
  /** The fields that the backend stores beside the parts, as an index shows them. */
  readonly document: AssembledDocument
  readonly token: Token
  /** The refresh that last wrote the row; null if it is as its run wrote it. */
  readonly origin: RowOrigin | null
  /**
   * What the backend stores beside the row and should follow from its parts, but does not: keys that it searches by or reads
   * lists from, such as `number`; `parts` if the parts themselves cannot be read: all of them are null then. Empty unless another
   * program changed the row. In a stream, keys of a generation of another version are not looked at.
   */
  readonly wrongKeys: readonly string[]
  /** Set for a row that a Java service built: it has fields only, and its parts, which are all null, say nothing. */
  readonly hasNoParts?: true
}

/** A row in a stream of rows. */
export interface ScannedRow {
  readonly id: RowId
  /**
   * Opaque. Two rows of one id with the same content, in any two generations of this store, are the same; rows with different
   * contents may be the same too.
   */
  readonly content: string
  /** Decodes the content. Does not throw, whatever another program wrote. */
  read(): ReadRow
}

export type ReadRow = Omit<StoredRow, 'token'>

/**
 * A write. `replace` and `delete` carry the token of the version that was read. Row ids are short and well-formed: the
 * domain refuses an `_id` that is not (`checkedStoredId`).
 */
export type StoreWrite =
  | { readonly op: 'create'; readonly row: Row; readonly origin?: RowOrigin }
  | { readonly op: 'replace'; readonly row: Row; readonly token: Token; readonly origin?: RowOrigin }
  | { readonly op: 'delete'; readonly id: RowId; readonly token: Token }

/** The outcome of one write. */
export type WriteOutcome =
  /** Durable: it survives a crash of this process, and `get` finds it at once. */
  | { readonly status: 'written' }
  /** A `create` of an id that exists. Nothing was written. */
  | { readonly status: 'exists' }
  /** The row is not the version of the token any more. Nothing was written; read again and decide again. */
  | { readonly status: 'conflict' }
  /** Refused, after the backend's own retries of this item. */
  | { readonly status: 'failed'; readonly reason: string }

/** How much space the generations take, for people to see. */
export interface StoreSpace {
  /** By generation, in bytes, with all copies; about, while a generation is being written. */
  readonly bytes: Readonly<Record<GenerationId, number>>
  /** Free bytes where the next generation would be; null if unknown. */
  readonly free: number | null
}

/** The generation that each of the five aliases points to. */
export type LiveAliases = Readonly<Record<IndexName, GenerationId>>

/** How far `fillTables` is, and how to stop it. */
export interface FillingOptions {
  readonly signal: AbortSignal
  /** Rows of all tables written so far. */
  readonly onRows: (rows: number) => void
}

/**
 * Called for each request that changes something, in the tick in which it leaves this process. If it throws, nothing is
 * sent and the call rejects.
 */
export type Guard = () => void

/**
 * The five indexes, and the generations behind them. Designed for a search engine: writes succeed or fail item by item,
 * searches lag behind until `makeVisible`, and there are no transactions over several rows. Each call is one attempt:
 * while the backend is away it rejects with a transient error, and the caller decides whether to try again.
 */
export interface IndexStore {
  /**
   * Creates an empty generation that no alias points to. It belongs to the term that this store took over last, or to none.
   * Rejects GENERATION_EXISTS.
   */
  createGeneration(generation: Omit<Generation, 'otherLayout' | 'java'>, guard?: Guard): Promise<void>
  /** All generations, oldest first. */
  generations(): Promise<readonly Generation[]>
  /** Removes a generation and its rows, if it exists. Rejects STORE_FAILED if an alias points to it. */
  dropGeneration(id: GenerationId, guard?: Guard): Promise<void>

  /**
   * Begins a term: afterwards this store writes to these generations and to those that it creates, and no store of another term
   * does, not even with a request that left before: such a write is refused with WRITER_LOST and changes nothing. Await it
   * before rows are read that are to be changed. Generations that do not exist are skipped; readers notice nothing. Repeating
   * it does no harm; if it rejects, call it again before anything is written. A write that the backend has already begun to
   * carry out may still be completed, within about a second.
   */
  takeOver(generations: readonly GenerationId[], term: number, guard?: Guard): Promise<void>
  /**
   * Carries out the writes independently, in parallel or in any order: a batch has at most one write per id, and two writes
   * that must become durable in order need two calls. Resolves with one outcome per write, in order. Rejects
   * (GENERATION_UNKNOWN, GENERATION_VERSION, WRITER_LOST, DISK_FULL, STORE_FAILED) if the batch as a whole failed: any of
   * the writes may have been done, so send the batch again. A write to a dropped generation is refused and creates nothing.
   *
   * Once the tables of a generation are filled, they are written too: before the master rows, so that a crash leaves tables
   * ahead of the master, never behind it: what is written again is written to both, and `mendTables` mends rows that are not.
   * Where a write ends with another outcome than `written`, the tables are left as the master is.
   */
  write(generation: GenerationId, writes: readonly StoreWrite[], guard?: Guard): Promise<readonly WriteOutcome[]>
  /** The current rows of these ids, in any order; ids without a row are absent. */
  get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]>
  /**
   * The rows that had one of these GMC numbers when they were last made visible (`numberOfRow`). Rows that have got the
   * number since may be absent; rows that have lost it or were deleted since may still be there. Results may be older than
   * those of `get`; a write with an outdated token gets `conflict`.
   */
  findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]>
  /**
   * Makes all earlier writes visible to `findByNumbers`, `count`, `profile`, `documents`, `rows`, `countTables` and `tableRows`,
   * and, as far as the backend can, safe from a failure of the machine.
   */
  makeVisible(generation: GenerationId): Promise<void>

  /** The counts of the visible rows. */
  count(generation: GenerationId, today: Day): Promise<GenerationCounts>
  /** The profile of the visible rows. */
  profile(generation: GenerationId, today: Day): Promise<Profile>
  /**
   * Streams the documents of one index on a day, in the order of row ids. `'live'` reads through the alias, as users do: a
   * list that is a table comes as it is, whatever the day. It stays with the generation that the alias pointed to at first;
   * rejects NOTHING_LIVE if there is none.
   */
  documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument>

  /**
   * Prepares a generation for a `ListReader`, as far as that was not done row by row: without it, lists may be slow, but are the
   * same. Call it once all rows of a run that may go live are written, before it is checked; later writes keep it so. Idempotent.
   * Rejects GENERATION_UNKNOWN.
   */
  makeReadable(generation: GenerationId, guard?: Guard): Promise<void>

  /**
   * Fills the tables of a generation from its visible rows, each with its list's rows on the `tableDay` and only its list's
   * fields. Call it once no row is written any more until it has ended; from then on, `write` keeps the tables like the
   * master. Repeating it starts over. Resolves once all rows are filled and visible; compare `countTables` with `count` to
   * prove it. Does nothing if the lists are views. Rejects as `write` does, and with the reason of the signal; then the
   * tables may hold a part, and are not filled.
   */
  fillTables(generation: GenerationId, options: FillingOptions, guard?: Guard): Promise<void>
  /**
   * How many visible rows each table has, with those that other programs wrote; null if the lists are views. Rejects
   * GENERATION_UNKNOWN.
   */
  countTables(generation: GenerationId): Promise<ListCounts | null>
  /**
   * Streams the visible rows of a table in any order, those that a Java service made too. Rejects GENERATION_UNKNOWN;
   * STORE_FAILED if the lists are views.
   */
  tableRows(generation: GenerationId, list: ListName): AsyncIterable<readonly TableRow[]>
  /** The current rows of a table with these ids, in any order. Rejects as `tableRows` does. */
  tableRowsOf(generation: GenerationId, list: ListName, ids: readonly string[]): Promise<readonly TableRow[]>
  /**
   * Makes the rows with these ids in all tables as the master requires, whatever is there now: written if the row belongs to
   * the list on the `tableDay`, removed if it does not or there is no such row. Does the same for the visible rows of other
   * ids that have the person or the GMC number of one of the master's rows: a Java service may have made them. Idempotent.
   * Does nothing if the lists are views or the tables are not filled. Rejects as `write` does.
   */
  mendTables(generation: GenerationId, ids: readonly string[], guard?: Guard): Promise<void>

  /**
   * Streams the visible rows of a generation in the order of their ids, by code point, in batches. Rows may be written meanwhile:
   * each is given once, as it was when the stream began or later. A row whose key to sort by another program changed may come
   * after all others, with the others of its kind. Rejects GENERATION_UNKNOWN; STORE_FAILED if the generation
   * is dropped meanwhile. Memory stays flat. The caller may leave the loop early.
   */
  rows(generation: GenerationId): AsyncIterable<readonly ScannedRow[]>

  /**
   * Points all five aliases to a generation, in one atomic step: the master alias to its master index, those of the lists to
   * its tables, which other programs may then write to, or to views, which they may not. `from` is the generation that they
   * point to; null before the first promotion. Does nothing if they point to `to` already. An alias that was removed, or
   * given to another index, is restored. Rejects with nothing changed: ALIASES_MOVED if an alias points to another
   * generation, so that a late call of an earlier writer cannot move them back; ALIAS_NAME_TAKEN if an index has the name of
   * one; GENERATION_UNKNOWN; GENERATION_UNREADABLE if a part of the generation was removed, damaged or lost, or its tables
   * are not filled.
   */
  promote(to: GenerationId, from: GenerationId | null, guard?: Guard): Promise<void>
  /** The generations that the aliases point to, read from the engine; null before the first promotion. */
  liveAliases(): Promise<LiveAliases | null>
  /**
   * The rows of the Java services' indexes that have the names of aliases; null if there are none. The first run is compared
   * with them.
   */
  foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null>
  /**
   * Takes the five indexes of the Java services, which have the names of the aliases: copies them as a generation (`java`),
   * and puts the aliases in their place in one atomic step, so that each name always leads somewhere; a request in flight at
   * that moment may be refused. Until it has ended, all five refuse writes. If it rejects, they take writes again, and nothing
   * else has changed for anyone. After a crash they may go on refusing them: repeat it, with any id. Does nothing if the
   * aliases point to this generation already. Rejects NOTHING_TO_ADOPT if not all five are such indexes, or one was created
   * again meanwhile; DISK_FULL, STORE_FAILED.
   */
  adoptIndexes(id: GenerationId, createdAt: number, guard?: Guard): Promise<void>
  /**
   * The way back from `adoptIndexes`: replaces the five aliases with indexes again, copied from this generation. Between the
   * removal of an alias and its index, the name is free: no Java service may run. Repeating it after a crash goes on.
   * Rejects GENERATION_UNKNOWN; NOTHING_TO_RELEASE if the generation is not `java`; GENERATION_UNREADABLE if one of its
   * indexes is missing; ALIASES_MOVED or ALIAS_NAME_TAKEN if another program took a name; DISK_FULL, STORE_FAILED.
   */
  releaseIndexes(id: GenerationId, guard?: Guard): Promise<void>

  /** How much space the generations take. Cheap: it reads no rows. */
  space(): Promise<StoreSpace>

  ping(): Promise<void>
  close(): Promise<void>
}
