import { londonDay, type Day } from '../../domain/day.ts'
import type { DesignatedBodies } from '../../domain/designated-bodies.ts'
import type { BodyScope } from '../../domain/list-query.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { ListCounts, ListedRow, ListPage, ListReader } from '../../ports/list-reader.ts'
import type { Run, RunId, RunLedger } from '../../ports/run-ledger.ts'
import { liveSince } from '../../sync/live-since.ts'
import { readInstallation } from '../../sync/records.ts'
import { PAGE_SIZE, type ListRequest, type SuggestRequest } from './list-request.ts'
import type { RequestedBodies } from './requested-bodies.ts'

/** Which generation answered. */
export interface LiveData {
  readonly generation: GenerationId
  readonly run: RunId
  /** The day of the run; null if the ledger no longer has the run. */
  readonly day: Day | null
  /** Milliseconds since the epoch; null if the ledger does not know. */
  readonly since: number | null
}

/** An answer, and the data that it was read from. */
export interface FromLive<T> {
  readonly answer: T
  readonly live: LiveData
  /** Requested codes of bodies that are neither configured nor in the data: they match no row. */
  readonly unknownBodies: readonly string[]
}

export interface CountedPage extends ListPage {
  readonly counts: ListCounts
}

export interface LiveListsOptions {
  readonly ledger: RunLedger
  readonly reader: ListReader
  readonly clock: Clock
  readonly bodies: DesignatedBodies
  readonly unconnected: BodyScope['unconnected']
}

/** Everything needed to read the live generation. */
export interface LiveReading {
  readonly reader: ListReader
  readonly generation: GenerationId
  readonly today: Day
  /** The requested bodies. */
  readonly scope: BodyScope
}

/** What a run recorded of its generation; it does not change. */
interface LiveRun {
  readonly run: RunId
  readonly day: Day | null
  readonly finishedAt: number | null
  readonly bodies: ReadonlySet<string>
}

/**
 * The lists of the live generation, which is looked up for each request, and once more if it is dropped before it is read.
 * Rejects NOTHING_LIVE, and what the ledger and the reader reject.
 */
export class LiveLists {
  readonly #options: LiveListsOptions
  #lastRun: LiveRun | null = null

  constructor(options: LiveListsOptions) {
    this.#options = options
  }

  /** A page, and the counts of its bodies, both of one generation. */
  page({ query, page }: ListRequest, bodies: RequestedBodies, size = PAGE_SIZE): Promise<FromLive<CountedPage>> {
    return this.read(bodies, async ({ reader, generation, today, scope }) => {
      const scoped = { ...query, ...scope }
      const [found, counts] = await Promise.all([
        reader.page(generation, scoped, today, { offset: page * size, size }),
        reader.counts(generation, scoped, today),
      ])
      return { ...found, counts }
    })
  }

  /**
   * The whole list, in batches. Resolves once the first batch is read; a later failure ends the loop with its error. Rejects
   * INTERRUPTED if the caller left meanwhile, because a list that is not read to its end would stay open.
   */
  all(
    { query }: ListRequest,
    bodies: RequestedBodies,
    caller?: AbortSignal,
  ): Promise<FromLive<AsyncIterable<readonly ListedRow[]>>> {
    return this.read(bodies, async ({ reader, generation, today, scope }) => {
      const batches = reader.all(generation, { ...query, ...scope }, today)[Symbol.asyncIterator]()
      const first = await batches.next()
      if (caller?.aborted !== true) return startingWith(first, batches)
      await batches.return?.()
      throw new RevalError('INTERRUPTED', 'the caller left before the list was read')
    })
  }

  suggest({ query }: SuggestRequest, bodies: RequestedBodies): Promise<FromLive<readonly string[]>> {
    return this.read(bodies, ({ reader, generation, today, scope }) =>
      reader.suggest(generation, { ...query, ...scope }, today),
    )
  }

  /** Reads anything of one generation; `read` is called again if the generation is dropped in between. */
  async read<T>(
    { bodies, tisBodies }: RequestedBodies,
    read: (reading: LiveReading) => Promise<T>,
  ): Promise<FromLive<T>> {
    const { reader, clock, unconnected } = this.#options
    const shared = { reader, today: londonDay(clock.now()), scope: { bodies, tisBodies, unconnected } }
    let found = await this.#live()
    let answer: T
    try {
      answer = await read({ ...shared, generation: found.live.generation })
    } catch (error) {
      if (asRevalError(error).code !== 'GENERATION_UNKNOWN') throw error
      found = await this.#live()
      answer = await read({ ...shared, generation: found.live.generation })
    }
    const requested = [...new Set([...(bodies ?? []), ...(tisBodies ?? [])])]
    return { answer, live: found.live, unknownBodies: requested.filter((code) => !this.#isKnown(code, found.record)) }
  }

  async #live(): Promise<{ readonly live: LiveData; readonly record: LiveRun }> {
    const { live, history } = await readInstallation(this.#options.ledger)
    if (live === null) throw new RevalError('NOTHING_LIVE', 'no generation is live yet')
    const { generation, run } = live
    const record = await this.#recordOf(run)
    const since = liveSince({ live, history }, record)
    return { live: { generation, run, day: record.day, since }, record }
  }

  async #recordOf(run: RunId): Promise<LiveRun> {
    if (this.#lastRun?.run === run) return this.#lastRun
    const found = (await this.#options.ledger.read('run', run))?.value ?? null
    const record = { run, day: found?.day ?? null, finishedAt: found?.finishedAt ?? null, bodies: bodiesIn(found) }
    this.#lastRun = record
    return record
  }

  #isKnown(code: string, { bodies }: LiveRun): boolean {
    return bodies.has(code) || this.#options.bodies.some((body) => body.code === code)
  }
}

/** The bodies that a run found in its data. */
function bodiesIn(run: Run | null): ReadonlySet<string> {
  const profile = run?.evidence?.profile
  return new Set([...Object.keys(profile?.bodies ?? {}), ...Object.keys(profile?.codes.tcsDesignatedBody ?? {})])
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
