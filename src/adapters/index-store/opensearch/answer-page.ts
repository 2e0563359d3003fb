import type { RowId } from '../../../domain/row.ts'

/** One document of a page: its source is the text that was written, and is not parsed. */
export interface PageHit {
  readonly id: RowId
  readonly source: string
  /** The first value that the page is sorted by. */
  readonly place: unknown
}

export interface AnswerPage {
  readonly scroll: string | undefined
  readonly total: number
  /** Whether the engine gave up before it had found all. */
  readonly timedOut: boolean
  readonly failedShards: number
  readonly hits: readonly PageHit[]
}

interface Answer {
  readonly _scroll_id?: string
  readonly timed_out?: boolean
  readonly _shards?: { readonly failed?: number }
  readonly hits?: {
    readonly total?: { readonly value?: number }
    readonly hits?: readonly { readonly _id: RowId; readonly _source: unknown; readonly sort: readonly unknown[] }[]
  }
}

const HITS = '"hits":['
const END = ']}}'
const SOURCE = '"_source":'
const SORT = ',"sort":['

/**
 * A page of a sorted search, from the text of the answer. Cutting it up takes a third of the time of parsing it, and gives
 * each source as a text to compare by. An answer of another shape than those of OpenSearch and Elasticsearch 7 is parsed.
 */
export function pageOfAnswer(text: string): AnswerPage {
  const at = text.indexOf(HITS) + HITS.length
  if (at >= HITS.length && text.endsWith(END)) {
    const hits = cutHits(text, at, text.length - END.length)
    if (hits !== null) return pageOf(JSON.parse(text.slice(0, at) + END) as Answer, hits)
  }
  const answer = JSON.parse(text) as Answer
  // Equal to what was written if we wrote it: a text of `JSON.stringify` whose keys are words.
  const hits = answer.hits?.hits ?? []
  return pageOf(
    answer,
    hits.map(({ _id: id, _source, sort: [place] }) => ({ id, source: JSON.stringify(_source), place })),
  )
}

function pageOf(answer: Answer, hits: readonly PageHit[]): AnswerPage {
  return {
    scroll: answer._scroll_id,
    total: answer.hits?.total?.value ?? 0,
    timedOut: answer.timed_out === true,
    failedShards: answer._shards?.failed ?? 0,
    hits,
  }
}

/**
 * The hits between two positions; null if they do not look as expected. All begin alike, up to their `_id`. In JSON, no
 * text contains a quotation mark that is not escaped, so marks with two of them are only found between texts.
 */
function cutHits(text: string, from: number, to: number): PageHit[] | null {
  if (from === to) return []
  const start = /\{"_index":"[^"\\]*",(?:"_type":"[^"\\]*",)?"_id":/y
  start.lastIndex = from
  const [head] = start.exec(text) ?? []
  if (head === undefined) return null
  const next = `,${head}`
  const hits: PageHit[] = []
  for (let at = from; at < to;) {
    const following = text.indexOf(next, at + head.length)
    const end = following === -1 ? to : following
    const hit = cutHit(text, at + head.length, end)
    if (hit === null) return null
    hits.push(hit)
    at = end + 1
  }
  return hits
}

/** A hit from its id on. */
function cutHit(text: string, idAt: number, end: number): PageHit | null {
  const sourceAt = text.indexOf(SOURCE, idAt)
  const sortAt = text.lastIndexOf(SORT, end)
  const idEnd = text.indexOf('",', idAt + 1) + 1
  if (sourceAt === -1 || idEnd === 0 || idEnd > sourceAt || sortAt < sourceAt || !text.startsWith(']}', end - 2))
    return null
  const id = text.slice(idAt, idEnd)
  const place = text.slice(sortAt + SORT.length, end - 2)
  // An id with characters that are escaped: then it may have ended later.
  if (id.includes('\\') || place !== id) return parsedHit(text, idAt, { sourceAt, sortAt, end })
  const own = id.slice(1, -1)
  return { id: own, source: text.slice(sourceAt + SOURCE.length, sortAt), place: own }
}

function parsedHit(
  text: string,
  idAt: number,
  { sourceAt, sortAt, end }: { readonly sourceAt: number; readonly sortAt: number; readonly end: number },
): PageHit | null {
  try {
    // Without its source.
    const rest = `{"_id":${text.slice(idAt, sourceAt)}"_source":null${text.slice(sortAt, end)}`
    const { _id: id, sort } = JSON.parse(rest) as { readonly _id: RowId; readonly sort: readonly unknown[] }
    return { id, source: text.slice(sourceAt + SOURCE.length, sortAt), place: sort[0] }
  } catch {
    return null
  }
}
