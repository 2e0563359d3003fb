import { compareByCodePoint } from '../../../domain/text.ts'
import type { ScannedRow } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import { readRowOf } from './row-document.ts'
import { pagesOf, type Hit } from './scroll.ts'

const PAGE = 1_000
const HAS_ID = { exists: { field: 'reval.id' } }

/**
 * All documents of a generation, ordered by `_id`. They are sorted by the copy of it that rows have; documents without one,
 * which another program wrote, take their place among them.
 */
export async function* scannedRows(engine: Engine, path: string): AsyncGenerator<readonly ScannedRow[]> {
  const strays: ScannedRow[] = []
  const without = { bool: { must_not: HAS_ID } }
  for await (const hits of pagesOf(engine, path, { size: PAGE, query: without, sort: ['_doc'] }, 'rows')) {
    strays.push(...hits.map(scanned))
  }
  strays.sort((a, b) => compareByCodePoint(a.id, b.id))
  const search = { size: PAGE, query: { constant_score: { filter: HAS_ID } }, sort: ['reval.id'] }
  for await (const hits of pagesOf(engine, path, search, 'rows')) {
    const batch: ScannedRow[] = []
    for (const hit of hits) {
      while (strays[0] !== undefined && compareByCodePoint(strays[0].id, hit._id) < 0)
        batch.push(...strays.splice(0, 1))
      batch.push(scanned(hit))
    }
    yield batch
  }
  if (strays.length > 0) yield strays
}

function scanned({ _id: id, _source }: Hit): ScannedRow {
  return { id, content: JSON.stringify(_source), read: () => readRowOf(id, _source) }
}
