import { rowDifference, type RowDifference } from '../../domain/comparison.ts'
import type { RowId } from '../../domain/row.ts'
import type { GenerationId, IndexStore, StoredRow } from '../../ports/index-store.ts'
import type { Mutex } from '../wait/mutex.ts'
import { FoundRows } from './findings.ts'
import { lookBetweenBatches, type Look, type Looked } from './settling.ts'

/** A row that differs, and when a refresh last wrote either of the two. */
export type RowLooked = Looked & { readonly difference: RowDifference }

/**
 * Checks rows of two generations again. The rows of an id are read between two batches of changes, so they have seen
 * the same changes. Two streams may have a row before and after one.
 */
export class SecondLook implements Look {
  /** The rows that differed every time. */
  readonly found = new FoundRows()
  readonly #store: Pick<IndexStore, 'get'>
  readonly #changes: Mutex
  readonly #before: GenerationId
  readonly #after: GenerationId

  constructor(
    store: Pick<IndexStore, 'get'>,
    changes: Mutex,
    { before, after }: { readonly before: GenerationId; readonly after: GenerationId },
  ) {
    this.#store = store
    this.#changes = changes
    this.#before = before
    this.#after = after
  }

  /** Looks at rows that differ in the streams, in the order of their ids. Those that differ still are found. */
  async first(ids: readonly RowId[], signal: AbortSignal): Promise<void> {
    this.found.add((await this.at(ids, signal)).map(({ difference }) => difference))
  }

  async again(signal: AbortSignal): Promise<readonly RowLooked[]> {
    const looked = await this.at(this.found.ids, signal)
    this.found.replaceListed(looked.map(({ difference }) => difference))
    return looked
  }

  /** The rows that still differ, in the order of the ids. */
  at(ids: readonly RowId[], signal: AbortSignal): Promise<readonly RowLooked[]> {
    return lookBetweenBatches(this.#changes, ids, signal, (some) => this.#atSome(some))
  }

  async #atSome(ids: readonly RowId[]): Promise<readonly RowLooked[]> {
    const [before, after] = await Promise.all([this.#rows(this.#before, ids), this.#rows(this.#after, ids)])
    return ids.flatMap((id) => {
      const [left, right] = [before.get(id) ?? null, after.get(id) ?? null]
      const difference = left === null && right === null ? null : rowDifference(left, right)
      return difference === null ? [] : [{ difference, refreshedAt: latest(left, right) }]
    })
  }

  async #rows(generation: GenerationId, ids: readonly RowId[]): Promise<ReadonlyMap<RowId, StoredRow>> {
    return new Map((await this.#store.get(generation, ids)).map((stored) => [stored.row.id, stored]))
  }
}

function latest(...rows: readonly (StoredRow | null)[]): number | null {
  const times = rows.flatMap((stored) => stored?.origin?.at ?? [])
  return times.length === 0 ? null : Math.max(...times)
}
