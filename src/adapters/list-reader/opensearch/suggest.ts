import type { Day } from '../../../domain/day.ts'
import { MOST_SUGGESTIONS, suggestedOf } from '../../../domain/list-matching.ts'
import type { SuggestQuery } from '../../../domain/list-query.ts'
import { all, programmeStartsWith, scopeQuery } from './row-query.ts'
import type { Searches } from './searches.ts'

interface Suggested {
  readonly aggregations: {
    readonly values: { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] }
  }
}

/** More than there are admins, so all of them are considered here. Programmes are searched by the engine. */
const MOST_ADMINS = 10_000
/** Each shard returns more values than needed, so that the most frequent ones of all shards are correct. */
const VALUES_A_SHARD = 10_000

/** Suggested values. The text is part of a query, never a pattern for values, which engines read as a regular expression. */
export async function suggestionsIn(searches: Searches, query: SuggestQuery, today: Day): Promise<readonly string[]> {
  const { field, phrase } = query
  const isOfProgrammes = field === 'programmeName'
  const found = isOfProgrammes && phrase !== '' ? [programmeStartsWith(phrase)] : []
  const { aggregations } = await searches.search<Suggested>({
    size: 0,
    query: all([scopeQuery('doctors', query, today), ...found]),
    aggs: {
      values: {
        terms: {
          field: `${field}.keyword`,
          size: isOfProgrammes ? MOST_SUGGESTIONS : MOST_ADMINS,
          shard_size: VALUES_A_SHARD,
          order: [{ _count: 'desc' }, { _key: 'asc' }],
        },
      },
    },
  })
  const counts = aggregations.values.buckets.map(({ key, doc_count }) => [key, doc_count] as const)
  return suggestedOf(counts, query)
}
