import type { Day } from '../../../domain/day.ts'
import { documentIn, type IndexDocument, type IndexName } from '../../../domain/lists.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { listQuery } from './list-queries.ts'
import { assembledOf, type PresentFields } from './row-document.ts'
import { pagesOf } from './scroll.ts'

/** An index, read through this alias on a day. */
interface Reading {
  readonly path: string
  readonly index: IndexName
  readonly today: Day
}

const PAGE = 1_000

/** The documents of an index on a day, ordered by row id. */
export async function* documentsOf(engine: Engine, { path, index, today }: Reading): AsyncGenerator<IndexDocument> {
  const query = { constant_score: { filter: listQuery(index, today) } }
  for await (const hits of pagesOf(engine, path, { size: PAGE, query, sort: ['reval.id'] }, 'documents')) {
    // The fields of a row: the mapping allows no others.
    for (const { source } of hits) yield documentIn(index, assembledOf(JSON.parse(source) as PresentFields))
  }
}
