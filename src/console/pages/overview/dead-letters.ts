import type { SyncContext } from '../../../sync/context.ts'
import { countLetters, storesOf } from '../../../sync/failures/find-failures.ts'

/** How long a number is good for: the queues are asked one by one, and dead letters are rare. */
const FRESH_MS = 10_000

/** How many dead letters there are in all queues, about. Asks at most once in ten seconds. */
export function countDeadLetters(
  context: Pick<SyncContext, 'ledger' | 'broker' | 'settings' | 'clock'>,
): () => Promise<number> {
  const { broker, clock } = context
  let asked: { readonly at: number; readonly answer: Promise<number> } | null = null
  return () => {
    const now = clock.monotonic()
    if (asked === null || now - asked.at >= FRESH_MS) {
      const answer = sumOf(storesOf(context).queues.map((queue) => countLetters(broker, queue)))
      // A number that could not be had is asked for again.
      answer.catch(() => (asked = null))
      asked = { at: now, answer }
    }
    return asked.answer
  }
}

async function sumOf(counts: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((sum, each) => sum + each, 0)
}
