import type { GmcNumber } from '../../../../domain/gmc-number.ts'
import { documentIn, type IndexDocument, type IndexName } from '../../../../domain/lists.ts'
import { personIdIn, storedIdIn, type RowId } from '../../../../domain/row.ts'
import type { ScannedRow, StoredRow } from '../../../../ports/index-store.ts'
import type { Engine } from '../../../opensearch/engine.ts'
import type { PageHit } from '../answer-page.ts'
import { indexBehind, type GenerationIndexes } from '../generation-indexes.ts'
import { assembledOf, type FoundDocument } from '../row-document.ts'
import { pagesOf } from '../scroll.ts'
import { tokenOf } from '../token.ts'
import { javaRow, javaRowId, ownIdIn, type JavaSource } from './row-of.ts'

const PAGE = 10_000
const MOST_HITS = 10_000
const PERSON = { exists: { field: 'tcsPersonId' } }
/** Numbers as `javaRowId` takes them. */
const NUMBER = {
  bool: {
    filter: { exists: { field: 'gmcReferenceNumber.keyword' } },
    must_not: { term: { 'gmcReferenceNumber.keyword': '' } },
  },
}
const REASON = { exists: { field: 'exceptionReason' } }

/** In the order of ids: `gmc-`, `java-`, `tcs-`, which are sorted as text although persons are numbers. */
const KINDS: readonly { readonly query: object; readonly sort: readonly object[] }[] = [
  {
    query: { bool: { filter: NUMBER, must_not: PERSON } },
    sort: [{ 'gmcReferenceNumber.keyword': { order: 'asc', unmapped_type: 'keyword' } }],
  },
  { query: { bool: { must_not: [PERSON, NUMBER] } }, sort: [{ _doc: { order: 'asc' } }] },
  {
    query: { bool: { filter: PERSON } },
    sort: [{ _script: { type: 'string', order: 'asc', script: { source: "doc['tcsPersonId'].value.toString()" } } }],
  },
]

/** The rows of a generation that the Java services built, under the ids and in the order that ours have. Reasons are held in memory. */
export async function* javaRows(engine: Engine, generation: GenerationIndexes): AsyncGenerator<readonly ScannedRow[]> {
  const reasons = await reasonsOf(engine, generation)
  let last: RowId | null = null
  let times = 0
  for (const { query, sort } of KINDS) {
    for await (const hits of pagesOf(engine, generation.master, { size: PAGE, query, sort }, 'rows')) {
      yield hits.map((hit) => {
        const source = sourceIn(hit)
        const first = javaRowId(hit.id, source)
        times = first === last ? times + 1 : 1
        last = first
        return scanned(javaRowId(hit.id, source, times), hit.source, reasons.get(first) ?? null)
      })
    }
  }
}

function sourceIn({ source }: Pick<PageHit, 'source'>): JavaSource {
  // A document is an object, whatever it contains.
  return JSON.parse(source) as JavaSource
}

/** The reason is of another index: rows with other reasons are not the same. */
function scanned(id: RowId, source: string, reason: string | null): ScannedRow {
  return { id, content: `${reason ?? ''}\n${source}`, read: () => javaRow(id, sourceIn({ source }), reason) }
}

/** The reasons in the exception index, by the id of the row. */
async function reasonsOf(engine: Engine, generation: GenerationIndexes): Promise<ReadonlyMap<RowId, string>> {
  const index = indexBehind(generation, 'exceptionindex')
  const reasons = new Map<RowId, string>()
  if (index === undefined) return reasons
  for await (const hits of pagesOf(engine, index, { size: PAGE, query: REASON, sort: ['_doc'] }, 'reasons')) {
    for (const hit of hits) {
      const source = sourceIn(hit)
      if (typeof source.exceptionReason === 'string') reasons.set(javaRowId(hit.id, source), source.exceptionReason)
    }
  }
  return reasons
}

/** The documents of an index of such a generation, in any order. */
export async function* javaDocuments(
  engine: Engine,
  generation: GenerationIndexes,
  index: IndexName,
): AsyncGenerator<IndexDocument> {
  const path = indexBehind(generation, index) ?? generation.master
  for await (const hits of pagesOf(
    engine,
    path,
    { size: PAGE, query: { match_all: {} }, sort: ['_doc'] },
    'documents',
  )) {
    for (const hit of hits) yield documentIn(index, assembledOf(sourceIn(hit)))
  }
}

interface Found {
  readonly hits?: { readonly hits?: readonly FoundDocument[] }
}

/** The rows with these ids; of several of one person, one. */
export async function javaRowsWithIds(
  engine: Engine,
  generation: GenerationIndexes,
  ids: readonly RowId[],
): Promise<readonly StoredRow[]> {
  const persons = ids.flatMap((id) => personIdIn(id) ?? [])
  const numbers = ids.flatMap((id) => storedIdIn(id) ?? [])
  const own = ids.flatMap((id) => ownIdIn(id) ?? [])
  const should = [
    { terms: { tcsPersonId: persons } },
    { bool: { filter: { terms: { 'gmcReferenceNumber.keyword': numbers } }, must_not: PERSON } },
    { ids: { values: own } },
  ]
  const rows = await searched(engine, generation, { bool: { should, minimum_should_match: 1 } })
  const wanted = new Set(ids)
  return [...new Map(rows.map((row) => [row.row.id, row])).values()].filter(({ row }) => wanted.has(row.id))
}

/** The rows with these GMC numbers. */
export function javaRowsOfNumbers(
  engine: Engine,
  generation: GenerationIndexes,
  numbers: readonly GmcNumber[],
): Promise<readonly StoredRow[]> {
  return searched(engine, generation, { terms: { 'gmcReferenceNumber.keyword': numbers } })
}

async function searched(engine: Engine, generation: GenerationIndexes, filter: object): Promise<readonly StoredRow[]> {
  const body = { size: MOST_HITS, seq_no_primary_term: true, query: { constant_score: { filter } } }
  const { hits } = await engine.search<Found>(generation.master, body)
  const reasons = await reasonsOf(engine, generation)
  return (hits?.hits ?? []).map(({ _id, _seq_no: seqNo, _primary_term: primaryTerm, _source }) => {
    const id = javaRowId(_id, _source)
    return { ...javaRow(id, _source, reasons.get(id) ?? null), token: tokenOf({ id, seqNo, primaryTerm }) }
  })
}
