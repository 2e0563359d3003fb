import type { AssembledDocument } from '../../../../domain/assemble.ts'
import { inChunks } from '../../../../domain/chunks.ts'
import { gmcNumber } from '../../../../domain/gmc-number.ts'
import type { Engine } from '../../../opensearch/engine.ts'

interface Found {
  readonly hits?: { readonly hits?: readonly { readonly _id: string }[] }
}

/** The default maximum of results of one search. */
const MOST_HITS = 10_000
/** Each has up to three rows in tables, so that one search finds them all. */
const ROWS_A_CALL = 1_000

/**
 * The ids of the visible rows of these tables that have the person or the GMC number of one of these rows: theirs, and those
 * that a Java service made, which have ids of their own.
 */
export async function idsOfSamePeople(
  engine: Engine,
  tables: readonly string[],
  documents: readonly AssembledDocument[],
): Promise<readonly string[]> {
  const ids: string[] = []
  for (const some of inChunks(documents, ROWS_A_CALL)) ids.push(...(await idsOfSome(engine, tables, some)))
  return ids
}

async function idsOfSome(
  engine: Engine,
  tables: readonly string[],
  documents: readonly AssembledDocument[],
): Promise<readonly string[]> {
  const persons = new Set(documents.flatMap(({ tcsPersonId }) => tcsPersonId ?? []))
  // A text in place of a number, such as UNKNOWN, is that of many.
  const numbers = new Set(documents.flatMap(({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber) ?? []))
  if (persons.size + numbers.size === 0) return []
  const should = [{ terms: { tcsPersonId: [...persons] } }, { terms: { 'gmcReferenceNumber.keyword': [...numbers] } }]
  const search = {
    size: MOST_HITS,
    track_total_hits: false,
    _source: false,
    query: { bool: { filter: { bool: { should } } } },
  }
  // A table that is missing is found when it is written to.
  const { hits } = await engine.search<Found>(tables.join(','), search, { query: { ignore_unavailable: true } })
  const found = (hits?.hits ?? []).map(({ _id }) => _id)
  if (found.length < MOST_HITS || documents.length === 1) return found
  // There may be more.
  const half = Math.ceil(documents.length / 2)
  const [first, second] = [documents.slice(0, half), documents.slice(half)]
  return [...(await idsOfSome(engine, tables, first)), ...(await idsOfSome(engine, tables, second))]
}
