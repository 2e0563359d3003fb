import type { Row, RowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'

/**
 * Creates rows in a generation that only this process writes. Resolves with the reason of each refused row, by id. A row
 * that exists was written for an earlier delivery of the same message. A duplicate id is written once. Rejects if the
 * store does.
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
