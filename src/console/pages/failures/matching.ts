import { createHash } from 'node:crypto'
import * as z from 'zod'
import { textUpTo } from '../../../app/http/requests.ts'
import { FAILURE_STAGES } from '../../../ports/run-ledger.ts'
import { foundLetter, type FoundFailure } from '../../../sync/failures/failure.ts'
import { CONSUMED_QUEUES, eachFailure, lettersOf, type FailureStores } from '../../../sync/failures/find-failures.ts'

/** Failed rows, or the dead letters of a queue. */
export const ROWS = 'rows'
export const PLACES = [ROWS, ...CONSUMED_QUEUES] as const
export type Place = (typeof PLACES)[number]

/** Which failures a person looks at. */
export const FAILURE_FILTER = z.object({
  code: textUpTo(100).default(''),
  stage: z.enum(['', ...FAILURE_STAGES]).default(''),
  /** In keys. */
  q: textUpTo(200).default(''),
})
export type FailureFilter = z.infer<typeof FAILURE_FILTER>

/** Beyond that, a person has to filter. */
export const MOST_FAILURES = 10_000

export interface FoundFailures {
  readonly failures: readonly FoundFailure[]
  /** Whether there are more than `MOST_FAILURES`. */
  readonly hasMore: boolean
}

/** The first failures of a place, in the order of the list. */
export async function failuresAt(stores: FailureStores, place: Place): Promise<FoundFailures> {
  if (place !== ROWS) {
    const letters = await lettersOf(stores.broker, place, (letter) => foundLetter(place, letter))
    const sorted = letters.toSorted((one, other) => (one.listed.at ?? 0) - (other.listed.at ?? 0))
    return { failures: sorted.slice(0, MOST_FAILURES), hasMore: sorted.length > MOST_FAILURES }
  }
  const failures: FoundFailure[] = []
  for await (const failure of eachFailure({ ...stores, queues: [] })) {
    if (failures.length === MOST_FAILURES) return { failures, hasMore: true }
    failures.push(failure)
  }
  return { failures, hasMore: false }
}

export function matching(
  failures: readonly FoundFailure[],
  { code, stage, q }: FailureFilter,
): readonly FoundFailure[] {
  const text = q.trim().toLowerCase()
  return failures.filter(({ listed }) => {
    if ((code !== '' && listed.code !== code) || (stage !== '' && listed.place !== stage)) return false
    return (
      text === '' ||
      listed.id.toLowerCase().includes(text) ||
      listed.keys.some((key) => key.toLowerCase().includes(text))
    )
  })
}

/** What a person saw of failures that they decide about. */
export function seenOfFailures(failures: readonly FoundFailure[]): string {
  const hash = createHash('sha256')
  for (const { listed } of failures) hash.update(`${listed.id}\n`)
  return `${failures.length}-${hash.digest('base64url').slice(0, 22)}`
}
