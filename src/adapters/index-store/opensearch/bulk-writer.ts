import pRetry from 'p-retry'
import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId, StoreWrite, WriteOutcome } from '../../../ports/index-store.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { bulkItem, inBulks, outcomeOf, type BulkItem, type ItemAnswer } from './bulk-item.ts'
import { storeFault } from './faults.ts'
import { Turns } from './turns.ts'

interface BulkAnswer {
  readonly items: readonly Readonly<Record<string, ItemAnswer>>[]
}

/** Shorter than the engine's own patience with a shard that is away, so that it answers before we stop waiting. */
const WAIT_FOR_SHARD = '30s'
const TRIES = 6
const FIRST_WAIT_MS = 500

/** Writes rows by bulk requests, so many of them at a time whoever asks. */
export class BulkWriter {
  readonly #engine: Engine
  readonly #settings: SearchSettings
  readonly #turns: Turns
  readonly #closing: AbortSignal

  /** `closing` ends the waiting between two tries. */
  constructor(engine: Engine, settings: SearchSettings, closing: AbortSignal) {
    this.#engine = engine
    this.#settings = settings
    this.#turns = new Turns(settings.searchBulks)
    this.#closing = closing
  }

  /**
   * One outcome a write, in their order. Rejects GENERATION_UNKNOWN, DISK_FULL, and STORE_FAILED (transient) when the
   * engine stays too busy or away after several tries: rows are never given up for that.
   */
  async write(
    { generation, alias }: { readonly generation: GenerationId; readonly alias: string },
    writes: readonly StoreWrite[],
  ): Promise<readonly WriteOutcome[]> {
    const outcomes: WriteOutcome[] = []
    const items: BulkItem[] = []
    writes.forEach((write, at) => {
      const prepared = bulkItem(write, at)
      if ('status' in prepared) outcomes[at] = prepared
      else items.push(prepared)
    })
    const bulks = inBulks(items, this.#settings)
    try {
      await this.#turns.all(bulks.map((bulk) => () => this.#untilAnswered(bulk, outcomes, { generation, alias })))
    } catch (error) {
      throw storeFault(error, generation)
    }
    return outcomes
  }

  /** Sends a bulk, and again those of its items for which the engine was too busy. */
  async #untilAnswered(bulk: BulkItem[], outcomes: WriteOutcome[], target: Target): Promise<void> {
    let left = bulk
    const send = async () => {
      left = await this.#send(left, outcomes, target)
      if (left.length > 0) throw new ItemsRefused(left.length)
    }
    await pRetry(send, {
      retries: TRIES - 1,
      minTimeout: FIRST_WAIT_MS,
      factor: 2,
      randomize: true,
      signal: this.#closing,
      // A bulk that failed as a whole was tried again by the engine's client already.
      shouldRetry: ({ error }) => error instanceof ItemsRefused,
    })
  }

  /** Sends a bulk once; gives those items that are to be sent again. */
  async #send(bulk: readonly BulkItem[], outcomes: WriteOutcome[], target: Target): Promise<BulkItem[]> {
    const answers = await this.#answersTo(bulk, target)
    if (answers === 'too long') return this.#sendInHalves(bulk, outcomes, target)
    if (answers.length !== bulk.length) {
      throw new RevalError('STORE_FAILED', `${bulk.length} rows were sent and ${answers.length} answered`)
    }
    return bulk.filter((item, position) => {
      const answer = answers[position]
      const outcome = answer === undefined ? 'busy' : outcomeOf(item, answer, target.generation)
      if (outcome === 'busy') return true
      outcomes[item.at] = outcome
      return false
    })
  }

  /** A proxy may allow less than the setting says. */
  async #sendInHalves(bulk: readonly BulkItem[], outcomes: WriteOutcome[], target: Target): Promise<BulkItem[]> {
    const [only] = bulk
    if (only === undefined) return []
    if (bulk.length === 1) {
      outcomes[only.at] = {
        status: 'failed',
        reason: `413: the row is too long for the engine (${only.lines.byteLength} bytes)`,
      }
      return []
    }
    const middle = Math.ceil(bulk.length / 2)
    const first = await this.#send(bulk.slice(0, middle), outcomes, target)
    return [...first, ...(await this.#send(bulk.slice(middle), outcomes, target))]
  }

  async #answersTo(bulk: readonly BulkItem[], { alias }: Target): Promise<readonly ItemAnswer[] | 'too long'> {
    try {
      const { body } = await this.#engine.call<BulkAnswer>({
        method: 'POST',
        path: `/${alias}/_bulk`,
        query: { require_alias: true, timeout: WAIT_FOR_SHARD, filter_path: 'items.*.status,items.*.error' },
        lines: Buffer.concat(bulk.map(({ lines }) => lines)),
        // What a lost answer leaves open, the second answer says: exists or conflict, and it is looked at anew.
        repeatable: true,
      })
      // One member, named by the kind of the write.
      return body.items.flatMap((item) => Object.values(item))
    } catch (error) {
      if (error instanceof EngineFault && error.status === 413) return 'too long'
      throw error
    }
  }
}

interface Target {
  readonly generation: GenerationId
  readonly alias: string
}

class ItemsRefused extends RevalError {
  constructor(count: number) {
    super('STORE_FAILED', `the search engine stays too busy for ${count} rows`, { transient: true })
  }
}
