import { RevalError } from '../../../src/errors/reval-error.ts'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Broker, Consumer } from '../../../src/ports/broker.ts'
import type { GenerationId, IndexStore, StoreWrite } from '../../../src/ports/index-store.ts'
import { watched } from '../../crash/deadly.ts'
import type { WriteTables } from '../../faults/mortal.ts'
import { altered } from '../../faults/altered.ts'

/** The batches of rows that were on their way when their process died. */
export class LateBatches {
  #late: (() => Promise<unknown>)[] = []

  hold(store: IndexStore, generation: GenerationId, writes: readonly StoreWrite[]): void {
    this.#late.push(() => store.write(generation, writes))
  }

  /** They arrive. Resolves with how many batches were written, and how many refused. */
  async arrive(): Promise<{ readonly written: number; readonly refused: number }> {
    const late = this.#late
    this.#late = []
    const results = await Promise.allSettled(late.map((send) => send()))
    const written = results.filter(({ status }) => status === 'fulfilled').length
    return { written, refused: results.length - written }
  }
}

/** A process that dies when it is told: from then on it does nothing, and gets no answer. */
export class DyingProcess {
  #momentsLeft = Infinity
  #diesWriting = false
  #isDead = false
  readonly #consumers: Consumer[] = []

  get isDead(): boolean {
    return this.#isDead
  }

  /** It dies at the n-th moment before or after an operation. */
  dieAfter(moments: number): void {
    this.#momentsLeft = Math.min(this.#momentsLeft, moments)
  }

  /** It dies with its next batch of rows on the way. */
  dieWriting(): void {
    this.#diesWriting = true
  }

  /**
   * The backends as this process uses them. Of the batch with which it dies only the tables are written if it is given what writes them;
   * otherwise the batch arrives late.
   */
  using(backends: WorkerBackends, late: LateBatches, writeTables: WriteTables | null): WorkerBackends {
    const { ledger, broker, store, workspaces } = backends
    return {
      ...backends,
      ledger: watched('ledger', ledger, this.#live),
      broker: watched('broker', this.#consuming(broker), this.#live),
      store: altered(watched('store', store, this.#live), {
        write: (own) => async (generation, writes, guard) => {
          if (!this.#diesWriting || this.#isDead) return own(generation, writes, guard)
          guard?.()
          this.#isDead = true
          if (writeTables === null) late.hold(store, generation, writes)
          else await writeTables(generation, writes)
          throw dead()
        },
      }),
      workspaces: { open: async () => watched('workspace', await workspaces.open(), this.#live) },
    }
  }

  /** What the end of a process does: its consumers end, also those that it never learned of. */
  async end(): Promise<void> {
    this.#isDead = true
    for (const consumer of this.#consumers) await consumer.stop()
  }

  #consuming(broker: Broker): Broker {
    return altered(broker, {
      consume: (own) => async (queue, options, handler) => {
        const consumer = await own(queue, options, async (delivery) => {
          if (!this.#isDead) await handler(watched('delivery', delivery, this.#live))
        })
        this.#consumers.push(consumer)
        return consumer
      },
    })
  }

  /** Called before and after every operation. */
  readonly #live = (): void => {
    this.#momentsLeft -= 1
    if (this.#momentsLeft < 0) this.#isDead = true
    if (this.#isDead) throw dead()
  }
}

function dead(): RevalError {
  return new RevalError('STORE_FAILED', 'the process is dead, so the test wants it')
}
