import type { Day } from '../../src/domain/day.ts'
import type { GmcNumber } from '../../src/domain/gmc-number.ts'
import {
  belongsTo,
  byList,
  documentIn,
  LIST_NAMES,
  type IndexDocument,
  type IndexName,
  type ListName,
} from '../../src/domain/lists.ts'
import type { GenerationCounts, Profile } from '../../src/domain/profile.ts'
import { idOfWrite } from '../../src/domain/row-differences.ts'
import { numberOfRow, type RowId } from '../../src/domain/row.ts'
import { compareByCodePoint } from '../../src/domain/text.ts'
import type {
  FillingOptions,
  Generation,
  GenerationId,
  Guard,
  IndexStore,
  ListCounts,
  LiveAliases,
  ScannedRow,
  StoredRow,
  StoreSpace,
  StoreWrite,
  TableRow,
  WriteOutcome,
} from '../../src/ports/index-store.ts'
import { countsOf, profileOf } from '../contract/index-store/profile-model.ts'

/** Rows that are asked for at once when they become visible. */
const ROWS_A_GET = 5_000

/** One generation as a search sees it: as of the last `makeVisible`. */
class SearchedGeneration {
  readonly #rows = new Map<RowId, StoredRow>()
  /** The ids that were written to since, each with the number of the last touch. */
  readonly #changed = new Map<RowId, number>()
  #touches = 0
  /** Null until they are filled. */
  #tables: ReadonlyMap<ListName, readonly TableRow[]> | null = null

  /** Whether the store may be newer than a search. */
  get isBehind(): boolean {
    return this.#changed.size > 0
  }

  /** Call it before a write is sent and after it ended: one in flight meanwhile is not made visible. */
  touch(writes: readonly StoreWrite[]): void {
    this.touchIds(writes.map(idOfWrite))
  }

  touchIds(ids: readonly string[]): void {
    this.#touches += 1
    for (const id of ids) this.#changed.set(id, this.#touches)
  }

  async seeTables(read: (list: ListName) => AsyncIterable<readonly TableRow[]>): Promise<void> {
    const tables = new Map<ListName, readonly TableRow[]>()
    for (const list of LIST_NAMES) tables.set(list, (await Array.fromAsync(read(list))).flat())
    this.#tables = tables
  }

