import type { Day } from '../../../domain/day.ts'
import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import type { GenerationCounts } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { listQuery, VISIBLE, WITH_REASON } from './list-queries.ts'

interface Counted {
  readonly hits: { readonly total: { readonly value: number } }
  readonly aggregations: Readonly<Record<'withTrainee' | 'withReason' | IndexName, { readonly doc_count: number }>>
}

/** How many visible rows a generation has, and in which of its indexes on a day: one search. */
export async function countRows(engine: Engine, alias: string, today: Day): Promise<GenerationCounts> {
  const { body } = await engine.call<Counted>({
    method: 'POST',
    path: `/${alias}/_search`,
    query: { allow_partial_search_results: false },
    body: {
      size: 0,
      track_total_hits: true,
      query: { constant_score: { filter: VISIBLE } },
      aggs: {
        // Every trainee has a person id, and nobody else.
        withTrainee: { filter: { exists: { field: 'tcsPersonId' } } },
        withReason: { filter: WITH_REASON },
        ...byName((name) => ({ filter: listQuery(name, today) })),
      },
    },
    repeatable: true,
  })
  const count = (name: keyof Counted['aggregations']) => body.aggregations[name].doc_count
  const withTrainee = count('withTrainee')
  return {
    withTrainee,
    withoutTrainee: body.hits.total.value - withTrainee,
    indexes: byName(count),
    withReason: count('withReason'),
  }
}

function byName<T>(of: (name: IndexName) => T): Record<IndexName, T> {
  // Every name of the list is set.
  return Object.fromEntries(INDEX_NAMES.map((name) => [name, of(name)])) as Record<IndexName, T>
}
