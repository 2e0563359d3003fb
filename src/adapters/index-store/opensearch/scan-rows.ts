import { compareByCodePoint } from '../../../domain/text.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { ScannedRow } from '../../../ports/index-store.ts'
import type { Engine } from '../../opensearch/engine.ts'
import type { PageHit } from './answer-page.ts'
import { readRowOf, type StoredDocument } from './row-document.ts'
import { pagesOf } from './scroll.ts'

/**
 * The maximum of one search. The engine goes through all documents for each page; and the more of them a page has, the
 * closer together they are stored.
 */
const PAGE = 10_000
const HAS_ID = { exists: { field: 'reval.id' } }
/** The maximum of rows out of place held in memory. With more, the index is no longer a generation. */
const MOST_STRAYS = 10_000

/**
 * All documents of a generation, ordered by `_id`. They are sorted by the copy of it that rows have: to sort by `_id` itself
 * takes the engine several times as long, and memory, where that is allowed at all. Documents that another program wrote
 * without the copy, or with another value in it, take their place nevertheless, unless they are found after it: those come last.
 * `checksKeys`: whether the rows have the keys of this version; those of another say nothing about a row.
 */
export async function* scannedRows(
  engine: Engine,
  path: string,
  { checksKeys }: { readonly checksKeys: boolean },
): AsyncGenerator<readonly ScannedRow[]> {
  const scanned = ({ id, source }: PageHit): ScannedRow => ({
    ...{ id, content: source },
    // A document is an object, whatever it contains.
    read: () => readRowOf(id, JSON.parse(source) as StoredDocument, { checksKeys }),
  })
  const [early, late] = [new Strays(), new Strays()]
  const without = { size: PAGE, query: { bool: { must_not: HAS_ID } }, sort: ['_doc'] }
  for await (const hits of pagesOf(engine, path, without, 'rows')) early.add(...hits.map(scanned))
  const search = { size: PAGE, query: { constant_score: { filter: HAS_ID } }, sort: ['reval.id'] }
  for await (const hits of pagesOf(engine, path, search, 'rows')) {
    const batch: ScannedRow[] = []
    for (const hit of hits) {
      const row = scanned(hit)
      if (hit.place === hit.id) batch.push(...early.takenBefore(hit.id), row)
      else if (compareByCodePoint(hit.id, String(hit.place)) > 0) early.add(row)
      else late.add(row)
    }
    if (batch.length > 0) yield batch
  }
  for (const rest of [early.taken(), late.taken()]) if (rest.length > 0) yield rest
}

/** Rows out of place, in the order of their ids. */
class Strays {
  #rows: ScannedRow[] = []

  add(...rows: readonly ScannedRow[]): void {
    if (rows.length === 0) return
    this.#rows.push(...rows)
    this.#rows.sort((a, b) => compareByCodePoint(a.id, b.id))
    if (this.#rows.length <= MOST_STRAYS) return
    throw new RevalError('STORE_FAILED', `more than ${MOST_STRAYS} rows are out of the order of their ids`)
  }

  takenBefore(id: string): readonly ScannedRow[] {
    if (this.#rows.length === 0) return NONE
    const at = this.#rows.findIndex((row) => compareByCodePoint(row.id, id) >= 0)
    return this.#rows.splice(0, at === -1 ? this.#rows.length : at)
  }

  taken(): readonly ScannedRow[] {
    return this.#rows.splice(0)
  }
}

const NONE: readonly ScannedRow[] = []
