import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import type { Holders } from './five-names.ts'
import type { GenerationNames } from './generation-names.ts'
import { listQuery } from './list-queries.ts'

/**
 * The actions of the one call that makes all five names aliases of an index, and nothing else.
 *
 * What makes it a compare-and-set is the mark: an alias whose write index is that of the live generation. It is taken
 * from where it was when the names were read. If another call has moved it since, taking it away does nothing, giving
 * it would leave it with two write indexes, and the engine refuses the call as a whole. That also holds where there is
 * no mark yet, and every version of the engines does it; `must_exist` is known to OpenSearch from 2.12 on, and says
 * nothing where a name was free.
 */
export function moves(names: GenerationNames, { names: holders, marked }: Holders, target: string): object[] {
  const replaced = INDEX_NAMES.filter((name) => holders[name].kind === 'index')
  const left = INDEX_NAMES.flatMap((name) => {
    const holder = holders[name]
    const indexes = holder.kind === 'alias' ? holder.indexes.filter((index) => index !== target) : []
    return indexes.map((index) => ({ remove: { index, alias: names.shown(name) } }))
  })
  return [
    ...replaced.map((name) => ({ remove_index: { index: names.shown(name) } })),
    ...left,
    ...INDEX_NAMES.map((name) => ({ add: { index: target, alias: names.shown(name), ...shownBy(name) } })),
    ...marked.filter((index) => index !== target).map((index) => ({ remove: { index, alias: names.liveMark } })),
    { add: { index: target, alias: names.liveMark, is_write_index: true } },
  ]
}

/** The alias is read only: who writes through a name, writes into the rows of a generation behind our back. */
function shownBy(name: IndexName): object {
  return { filter: listQuery(name, 'now'), is_write_index: false }
}
