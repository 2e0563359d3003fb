import { RevalError } from '../../errors/reval-error.ts'
import { QUEUES, type Broker, type DeadLetter, type Queue } from '../../ports/broker.ts'
import { CHANNELS } from '../../ports/changes.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { failuresOf } from '../failures-of.ts'
import { readInstallation } from '../records.ts'
import { foundLetter, foundRow, type FoundFailure, type ListedFailure } from './failure.ts'

/** Where failures are. Without a broker, dead letters are out of reach. */
export interface FailureStores {
  readonly ledger: RunLedger
  readonly broker: Pick<Broker, 'eachDeadLetter' | 'removeDeadLetters'> | null
  /** The queues whose dead letters are read. */
  readonly queues: readonly Queue[]
}

/** The queues that our services consume, and so dead-letter to. */
export const CONSUMED_QUEUES = QUEUES.filter((queue) => !queue.startsWith('masterRowChanged'))

/**
 * The stores of a process that runs services. Its broker may create a queue when it reads it, so channels that are not
 * consumed are left out: nothing would consume their messages.
 */
export function storesOf({
  ledger,
  broker,
  settings,
}: Pick<SyncContext, 'ledger' | 'broker' | 'settings'>): FailureStores {
  const channels: readonly Queue[] = CHANNELS
  const isConsumed = (queue: Queue) => settings.liveChanges || !channels.includes(queue)
  return { ledger, broker, queues: CONSUMED_QUEUES.filter(isConsumed) }
}

/** Which failures an operator selected. */
export type FailureSelection = { readonly ids: readonly string[] } | { readonly code: string } | { readonly all: true }

/** The failed rows of the live generation and of the run in progress, then the dead letters of every queue, oldest first. */
export async function* eachFailure({ ledger, broker, queues }: FailureStores): AsyncGenerator<FoundFailure, undefined> {
  const { live, building } = await readInstallation(ledger)
  for (const [generation, kept] of [['live', live] as const, ['in progress', building] as const]) {
    if (kept === null) continue
    for await (const row of failuresOf(ledger, kept.generation)) yield foundRow(row, generation)
  }
  for (const queue of queues) {
    const letters = await lettersOf(broker, queue, (letter) => foundLetter(queue, letter))
    yield* letters.toSorted((one, other) => (one.listed.at ?? 0) - (other.listed.at ?? 0))
  }
}

/** What `take` takes from the dead letters of a queue; null leaves one out. They may be large: only what it takes is kept. */
export async function lettersOf<T>(
  broker: FailureStores['broker'],
  queue: Queue,
  take: (letter: DeadLetter) => T | null,
): Promise<readonly T[]> {
  const taken: T[] = []
  const visit = (letter: DeadLetter) => {
    const found = take(letter)
    if (found !== null) taken.push(found)
  }
  await unlessForeign(async () => broker?.eachDeadLetter(queue, visit), undefined)
  return taken
}

/** How many dead letters a queue has, about. */
export function countLetters(broker: Pick<Broker, 'countDeadLetters'>, queue: Queue): Promise<number> {
  return unlessForeign(() => broker.countDeadLetters(queue), 0)
}

/** Beside Java services some queues may not exist, or be theirs. */
export async function unlessForeign<T>(ask: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof RevalError && (error.code === 'QUEUE_MISSING' || error.code === 'QUEUE_DIFFERS'))
      return nothing
    throw error
  }
}

export interface FailureList {
  readonly total: number
  readonly failures: readonly ListedFailure[]
}

/** The first failures of a place and with a code, and how many there are. */
export async function listFailures(
  stores: FailureStores,
  { place, code, limit }: { readonly place: string | null; readonly code: string | null; readonly limit: number },
): Promise<FailureList> {
  const failures: ListedFailure[] = []
  let total = 0
  for await (const { listed } of eachFailure(stores)) {
    if ((place !== null && listed.place !== place) || (code !== null && listed.code !== code)) continue
    total += 1
    if (failures.length < limit) failures.push(listed)
  }
  return { total, failures }
}

/** The selected failures, in the order of the list. Rejects FAILURE_UNKNOWN for an id that is not there. */
export async function findFailures(
  stores: FailureStores,
  selection: FailureSelection,
): Promise<readonly FoundFailure[]> {
  const ids = 'ids' in selection ? new Set(selection.ids) : null
  const isMeant = ({ id, code }: ListedFailure): boolean => {
    if (ids !== null) return ids.has(id)
    return 'code' in selection ? selection.code === code : true
  }
  const found: FoundFailure[] = []
  for await (const failure of eachFailure(stores)) if (isMeant(failure.listed)) found.push(failure)
  const known = new Set(found.map(({ listed }) => listed.id))
  for (const id of ids ?? []) if (!known.has(id)) throw unknownFailure(id)
  return found
}

export function unknownFailure(id: string): RevalError {
  return new RevalError('FAILURE_UNKNOWN', `no such failed row or dead letter: ${id.slice(0, 200)}`)
}
