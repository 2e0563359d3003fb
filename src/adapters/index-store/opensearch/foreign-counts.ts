import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { FiveNames, Holder } from './five-names.ts'
import type { GenerationNames } from './generation-names.ts'

interface CountAnswer {
  readonly count: number
  readonly _shards: { readonly total: number; readonly failed: number }
}

/** Rows of each name that is an index, or an alias on indexes, that somebody else made; null where none of them is. */
export async function foreignCounts(
  engine: Engine,
  names: GenerationNames,
  five: FiveNames,
): Promise<Readonly<Partial<Record<IndexName, number>>> | null> {
  const { names: holders } = await five.holders()
  const counts: Partial<Record<IndexName, number>> = {}
  for (const name of INDEX_NAMES) {
    if (!isForeign(holders[name], names)) continue
    const { body } = await engine.call<CountAnswer>({
      method: 'GET',
      path: `/${names.shown(name)}/_count`,
      // An index that is closed, or went away meanwhile, has nothing to compare with.
      query: { ignore_unavailable: true },
      kind: 'search',
    })
    if (body._shards.total > 0) counts[name] = body.count
  }
  return Object.keys(counts).length === 0 ? null : counts
}

function isForeign(holder: Holder, names: GenerationNames): boolean {
  if (holder.kind !== 'alias') return holder.kind === 'index'
  return holder.indexes.every((index) => names.generationOf(index) === null)
}
