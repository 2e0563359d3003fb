import { RevalError } from '../../src/errors/reval-error.ts'
import type { GenerationId, IndexStore, StoreWrite } from '../../src/ports/index-store.ts'
import type { RunLedger } from '../../src/ports/run-ledger.ts'
import { altered } from './altered.ts'

/** How long a process lives: until it has written so many rows and records. */
export class Life {
  #left: number

  constructor(writes = Infinity) {
    this.#left = writes
  }

  get isOver(): boolean {
    return this.#left < 0
  }

  assertAlive(): void {
    if (this.isOver) throw new RevalError('STORE_FAILED', 'the process died, so the test wants it')
  }

  /** How many of the next writes are still made. */
  spend(writes: number): number {
    this.assertAlive()
    const made = Math.min(writes, this.#left)
    this.#left -= writes
    return made
  }
}

/** Makes writes in the tables of a generation only, if they are filled. */
export type WriteTables = (generation: GenerationId, writes: readonly StoreWrite[]) => Promise<void>

/**
 * The store as a process uses it that dies: of its last batch only some writes are made, those from any position on, and
 * it never gets an answer. `tablesOnly` gets the others, to make them in the tables only.
 */
export function mortalStore(
  store: IndexStore,
  life: Life,
  position = 0,
  tablesOnly: WriteTables = () => Promise.resolve(),
): IndexStore {
  const ifAlive =
    <Arguments extends readonly unknown[], Result>(own: (...values: Arguments) => Promise<Result>) =>
    async (...values: Arguments): Promise<Result> => {
      life.assertAlive()
      return own(...values)
    }
  return altered(store, {
    write: (own) => async (generation, writes, guard) => {
      const made = life.spend(writes.length)
      const first = position % writes.length
      const rotated = [...writes.slice(first), ...writes.slice(0, first)]
      const outcomes = await own(generation, life.isOver ? rotated.slice(0, made) : writes, guard)
      if (life.isOver) await tablesOnly(generation, rotated.slice(made))
      life.assertAlive()
      return outcomes
    },
    makeVisible: (own) => async (generation) => {
      const made = life.spend(1)
      if (made > 0) await own(generation)
      life.assertAlive()
    },
    mendTables: ifAlive,
    get: ifAlive,
    findByNumbers: ifAlive,
  })
}

/** The ledger as that process uses it. */
export function mortalLedger(ledger: RunLedger, life: Life): RunLedger {
  const onceMore =
    <Arguments extends readonly unknown[]>(own: (...values: Arguments) => Promise<void>) =>
    async (...values: Arguments): Promise<void> => {
      if (life.spend(1) > 0) await own(...values)
      life.assertAlive()
    }
  return altered(ledger, { addFailures: onceMore, removeFailures: onceMore })
}
