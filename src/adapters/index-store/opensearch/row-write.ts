import type { GenerationId, StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import type { ItemAnswer } from '../../opensearch/bulks.ts'
import { diskFull, isDiskFull, NOT_FOUND, unknownGeneration } from './faults.ts'
import { documentText, isStorable } from './row-document.ts'
import { versionOf } from './token.ts'

const WRITTEN: WriteOutcome = { status: 'written' }
const EXISTS: WriteOutcome = { status: 'exists' }
const CONFLICT: WriteOutcome = { status: 'conflict' }

/**
 * A write as lines of a bulk, or what becomes of it without being sent. Encoded one by one: text with letters of one
 * script only is encoded several times faster.
 */
export function linesOf(write: StoreWrite): Buffer | WriteOutcome {
  if (write.op === 'create') {
    const { id } = write.row
    if (!isStorable(id)) {
      return { status: 'failed', reason: 'the row id is not valid text, or is longer than 512 bytes' }
    }
    return Buffer.from(`{"create":{"_id":${JSON.stringify(id)}}}\n${documentText(write.row)}\n`)
  }
  const id = write.op === 'delete' ? write.id : write.row.id
  const version = versionOf(write.token)
  if (version?.id !== id) return CONFLICT
  const target = `{"_id":${JSON.stringify(id)},"if_seq_no":${version.seqNo},"if_primary_term":${version.primaryTerm}}`
  if (write.op === 'delete') return Buffer.from(`{"delete":${target}}\n`)
  return Buffer.from(`{"index":${target}}\n${documentText(write.row)}\n`)
}

/**
 * What became of a write that was sent. Throws GENERATION_UNKNOWN and DISK_FULL, which no other write of the batch
 * escapes.
 */
export function outcomeOf({ op }: StoreWrite, answer: ItemAnswer, generation: GenerationId): WriteOutcome {
  const { status, error } = answer
  if (status >= 200 && status < 300) return WRITTEN
  if (status === 409) return op === 'create' ? EXISTS : CONFLICT
  if (error?.type === NOT_FOUND) throw unknownGeneration(generation)
  if (status === 404) return CONFLICT
  const reason = reasonIn(answer)
  if (isDiskFull(error?.type, reason)) throw diskFull(reason)
  return { status: 'failed', reason }
}

function reasonIn({ status, error }: ItemAnswer): string {
  const reasons = [error?.type, error?.reason, error?.caused_by?.reason].filter((each) => each !== undefined)
  return `${status}: ${reasons.join(': ')}`.slice(0, 500)
}
