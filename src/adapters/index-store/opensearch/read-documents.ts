import type { Day } from '../../../domain/day.ts'
import { documentIn, type IndexDocument, type IndexName } from '../../../domain/lists.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { listQuery } from './list-queries.ts'
import { assembledOf, type PresentFields } from './row-document.ts'
import { pagesOf, type ScrolledSearch } from './scroll.ts'

/** An index, read through this alias. */
interface Place {
  readonly path: string
  readonly index: IndexName
}

interface Reading extends Place {
  readonly today: Day
}

const PAGE = 1_000
/** The maximum of one search: for each page, the engine sorts all rows of a table, which have no copy of their id. */
const TABLE_PAGE = 10_000

/** The documents of an index on a day, ordered by row id. */
export async function* documentsOf(engine: Engine, { path, index, today }: Reading): AsyncGenerator<IndexDocument> {
  const query = { constant_score: { filter: listQuery(index, today) } }
  yield* documentsIn(engine, { path, index }, { size: PAGE, query, sort: ['reval.id'] })
}

/** The documents of a table, ordered by row id. */
export async function* documentsOfTable(engine: Engine, place: Place): AsyncGenerator<IndexDocument> {
  yield* documentsIn(engine, place, { size: TABLE_PAGE, query: { match_all: {} }, sort: ['_id'] })
}

async function* documentsIn(
  engine: Engine,
  { path, index }: Place,
  search: ScrolledSearch,
): AsyncGenerator<IndexDocument> {
  for await (const hits of pagesOf(engine, path, search, 'documents')) {
    // Whatever else a document has is not shown.
    for (const { source } of hits) yield documentIn(index, assembledOf(JSON.parse(source) as PresentFields))
  }
}
