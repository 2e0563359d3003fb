import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Guard } from '../../ports/index-store.ts'
import { EngineFault, type Engine } from './engine.ts'
import type { SearchSettings } from './settings.ts'
import { Semaphore } from './semaphore.ts'

/** The answer of a bulk to one of its items. */
export interface ItemAnswer {
  readonly status: number
  readonly error?: {
    readonly type?: string
    readonly reason?: string
    readonly caused_by?: { readonly reason?: string }
  }
}

/** The alias to write through, and the guard called before each request. */
export interface BulkTarget {
  readonly alias: string
  readonly guard?: Guard | undefined
}

interface BulkAnswer {
  readonly items: readonly Readonly<Record<string, ItemAnswer>>[]
}

interface Item {
  /** Its position among all. */
  readonly at: number
  readonly lines: Buffer
}

/**
 * How long the engine keeps a write whose shard is unavailable. It has looked up the alias by then, so the write must not wait
 * for longer than an expired lease takes to be taken over. We send it again.
 */
const WAIT_FOR_SHARD = '1s'
/** How often an item that the engine was too busy for is sent, and the first pause between attempts; pauses double. */
const TRIES = 5
const FIRST_PAUSE_MS = 500

/** Writes documents by bulk requests, a limited number of them at a time. */
export class Bulks {
  readonly #engine: Engine
  readonly #code: ErrorCode
  readonly #settings: Pick<SearchSettings, 'searchBulkRows' | 'searchBulkBytes'>
  readonly #permits: Semaphore
  readonly #closing = new AbortController()

  constructor(
    engine: Engine,
    settings: Pick<SearchSettings, 'searchBulkRows' | 'searchBulkBytes' | 'searchBulks'>,
    code: ErrorCode,
  ) {
    this.#engine = engine
    this.#settings = settings
    this.#code = code
    this.#permits = new Semaphore(settings.searchBulks)
  }

  /**
   * Carries out actions, each given as its lines, and resolves with one answer an action in their order. Each bulk is
   * sent once; single items that it refused for lack of room go again alone, a few times. Rejects when a bulk failed as
   * a whole, or when items are still refused (transient); then any of the actions may have been carried out.
   *
   * With its retries one bulk takes 60 s for each of at most five requests, and 7.5 s of pauses.
   */
  async send(target: BulkTarget, actions: readonly Buffer[]): Promise<readonly ItemAnswer[]> {
    const answers: ItemAnswer[] = []
    const bulks = this.#inBulks(actions.map((lines, at) => ({ at, lines })))
    await this.#permits.all(bulks.map((bulk) => () => this.#untilAnswered(bulk, answers, target)))
    return answers
  }

  /** Ends the pauses between attempts. */
  close(): void {
    this.#closing.abort(new RevalError(this.#code, 'the connection to the search engine is closed'))
  }

  /** Bulks within the maximum of actions and bytes; a longer action goes alone. */
  #inBulks(items: readonly Item[]): Item[][] {
    const { searchBulkRows, searchBulkBytes } = this.#settings
    const bulks: Item[][] = []
    let room = 0
    for (const item of items) {
      const last = bulks.at(-1)
      if (last === undefined || last.length === searchBulkRows || item.lines.byteLength > room) {
        bulks.push([item])
        room = searchBulkBytes - item.lines.byteLength
      } else {
        last.push(item)
        room -= item.lines.byteLength
      }
    }
    return bulks
  }

  async #untilAnswered(bulk: readonly Item[], answers: ItemAnswer[], target: BulkTarget): Promise<void> {
    let left = await this.#sendOnce(bulk, answers, target)
    for (let tries = 1; left.length > 0; tries += 1) {
      if (tries === TRIES) {
        const what = `the search engine is too busy: ${left.length} of ${bulk.length} documents not written`
        throw new RevalError(this.#code, what, { transient: true })
      }
      await this.#pause(FIRST_PAUSE_MS * 2 ** (tries - 1))
      left = await this.#sendOnce(left, answers, target)
    }
  }

  /** Sends a bulk once; resolves with the items to send again. */
  async #sendOnce(bulk: readonly Item[], answers: ItemAnswer[], target: BulkTarget): Promise<Item[]> {
    const answered = await this.#answersTo(bulk, target)
    if (answered === 'too long') return this.#sendInHalves(bulk, answers, target)
    if (answered.length !== bulk.length) {
      throw new RevalError(this.#code, `${bulk.length} documents sent, ${answered.length} answered`)
    }
    return bulk.filter((item, position) => {
      const answer = answered[position]
      if (answer === undefined || isBusy(answer)) return true
      answers[item.at] = answer
      return false
    })
  }

  /** A proxy may allow less than the setting. */
  async #sendInHalves(bulk: readonly Item[], answers: ItemAnswer[], target: BulkTarget): Promise<Item[]> {
    const [first] = bulk
    if (first === undefined) return []
    if (bulk.length === 1) {
      const reason = `the document is too large for the engine (${first.lines.byteLength} bytes)`
      answers[first.at] = { status: 413, error: { reason } }
      return []
    }
    const middle = Math.ceil(bulk.length / 2)
    const left = await this.#sendOnce(bulk.slice(0, middle), answers, target)
    return [...left, ...(await this.#sendOnce(bulk.slice(middle), answers, target))]
  }

  async #answersTo(bulk: readonly Item[], { alias, guard }: BulkTarget): Promise<readonly ItemAnswer[] | 'too long'> {
    const lines = Buffer.concat(bulk.map((item) => item.lines))
    try {
      const { body } = await this.#engine.call<BulkAnswer>({
        method: 'POST',
        path: `/${alias}/_bulk`,
        query: { require_alias: true, timeout: WAIT_FOR_SHARD, filter_path: 'items.*.status,items.*.error' },
        lines,
        kind: 'bulk',
        guard,
      })
      // One member, named by the kind of the action.
      return body.items.flatMap((item) => Object.values(item))
    } catch (error) {
      if (error instanceof EngineFault && error.status === 413) return 'too long'
      throw error
    }
  }

  async #pause(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.#closing.signal })
    } catch {
      // Only closing ends it early.
      this.#closing.signal.throwIfAborted()
    }
  }
}

/** Refused because a queue is full or a shard is unavailable. A full disk is also answered with 429, but is not transient. */
function isBusy({ status, error }: ItemAnswer): boolean {
  return (status === 429 || status >= 502) && error?.type !== 'cluster_block_exception'
}
