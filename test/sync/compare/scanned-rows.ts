import { assemble } from '../../../src/domain/assemble.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { IndexStore, ScannedRow, StoredRow } from '../../../src/ports/index-store.ts'

/** A row as a store would stream it. */
export function scannedRow(row: Row, wrongKeys: readonly string[] = []): ScannedRow {
  return {
    id: row.id,
    content: JSON.stringify([row, wrongKeys]),
    read: () => ({ row, document: assemble(row.parts), origin: null, wrongKeys }),
  }
}

/** Generations in memory that are streamed in batches of a size, and how many of their streams are open. */
export class ScannedGenerations implements Pick<IndexStore, 'rows' | 'get'> {
  readonly #generations: Readonly<Record<string, readonly ScannedRow[]>>
  readonly #size: number
  /** Called before each batch. */
  readonly #beforeBatch: (generation: string, at: number) => unknown
  open = 0
  opened = 0

  constructor(
    generations: Readonly<Record<string, readonly ScannedRow[]>>,
    size: number,
    beforeBatch: (generation: string, at: number) => unknown = () => undefined,
  ) {
    this.#generations = generations
    this.#size = size
    this.#beforeBatch = beforeBatch
  }

  get(generation: string, ids: readonly string[]): Promise<readonly StoredRow[]> {
    const rows = (this.#generations[generation] ?? []).filter(({ id }) => ids.includes(id))
    return Promise.resolve(rows.map((row) => ({ ...row.read(), token: '' })))
  }

  async *rows(generation: string): AsyncGenerator<readonly ScannedRow[]> {
    const rows = this.#generations[generation] ?? []
    this.open += 1
    this.opened += 1
    try {
      for (let at = 0; at < rows.length; at += this.#size) {
        await this.#beforeBatch(generation, at)
        yield rows.slice(at, at + this.#size)
      }
    } finally {
      this.open -= 1
    }
  }
}
