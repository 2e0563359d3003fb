import type { StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import type { Bulks, BulkTarget } from '../../opensearch/bulks.ts'
import { storeFault } from './faults.ts'
import { linesOf, outcomeOf } from './row-write.ts'

interface Target extends BulkTarget {
  readonly generation: string
}

/**
 * One outcome a write, in their order. Rejects GENERATION_UNKNOWN, DISK_FULL, and STORE_FAILED (transient) when the
 * engine stays too busy or is away: rows are never given up for that.
 */
export async function writeRows(
  bulks: Bulks,
  target: Target,
  writes: readonly StoreWrite[],
): Promise<readonly WriteOutcome[]> {
  const { generation } = target
  const outcomes: WriteOutcome[] = []
  const sent: { readonly write: StoreWrite; readonly at: number }[] = []
  const actions: Buffer[] = []
  writes.forEach((write, at) => {
    const lines = linesOf(write)
    if ('status' in lines) {
      outcomes[at] = lines
      return
    }
    sent.push({ write, at })
    actions.push(lines)
  })
  try {
    const answers = await bulks.send(target, actions)
    answers.forEach((answer, position) => {
      const origin = sent[position]
      if (origin !== undefined) outcomes[origin.at] = outcomeOf(origin.write, answer, generation)
    })
    return outcomes
  } catch (error) {
    throw storeFault(error, generation)
  }
}
