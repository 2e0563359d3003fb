import { rowDifference, type ComparedRow, type RowDifference } from '../../domain/comparison.ts'
import type { RowId } from '../../domain/row.ts'
import type { GenerationId, IndexStore, ReadRow } from '../../ports/index-store.ts'

/**
 * Looks up the rows that only one stream has: the other generation may have them too, out of place because another program
 * changed the key that they are sorted by, or written since its stream began.
 */
export class RowsOutOfPlace {
  readonly #store: Pick<IndexStore, 'get'>
  readonly #before: GenerationId
  readonly #after: GenerationId
  /** The rows that were found: their own stream has them later, or not at all. */
  readonly #found = new Set<RowId>()

  constructor(
    store: Pick<IndexStore, 'get'>,
    { before, after }: { readonly before: GenerationId; readonly after: GenerationId },
  ) {
    this.#store = store
    this.#before = before
    this.#after = after
  }

  /** The differences, each row that both generations have compared with what it is in the other. */
  async resolved(differences: readonly RowDifference[]): Promise<readonly RowDifference[]> {
    const missing = await this.#rows(this.#before, differences, 'missing')
    const surplus = await this.#rows(this.#after, differences, 'surplus')
    if (missing.size + surplus.size === 0) return differences
    return differences.flatMap((difference) => {
      const { id, before, after } = difference
      const other = missing.get(id) ?? surplus.get(id)
      if (other === undefined) return difference
      if (this.#found.has(id)) return []
      this.#found.add(id)
      return rowDifference(before ?? other, after ?? other) ?? []
    })
  }

  async #rows(
    generation: GenerationId,
    differences: readonly RowDifference[],
    kind: RowDifference['kind'],
  ): Promise<ReadonlyMap<RowId, ComparedRow>> {
    const ids = differences.filter((each) => each.kind === kind).map(({ id }) => id)
    const rows = ids.length === 0 ? [] : await this.#store.get(generation, ids)
    return new Map(rows.map((row) => [row.row.id, comparedRow(row)]))
  }
}

/** A row that was read, as it is compared. */
export function comparedRow({ row, document, wrongKeys, hasNoParts }: ReadRow): ComparedRow {
  return { row, document, wrongKeys, ...(hasNoParts === true ? { hasNoParts } : {}) }
}
