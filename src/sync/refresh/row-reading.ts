import type { GmcNumber } from '../../domain/gmc-number.ts'
import type { RowId } from '../../domain/row.ts'
import type { GenerationId, IndexStore, StoredRow } from '../../ports/index-store.ts'
import type { KeyScope } from './key-scope.ts'

/** Reads the rows of a scope in one generation. As the scope grows, only what was added is read. */
export class RowReading {
  readonly #store: Pick<IndexStore, 'get' | 'findByNumbers'>
  readonly #generation: GenerationId
  readonly #rows = new Map<RowId, StoredRow>()
  /** Rows that were read, or do not exist. */
  readonly #ids = new Set<RowId>()
  readonly #numbers = new Set<GmcNumber>()

  constructor(store: Pick<IndexStore, 'get' | 'findByNumbers'>, generation: GenerationId) {
    this.#store = store
    this.#generation = generation
  }

  get rows(): readonly StoredRow[] {
    return [...this.#rows.values()]
  }

  isComplete({ rowIds, numbers }: KeyScope): boolean {
    return rowIds.isSubsetOf(this.#ids) && numbers.isSubsetOf(this.#numbers)
  }

  /** Reads what was not read yet, and adds the keys of the rows to the scope. */
  async read(scope: KeyScope): Promise<void> {
    const ids = [...scope.rowIds.difference(this.#ids)]
    const numbers = [...scope.numbers.difference(this.#numbers)]
    for (const id of ids) this.#ids.add(id)
    for (const number of numbers) this.#numbers.add(number)
    const [got, found] = await Promise.all([
      ids.length > 0 ? this.#store.get(this.#generation, ids) : [],
      numbers.length > 0 ? this.#store.findByNumbers(this.#generation, numbers) : [],
    ])
    // A search may be outdated, so what `get` says of an id counts; also that there is no row.
    const others = found.filter(({ row }) => !this.#ids.has(row.id))
    for (const stored of [...got, ...others]) {
      this.#rows.set(stored.row.id, stored)
      this.#ids.add(stored.row.id)
      scope.addRow(stored.row)
    }
  }
}
