import type { AssembledDocument } from '../domain/assemble.ts'
import type { Day } from '../domain/day.ts'
import type { ListQuery, SuggestQuery } from '../domain/list-query.ts'
import type { RowId } from '../domain/row.ts'
import type { GenerationId } from './index-store.ts'

/** A row of a list, with what only its doctor part holds. */
export interface ListedRow {
  readonly id: RowId
  readonly document: AssembledDocument
  readonly dateAdded: Day | null
  readonly sanction: string | null
}

/** Rows of a list in its order, and how many there are. */
export interface ListPage {
  readonly rows: readonly ListedRow[]
  /** Rows that match the query. */
  readonly total: number
}

/** Rows of a list for the bodies of a query, regardless of search and filters. */
export interface ListCounts {
  readonly total: number
  readonly underNotice: number
}

/** Which part of a list. */
export interface PagePlace {
  readonly offset: number
  /** 1 to 1,000. */
  readonly size: number
}

/**
 * Reads the lists of a generation. Needs only read permission and never waits for the writer. May be called at any time, even while
 * a run fills the generation or changes are written.
 *
 * Guarantees: finds all rows that were made visible, and perhaps later ones; the order is total and the same in every backend, so
 * pages of a generation that is not being written to neither overlap nor leave gaps; each call ends within its time limit. Not
 * guaranteed: that two calls, or the reads of one call, see the same state while rows are written.
 *
 * Rejects GENERATION_UNKNOWN; GENERATION_VERSION if the generation has no list keys, or those of another version (`FOLD_VERSION`);
 * STORE_FAILED, transient, if the backend is down, slow or answers only in part: a list is never shorter than it should be.
 */
export interface ListReader {
  page(generation: GenerationId, query: ListQuery, today: Day, place: PagePlace): Promise<ListPage>
  counts(generation: GenerationId, query: ListQuery, today: Day): Promise<ListCounts>
  /**
   * The whole list in order, in batches, as it was when the loop began; rows deleted meanwhile may be absent. Keeps at most a number
   * for each row in memory. The caller may leave the loop early. The time limit applies to each batch.
   */
  all(generation: GenerationId, query: ListQuery, today: Day): AsyncIterable<readonly ListedRow[]>
  /** At most 20 values of the doctors in scope, the most frequent first, then by code point. */
  suggest(generation: GenerationId, query: SuggestQuery, today: Day): Promise<readonly string[]>
  /** Rejects STORE_FAILED, or what the backend rejects when it is opened, if the lists cannot be read now. */
  ping(): Promise<void>
  /** Earlier calls are answered or reject; later ones reject. Idempotent. */
  close(): Promise<void>
}
