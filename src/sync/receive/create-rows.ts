import type { Row, RowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'

/**
 * Creates rows in a generation that only this process writes, and gives why those that were refused were: by id. A row
 * that is there already was written before, with the same parts: its message came again. An id that comes twice is
 * written once. Rejects when the store does.
 */
export async function createRows(
  store: Pick<IndexStore, 'write'>,
  generation: GenerationId,
  rows: readonly Row[],
): Promise<ReadonlyMap<RowId, string>> {
  const refused = new Map<RowId, string>()
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()]
  if (distinct.length === 0) return refused
  const outcomes = await store.write(
    generation,
    distinct.map((row) => ({ op: 'create', row })),
  )
  distinct.forEach(({ id }, at) => {
    const outcome = outcomes[at]
    if (outcome?.status === 'written' || outcome?.status === 'exists') return
    if (outcome?.status === 'failed') refused.set(id, outcome.reason)
    else throw new RevalError('STORE_FAILED', `no outcome reported for creating ${id}`)
  })
  return refused
}
