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
  const keys = new Map<string, string[]>()
  const letters = new Map<Parameters<NonNullable<typeof broker>['removeDeadLetters']>[0], string[]>()
  for (const failure of found) {
    if (failure.kind === 'row') add(keys, failure.row.generation, failure.row.key)
    else add(letters, failure.queue, failure.letterId)
  }
  for (const [generation, some] of keys) await ledger.removeFailures(generation, some)
  for (const [queue, ids] of letters) await broker?.removeDeadLetters(queue, ids)
}

function add<K>(groups: Map<K, string[]>, group: K, item: string): void {
  const items = groups.get(group)
  if (items === undefined) groups.set(group, [item])
  else items.push(item)
}
