import type { GenerationId } from '../ports/index-store.ts'
import { failureCursor, type FailedRow, type RunLedger } from '../ports/run-ledger.ts'

const PAGE = 1_000

/** The failures of a generation after a cursor, ordered by `failureCursor`, read page by page. */
export async function* failuresOf(
  ledger: Pick<RunLedger, 'failures'>,
  generation: GenerationId,
  from?: string,
): AsyncGenerator<FailedRow, undefined> {
  let after = from
  for (;;) {
    const page = await ledger.failures(generation, PAGE, after)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = failureCursor(last)
  }
}
