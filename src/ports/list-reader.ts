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

/** Rows of a list within the bodies of a query, whatever is searched and filtered. */
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
 * Reads the lists of a generation as people search them. Rights to read suffice, and it does not wait for the writer. What was
 * made visible is found; the order is total, and the same in every backend, so pages do not overlap. Rejects NOTHING_LIVE never:
 * the caller says which generation; GENERATION_UNKNOWN; GENERATION_VERSION if the generation was written without what a list is
 * read by, or with another version of it (`FOLD_VERSION`); STORE_FAILED, transient, while the backend is away or slow or answers
 * in part: a list is never shorter than it should be. Every call ends within its time limit.
 */
export interface ListReader {
  page(generation: GenerationId, query: ListQuery, today: Day, place: PagePlace): Promise<ListPage>
  counts(generation: GenerationId, query: ListQuery, today: Day): Promise<ListCounts>
  /** The whole list in its order, in batches. Memory stays flat, but for a number for each row. The caller may leave the loop early. */
  all(generation: GenerationId, query: ListQuery, today: Day): AsyncIterable<readonly ListedRow[]>
  /** At most 20 values of the doctors in scope, the most frequent first, then by code point. */
  suggest(generation: GenerationId, query: SuggestQuery, today: Day): Promise<readonly string[]>
  ping(): Promise<void>
  close(): Promise<void>
}