  async catchUp(
    makeVisible: () => Promise<void>,
    get: (ids: RowId[]) => Promise<readonly StoredRow[]>,
    table: (list: ListName) => AsyncIterable<readonly TableRow[]>,
  ): Promise<void> {
    const changed = [...this.#changed]
    await makeVisible()
    for (let from = 0; from < changed.length; from += ROWS_A_GET) {
      const some = changed.slice(from, from + ROWS_A_GET)
      const found = new Map((await get(some.map(([id]) => id))).map((stored) => [stored.row.id, stored]))
      for (const [id, touch] of some) {
        const stored = found.get(id)
        if (stored === undefined) this.#rows.delete(id)
        else this.#rows.set(id, stored)
        if (this.#changed.get(id) === touch) this.#changed.delete(id)
      }
    }
    // Whole: mending removes rows of other ids too.
    if (this.#tables !== null) await this.seeTables(table)
  }

  find(numbers: readonly GmcNumber[]): StoredRow[] {
    const asked = new Set(numbers)
    return [...this.#rows.values()].filter(({ row }) => {
      const number = numberOfRow(row)
      return number !== null && asked.has(number)
    })
  }

  count(today: Day): GenerationCounts {
    return countsOf(this.#documents(), today)
  }

  profile(today: Day): Profile {
    return profileOf(this.#documents(), today)
  }

  documents(index: IndexName, today: Day): IndexDocument[] {
    return [...this.#rows.values()]
      .filter(({ document }) => belongsTo(index, document, today))
      .sort((a, b) => compareByCodePoint(a.row.id, b.row.id))
      .map(({ document }) => documentIn(index, document))
  }

  get rows(): ScannedRow[] {
    return [...this.#rows.values()]
      .sort((a, b) => compareByCodePoint(a.row.id, b.row.id))
      .map(({ row, document, origin, wrongKeys }) => {
        const read = { row, document, origin, wrongKeys }
        return { id: row.id, content: JSON.stringify(read), read: () => read }
      })
  }

  /** In the order of their ids; null if there are no tables. */
  table(list: ListName): readonly TableRow[] | null {
    return this.#tables?.get(list)?.toSorted((a, b) => compareByCodePoint(a.id, b.id)) ?? null
  }

  #documents(): StoredRow['document'][] {
    return [...this.#rows.values()].map(({ document }) => document)
  }
}

/** What searches see at one place: as in an engine, all stores that are opened there share it, later ones too. */
export type Searched = Map<GenerationId, SearchedGeneration>

/**
 * A store that lags like a search engine, as far as the port allows: what was written since the last `makeVisible` shows
 * in no search, count, profile, document or stream of a table, and rows that changed are found as they were, with tokens that are spent.
 * Only generations that were made through it lag. All visible rows are held in memory.
 */
export class LaggingStore implements IndexStore {
  readonly #store: IndexStore
  readonly #searched: Searched

  constructor(store: IndexStore, searched: Searched = new Map()) {
    this.#store = store
    this.#searched = searched
  }

  async createGeneration(generation: Generation, guard?: Guard): Promise<void> {
    await this.#store.createGeneration(generation, guard)
    this.#searched.set(generation.id, new SearchedGeneration())
  }

  generations(): Promise<readonly Generation[]> {
    return this.#store.generations()
  }

  async dropGeneration(id: GenerationId, guard?: Guard): Promise<void> {
    await this.#store.dropGeneration(id, guard)
    this.#searched.delete(id)
  }

  takeOver(generations: readonly GenerationId[], term: number, guard?: Guard): Promise<void> {
    return this.#store.takeOver(generations, term, guard)
  }

  async write(
    generation: GenerationId,
    writes: readonly StoreWrite[],
    guard?: Guard,
  ): Promise<readonly WriteOutcome[]> {
    const searched = this.#searched.get(generation)
    searched?.touch(writes)
    try {
      return await this.#store.write(generation, writes, guard)
    } finally {
      searched?.touch(writes)
    }
  }

  get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]> {
    return this.#store.get(generation, ids)
  }

  async findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]> {
    return this.#behind(generation)?.find(numbers) ?? this.#store.findByNumbers(generation, numbers)
  }

  async makeVisible(generation: GenerationId): Promise<void> {
    const makeVisible = () => this.#store.makeVisible(generation)
    const searched = this.#searched.get(generation)
    if (searched === undefined) await makeVisible()
    else {
      await searched.catchUp(
        makeVisible,
        (ids) => this.#store.get(generation, ids),
        (list) => this.#store.tableRows(generation, list),
      )
    }
  }

  async count(generation: GenerationId, today: Day): Promise<GenerationCounts> {
    return this.#behind(generation)?.count(today) ?? this.#store.count(generation, today)
  }

  async profile(generation: GenerationId, today: Day): Promise<Profile> {
    return this.#behind(generation)?.profile(today) ?? this.#store.profile(generation, today)
  }

  async *documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument> {
    const id = from === 'live' ? (await this.#store.liveAliases())?.[index] : from
    const behind = id === undefined ? undefined : this.#behind(id)
    const table = from === 'live' && index !== 'masterdoctorindex' ? behind?.table(index) : null
    yield* (
      table?.map(({ document }) => document) ??
      behind?.documents(index, today) ??
      this.#store.documents(from, index, today)
    )
  }

  async *rows(generation: GenerationId): AsyncIterable<readonly ScannedRow[]> {
    const behind = this.#behind(generation)
    if (behind === undefined) yield* this.#store.rows(generation)
    else if (behind.rows.length > 0) yield behind.rows
  }

  makeReadable(generation: GenerationId, guard?: Guard): Promise<void> {
    return this.#store.makeReadable(generation, guard)
  }

  promote(to: GenerationId, from: GenerationId | null, guard?: Guard): Promise<void> {
    return this.#store.promote(to, from, guard)
  }

  liveAliases(): Promise<LiveAliases | null> {
    return this.#store.liveAliases()
  }

  async fillTables(generation: GenerationId, options: FillingOptions, guard?: Guard): Promise<void> {
    await this.#store.fillTables(generation, options, guard)
    if ((await this.#store.countTables(generation)) === null) return
    await this.#searched.get(generation)?.seeTables((list) => this.#store.tableRows(generation, list))
  }

  async countTables(generation: GenerationId): Promise<ListCounts | null> {
    const behind = this.#behind(generation)
    if (behind === undefined || behind.table('recommendationindex') === null) return this.#store.countTables(generation)
    return byList((list) => behind.table(list)?.length ?? 0)
  }

  async *tableRows(generation: GenerationId, list: ListName): AsyncIterable<readonly TableRow[]> {
    const table = this.#behind(generation)?.table(list)
    if (table === undefined || table === null) yield* this.#store.tableRows(generation, list)
    else if (table.length > 0) yield table
  }

  tableRowsOf(generation: GenerationId, list: ListName, ids: readonly string[]): Promise<readonly TableRow[]> {
    return this.#store.tableRowsOf(generation, list, ids)
  }

  async mendTables(generation: GenerationId, ids: readonly string[], guard?: Guard): Promise<void> {
    const searched = this.#searched.get(generation)
    searched?.touchIds(ids)
    try {
      await this.#store.mendTables(generation, ids, guard)
    } finally {
      searched?.touchIds(ids)
    }
  }

  adoptIndexes(id: GenerationId, createdAt: number, guard?: Guard): Promise<void> {
    return this.#store.adoptIndexes(id, createdAt, guard)
  }

  releaseIndexes(id: GenerationId, guard?: Guard): Promise<void> {
    return this.#store.releaseIndexes(id, guard)
  }

  foreignCounts(): Promise<Readonly<Partial<Record<IndexName, number>>> | null> {
    return this.#store.foreignCounts()
  }

  space(): Promise<StoreSpace> {
    return this.#store.space()
  }

  ping(): Promise<void> {
    return this.#store.ping()
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  /** The generation as searches see it, where that is not what is stored: the store answers for itself otherwise. */
  #behind(generation: GenerationId): SearchedGeneration | undefined {
    const searched = this.#searched.get(generation)
    return searched?.isBehind === true ? searched : undefined
  }
}
