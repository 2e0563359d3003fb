import type { TableDifference } from '../../domain/table-difference.ts'
import type { IndexStore, ListCounts } from '../../ports/index-store.ts'
import type { Mutex } from '../wait/mutex.ts'
import { compareWithMaster, idsThatDiffer, idsWithoutMaster, type Tables } from '../compare/compare-tables.ts'
import { FoundRows } from './findings.ts'
import { lookBetweenBatches, type Look, type Looked } from './settling.ts'

/** A row of a table that differs, and when a refresh last wrote its master row. */
export type TableLooked = Looked & { readonly difference: TableDifference }

/**
 * Compares tables with their master index. What differs in a stream is read again between two batches of changes: a change
 * writes tables first. A Java service may still have an older state of a row before it, so let it settle, too.
 */
export class TableLook implements Look {
  /** The rows of tables that differed every time. */
  readonly found = new FoundRows()
  readonly #store: Pick<IndexStore, 'get' | 'rows' | 'countTables' | 'tableRows' | 'tableRowsOf'>
  readonly #changes: Mutex
  readonly #tables: Tables

  constructor(
    store: Pick<IndexStore, 'get' | 'rows' | 'countTables' | 'tableRows' | 'tableRowsOf'>,
    changes: Mutex,
    tables: Tables,
  ) {
    this.#store = store
    this.#changes = changes
    this.#tables = tables
  }

  /** Compares all rows of the tables with the master index. Those that differ twice are found. */
  async all(signal: AbortSignal): Promise<void> {
    for await (const ids of idsThatDiffer(this.#store, this.#tables, signal)) await this.first(ids, signal)
  }

  /** Finds rows that the master lacks, if tables have more rows than the lists should. */
  async surplus(expected: ListCounts, signal: AbortSignal): Promise<void> {
    const surplus = idsWithoutMaster(this.#store, this.#tables, expected, signal)
    for await (const ids of surplus) await this.first(ids, signal)
  }

  /** Looks at rows with these ids. Those that differ are found, once. */
  async first(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const known = new Set(this.found.ids)
    const looked = await this.at(
      ids.filter((id) => !known.has(id)),
      signal,
    )
    this.found.add(looked.map(({ difference }) => difference))
  }

  async again(signal: AbortSignal): Promise<readonly TableLooked[]> {
    const looked = await this.at(this.found.ids, signal)
    this.found.replaceListed(looked.map(({ difference }) => difference))
    return looked
  }

  /** The rows that differ now. */
  at(ids: readonly string[], signal: AbortSignal): Promise<readonly TableLooked[]> {
    return lookBetweenBatches(this.#changes, ids, signal, (some) => this.#atSome(some))
  }

  async #atSome(ids: readonly string[]): Promise<readonly TableLooked[]> {
    const { master, differences } = await compareWithMaster(this.#store, this.#tables, ids)
    return differences.map((difference) => ({ difference, refreshedAt: master.get(difference.id)?.origin?.at ?? null }))
  }
}
