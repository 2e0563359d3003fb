import type { Day } from '../../../src/domain/day.ts'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { RowWrite } from '../../../src/domain/row-differences.ts'
import { doctorRowId, numberOfRow, traineeRowId, type Row, type RowId } from '../../../src/domain/row.ts'
import { sortedOut, type Key } from './key.ts'

export type Version = number

export interface StoredRow {
  readonly row: Row
  readonly version: Version
}

/** A write as sent: `replace` and `delete` carry the version that was read. */
export interface SentWrite {
  readonly write: RowWrite
  readonly version: Version | null
}

/** Rows with the guarantees of a search engine: single writes, versions, and a search that lags. */
export class Generation {
  readonly day: Day
  readonly #checksVersions: boolean
  #rows = new Map<RowId, StoredRow>()
  #found = new Map<GmcNumber, RowId[]>()
  #lastVersion = 0
  #dropped = false

  constructor(day: Day, { checksVersions = true } = {}) {
    this.day = day
    this.#checksVersions = checksVersions
  }

  /** A generation with these rows, all visible. */
  static of(day: Day, rows: Iterable<Row>, options?: { checksVersions?: boolean }): Generation {
    const generation = new Generation(day, options)
    for (const row of rows) generation.write({ write: { op: 'create', row }, version: null })
    generation.makeVisible()
    return generation
  }

  get rows(): Map<RowId, Row> {
    return new Map([...this.#rows].map(([id, { row }]) => [id, row]))
  }

  get isDropped(): boolean {
    return this.#dropped
  }

  /**
   * The rows of the keys and ids, with their versions. A search by number finds rows as last made visible, and returns
   * them as they are now.
   */
  lookUp(keys: Iterable<Key>, rowIds: Iterable<RowId> = []): StoredRow[] {
    const { persons, numbers, texts } = sortedOut(keys)
    const ids = new Set([
      ...rowIds,
      ...persons.map(traineeRowId),
      ...[...numbers, ...texts].map(doctorRowId),
      ...numbers.flatMap((number) => this.#found.get(number) ?? []),
    ])
    return [...ids].flatMap((id) => this.#rows.get(id) ?? [])
  }

  makeVisible(): void {
    const rows = [...this.#rows.values()].map(({ row }) => row)
    this.#found = new Map()
    for (const row of rows) {
      const number = numberOfRow(row)
      if (number !== null) this.#found.set(number, [...(this.#found.get(number) ?? []), row.id])
    }
  }

  /** Whether the row has changed since the write's version was read. */
  hasMoved({ write, version }: SentWrite): boolean {
    const id = write.op === 'delete' ? write.id : write.row.id
    return (this.#rows.get(id)?.version ?? null) !== version
  }

  /** Applies or rejects one write. A dropped generation rejects all writes. */
  write(sent: SentWrite): 'written' | 'refused' {
    const { write } = sent
    const id = write.op === 'delete' ? write.id : write.row.id
    const exists = this.#rows.has(id)
    if (this.#dropped || exists === (write.op === 'create')) return 'refused'
    if (this.#checksVersions && this.hasMoved(sent)) return 'refused'
    if (write.op === 'delete') this.#rows.delete(id)
    else this.#rows.set(id, { row: write.row, version: ++this.#lastVersion })
    return 'written'
  }

  drop(): void {
    this.#dropped = true
  }
}
