import { compareByCodePoint } from '../../domain/text.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import { failureCursor, type FailedRow, type RunLedger } from '../../ports/run-ledger.ts'

const PAGE = 1_000

async function* failuresOf(ledger: RunLedger, generation: GenerationId): AsyncGenerator<FailedRow, undefined> {
  let after: string | undefined
  for (;;) {
    const page = await ledger.failures(generation, PAGE, after)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = failureCursor(last)
  }
}

/**
 * How many rows of a generation failed that did not fail with the same code in another one, and one of them. Both lists
 * are read in the same order, page by page, and compared as in a merge.
 */
export async function countNewFailures(
  ledger: RunLedger,
  generation: GenerationId,
  known: GenerationId | null,
): Promise<{ count: number; example: string | null }> {
  const before = known === null ? null : failuresOf(ledger, known)
  const nextBefore = async () => (await before?.next())?.value ?? null
  let candidate = await nextBefore()
  let count = 0
  let example: string | null = null
  for await (const failure of failuresOf(ledger, generation)) {
    const cursor = failureCursor(failure)
    // The ledger's order is by code point; JavaScript's own `<` is not, beyond the basic plane.
    while (candidate !== null && compareByCodePoint(failureCursor(candidate), cursor) < 0)
      candidate = await nextBefore()
    if (candidate !== null && failureCursor(candidate) === cursor && candidate.code === failure.code) continue
    count += 1
    example ??= `${failure.key} (${failure.code}: ${failure.reason})`
  }
  return { count, example }
}
