import type { Day } from '../../../domain/day.ts'
import { byIndex, type IndexName } from '../../../domain/lists.ts'
import type { GenerationCounts } from '../../../domain/profile.ts'
import type { Engine, EngineCall } from '../../opensearch/engine.ts'
import { listQuery, WITH_REASON } from './list-queries.ts'

export interface Counted<Aggregations> {
  readonly hits: { readonly total: { readonly value: number } }
  readonly aggregations: Aggregations
}

export interface DocCount {
  readonly doc_count: number
}

export type CountAggregations = Readonly<Record<'withTrainee' | 'withReason' | IndexName, DocCount>>

/** How many rows a generation has, and in which of its indexes on a day: one search. */
export async function countRows(engine: Engine, alias: string, today: Day): Promise<GenerationCounts> {
  return countsIn(await aggregate<CountAggregations>(engine, alias, countAggregations(today)))
}

/** One search that counts all rows of a generation exactly and returns no documents. */
export function aggregate<Aggregations>(
  engine: Engine,
  alias: string,
  aggs: object,
  kind: EngineCall['kind'] = 'search',
): Promise<Counted<Aggregations>> {
  return engine.search(alias, { size: 0, track_total_hits: true, aggs }, { kind })
}

export function countAggregations(today: Day): object {
  return {
    // Only trainees have a person id.
    withTrainee: { filter: { exists: { field: 'tcsPersonId' } } },
    withReason: { filter: WITH_REASON },
    ...byIndex((name) => ({ filter: listQuery(name, today) })),
  }
}

export function countsIn({ hits, aggregations }: Counted<CountAggregations>): GenerationCounts {
  const count = (name: keyof CountAggregations) => aggregations[name].doc_count
  const withTrainee = count('withTrainee')
  return {
    withTrainee,
    withoutTrainee: hits.total.value - withTrainee,
    indexes: byIndex(count),
    withReason: count('withReason'),
  }
}
