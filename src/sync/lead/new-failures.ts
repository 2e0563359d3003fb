import { compareByCodePoint } from '../../domain/text.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { maskedReason } from '../../errors/masked.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import { failureCursor, type RunLedger } from '../../ports/run-ledger.ts'
import { failuresOf } from '../failures-of.ts'
import { discardedFailures, discardedName } from './failure-decisions.ts'

/**
 * How many rows of a generation failed that did not fail with the same code in another one, and one of them. Both lists
 * are read in the same order, page by page, and compared as in a merge. Rows that failed in the other one when they were
 * refreshed are known too, in whatever stage they fail now, and so are those that an operator discarded.
 */
export async function countNewFailures(
  ledger: RunLedger,
  generation: GenerationId,
  known: GenerationId | null,
): Promise<{ count: number; example: string | null }> {
  const before = known === null ? null : failuresOf(ledger, known)
  const nextBefore = async () => (await before?.next())?.value ?? null
  const refreshed = known === null ? NONE : await refreshFailures(ledger, known)
  const discarded = await discardedFailures(ledger)
  let candidate = await nextBefore()
  let count = 0
  let example: string | null = null
  for await (const failure of failuresOf(ledger, generation)) {
    const cursor = failureCursor(failure)
    // The ledger's order is by code point; JavaScript's own `<` is not, beyond the basic plane.
    while (candidate !== null && compareByCodePoint(failureCursor(candidate), cursor) < 0)
      candidate = await nextBefore()
    if (candidate !== null && failureCursor(candidate) === cursor && candidate.code === failure.code) continue
    const { key, code, reason } = failure
    if (refreshed.get(key) === code || discarded.has(discardedName(key, code))) continue
    count += 1
    // It becomes the reason of the run, which is logged.
    example ??= `${key} (${code}: ${maskedReason(code, reason)})`
  }
  return { count, example }
}

const NONE: ReadonlyMap<string, ErrorCode> = new Map()

/** The codes of the rows that failed when they were refreshed, by key. */
async function refreshFailures(ledger: RunLedger, generation: GenerationId): Promise<ReadonlyMap<string, ErrorCode>> {
  const codes = new Map<string, ErrorCode>()
  for await (const { stage, key, code } of failuresOf(ledger, generation, 'refresh ')) {
    if (stage !== 'refresh') break
    codes.set(key, code)
  }
  return codes
}
