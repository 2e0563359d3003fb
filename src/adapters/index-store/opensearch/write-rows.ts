import { idOfWrite } from '../../../domain/row-differences.ts'
import type { GenerationId, StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import type { Bulks, BulkTarget, ItemAnswer } from '../../opensearch/bulks.ts'
import { diskFull, isDiskFull, NOT_FOUND, storeFault, unknownGeneration } from './faults.ts'
import { documentText } from './row-document.ts'
import { versionOf } from './token.ts'

interface Target extends BulkTarget {
  readonly generation: GenerationId
}

const WRITTEN: WriteOutcome = { status: 'written' }
const EXISTS: WriteOutcome = { status: 'exists' }
const CONFLICT: WriteOutcome = { status: 'conflict' }

/**
 * One outcome a write, in their order. Rejects GENERATION_UNKNOWN, DISK_FULL, and STORE_FAILED (transient) when the
 * engine stays too busy or is away: rows are never dropped for that.
 */
export async function writeRows(
  bulks: Bulks,
  target: Target,
  writes: readonly StoreWrite[],
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  const sent: { readonly write: StoreWrite; readonly at: number }[] = []
  const actions: Buffer[] = []
  for (const [at, write] of writes.entries()) {
    const lines = linesOf(write)
    if (lines === null) {
      outcomes[at] = CONFLICT
      continue
    }
    sent.push({ write, at })
    actions.push(lines)
  }
  try {
    for (const [position, answer] of (await bulks.send(target, actions)).entries()) {
      const origin = sent[position]
      if (origin !== undefined) outcomes[origin.at] = outcomeOf(origin.write, answer, target.generation)
    }
    return outcomes
  } catch (error) {
    throw storeFault(error, target.generation)
  }
}

/**
 * A write as lines of a bulk; null if its token is of another row or of another store. Encoded one by one: text with
 * letters of one script only is encoded several times faster.
 */
function linesOf(write: StoreWrite): Buffer | null {
  if (write.op === 'create') {
    return Buffer.from(`{"create":{"_id":${JSON.stringify(write.row.id)}}}\n${documentText(write.row, write.origin)}\n`)
  }
  const id = idOfWrite(write)
  const version = versionOf(write.token)
  if (version?.id !== id) return null
  const target = `{"_id":${JSON.stringify(id)},"if_seq_no":${version.seqNo},"if_primary_term":${version.primaryTerm}}`
  if (write.op === 'delete') return Buffer.from(`{"delete":${target}}\n`)
  return Buffer.from(`{"index":${target}}\n${documentText(write.row, write.origin)}\n`)
}

/**
 * The outcome of a write that was sent. Throws GENERATION_UNKNOWN and DISK_FULL, which concern the whole batch.
 */
function outcomeOf({ op }: StoreWrite, answer: ItemAnswer, generation: GenerationId): WriteOutcome {
  const { status, error } = answer
  if (status >= 200 && status < 300) return WRITTEN
  if (status === 409) return op === 'create' ? EXISTS : CONFLICT
  if (error?.type === NOT_FOUND) throw unknownGeneration(generation)
  if (status === 404) return CONFLICT
  const reason = reasonIn(answer)
  if (isDiskFull(error?.type, reason)) throw diskFull(reason)
  return { status: 'failed', reason }
}

/** An item that was refused, as text. */
export function reasonIn({ status, error }: ItemAnswer): string {
  const reasons = [error?.type, error?.reason, error?.caused_by?.reason].filter((each) => each !== undefined)
  return `${status}: ${reasons.join(': ')}`.slice(0, 500)
}
