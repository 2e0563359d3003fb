import type { IndexStore, StoreWrite, WriteOutcome } from '../../src/ports/index-store.ts'
import { altered } from './altered.ts'

/** The outcome of a write instead of carrying it out; null to carry it out. */
export type WriteFault = (write: StoreWrite) => WriteOutcome | null

/** A store that refuses some writes of a batch and does the others, as a search engine does. */
export function refusingWrites(store: IndexStore, fault: WriteFault): IndexStore {
  return altered(store, {
    write: (own) => async (generation, writes, guard) => {
      const faults = writes.map(fault)
      const done = await own(
        generation,
        writes.filter((_, index) => faults[index] === null),
        guard,
      )
      const outcomes = done[Symbol.iterator]()
      return faults.map((each) => each ?? outcomes.next().value ?? { status: 'failed', reason: 'no outcome' })
    },
  })
}
