import { decisionEntry } from '../lead/failure-decisions.ts'
import type { FoundFailure } from './failure.ts'
import type { FailureStores } from './find-failures.ts'

/** How a decision names a failure. */
export function entryOf(failure: FoundFailure): string {
  const key = failure.kind === 'row' ? failure.row.key : failure.letterId
  return decisionEntry(failure.listed.place, key, failure.listed.code)
}

/** Removes failed rows from the ledger and dead letters from their queues. */
export async function removeFound({ ledger, broker }: FailureStores, found: readonly FoundFailure[]): Promise<void> {
  const rows = found.flatMap((failure) => (failure.kind === 'row' ? [failure.row] : []))
  const letters = found.flatMap((failure) => (failure.kind === 'message' ? [failure] : []))
  for (const [generation, some] of Map.groupBy(rows, (row) => row.generation)) {
    await ledger.removeFailures(
      generation,
      some.map(({ key }) => key),
    )
  }
  for (const [queue, some] of Map.groupBy(letters, (letter) => letter.queue)) {
    await broker?.removeDeadLetters(
      queue,
      some.map(({ letterId }) => letterId),
    )
  }
}
