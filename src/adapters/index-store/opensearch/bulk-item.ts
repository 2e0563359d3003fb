import type { GenerationId, StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { diskFull, isDiskFull, NOT_FOUND, unknownGeneration } from './faults.ts'
import { documentText, isStorable } from './row-document.ts'
import { versionOf } from './token.ts'

/** One write as a bulk carries it. */
export interface BulkItem {
  /** Its place among the writes. */
  readonly at: number
  readonly op: StoreWrite['op']
  /** Encoded one by one: text with letters of one script only is encoded several times faster. */
  readonly lines: Buffer
}

/** What a bulk answers to one of its items. */
export interface ItemAnswer {
  readonly status: number
  readonly error?: {
    readonly type?: string
    readonly reason?: string
    readonly caused_by?: { readonly reason?: string }
  }
}

const WRITTEN: WriteOutcome = { status: 'written' }
const EXISTS: WriteOutcome = { status: 'exists' }
const CONFLICT: WriteOutcome = { status: 'conflict' }

/** The write as lines of a bulk, or what becomes of it without being sent. */
export function bulkItem(write: StoreWrite, at: number): BulkItem | WriteOutcome {
  if (write.op === 'create') {
    const { id } = write.row
    if (!isStorable(id)) {
      return { status: 'failed', reason: 'the id of the row is no text that can be stored, or longer than 512 bytes' }
    }
    return item(write.op, at, `{"create":{"_id":${JSON.stringify(id)}}}\n${documentText(write.row)}\n`)
  }
  const id = write.op === 'delete' ? write.id : write.row.id
  const version = versionOf(write.token)
  if (version?.id !== id) return CONFLICT
  const target = `{"_id":${JSON.stringify(id)},"if_seq_no":${version.seqNo},"if_primary_term":${version.primaryTerm}}`
  if (write.op === 'delete') return item(write.op, at, `{"delete":${target}}\n`)
  return item(write.op, at, `{"index":${target}}\n${documentText(write.row)}\n`)
}

function item(op: StoreWrite['op'], at: number, lines: string): BulkItem {
  return { at, op, lines: Buffer.from(lines) }
}

/** The items in bulks of at most so many rows and bytes; one that is longer goes alone. */
export function inBulks(
  items: readonly BulkItem[],
  { searchBulkRows, searchBulkBytes }: Pick<SearchSettings, 'searchBulkRows' | 'searchBulkBytes'>,
): BulkItem[][] {
  const bulks: BulkItem[][] = []
  let room = 0
  for (const each of items) {
    const last = bulks.at(-1)
    if (last === undefined || last.length === searchBulkRows || each.lines.byteLength > room) {
      bulks.push([each])
      room = searchBulkBytes - each.lines.byteLength
    } else {
      last.push(each)
      room -= each.lines.byteLength
    }
  }
  return bulks
}

/**
 * What became of an item, `'busy'` where it was refused for lack of room or of a shard and may be sent again. Throws
 * GENERATION_UNKNOWN and DISK_FULL, which no other item of the bulk escapes.
 */
export function outcomeOf({ op }: BulkItem, answer: ItemAnswer, generation: GenerationId): WriteOutcome | 'busy' {
  const { status, error } = answer
  if (status >= 200 && status < 300) return WRITTEN
  if (status === 409) return op === 'create' ? EXISTS : CONFLICT
  if (error?.type === NOT_FOUND) throw unknownGeneration(generation)
  if (status === 404) return CONFLICT
  const reason = reasonIn(answer)
  if (isDiskFull(error?.type, reason)) throw diskFull(reason)
  if (status === 429 || status >= 502) return 'busy'
  return { status: 'failed', reason }
}

function reasonIn({ status, error }: ItemAnswer): string {
  const reasons = [error?.type, error?.reason, error?.caused_by?.reason].filter((each) => each !== undefined)
  return `${status}: ${reasons.join(': ')}`.slice(0, 500)
}
