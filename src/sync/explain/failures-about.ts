import type { Broker, Queue } from '../../ports/broker.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Installation, RunLedger } from '../../ports/run-ledger.ts'
import { failuresOf } from '../failures-of.ts'
import { foundLetter, type ListedFailure } from '../failures/failure.ts'
import { countLetters, lettersOf } from '../failures/find-failures.ts'
import type { KeyScope } from '../refresh/key-scope.ts'
import type { ExplainedFailure } from './explanation.ts'
import { askedInTime, known, type Known } from './known.ts'

/** The failures of the keys in scope, in every kept generation and in the run in progress. */
export async function failuresAbout(
  ledger: RunLedger,
  { live, previous, heldBack, building }: Installation,
  scope: KeyScope,
): Promise<readonly ExplainedFailure[]> {
  const kept = { live, previous, 'held back': heldBack, 'in progress': building }
  // `Object.keys` returns `string[]`.
  const words = Object.keys(kept) as (keyof typeof kept)[]
  const found = await Promise.all(
    words.map(async (of) => {
      const about: ExplainedFailure[] = []
      const generation = kept[of]?.generation
      if (generation === undefined) return about
      for await (const { stage, key, code, reason, at } of failuresOf(ledger, generation)) {
        if (scope.covers(key)) about.push({ of, stage, key, code, reason, at })
      }
      return about
    }),
  )
  return found.flat()
}

/** The dead letters of a broker, and their queues. */
export interface LetterStore {
  readonly broker: Pick<Broker, 'countDeadLetters' | 'eachDeadLetter' | 'removeDeadLetters'>
  readonly queues: readonly Queue[]
}

/**
 * The dead letters of each queue. Only queues that have some are read: that takes a second on some brokers, and hides
 * them from other readers meanwhile.
 */
export function readLetters({
  clock,
  letters,
}: {
  readonly clock: Clock
  readonly letters: () => Promise<LetterStore>
}): Promise<Known<readonly ListedFailure[]>> {
  return askedInTime(clock, async () => {
    const { broker, queues } = await letters()
    const found = await Promise.all(
      queues.map(async (queue) => {
        if ((await countLetters(broker, queue)) === 0) return []
        return lettersOf(broker, queue, (letter) => foundLetter(queue, letter).listed)
      }),
    )
    return found.flat()
  })
}

/** Those of the dead letters that are about keys in scope. */
export function lettersAbout(
  letters: Known<readonly ListedFailure[]>,
  scope: KeyScope,
): Known<readonly ListedFailure[]> {
  if (!letters.isKnown) return letters
  return known(letters.value.filter(({ keys }) => keys.some((key) => scope.covers(key))))
}
