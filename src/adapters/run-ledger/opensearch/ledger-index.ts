import pRetry from 'p-retry'
import { RevalError } from '../../../errors/reval-error.ts'
import { EngineFault, reasonOf, type Engine, type EngineAnswer, type EngineCall } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { inBulks, type BulkAction } from './bulk-lines.ts'
import { aliasOf, type Part } from './layout.ts'

export type Query = Readonly<Record<string, unknown>>

/** A document that was read by its id, and the version it had. */
export interface StoredDocument<Source> {
  readonly source: Source
  readonly revision: string
}

/** Reading or writing one small document: longer than this, the engine is not well, and is asked again. */
const DOCUMENT_TIMEOUT_MS = 10_000
/** How long the engine itself waits for a shard that is on its way, so that it gives up before we do. */
const SHARD_TIMEOUT = '5s'
/** Deleting goes at some ten thousand documents a second. */
const DELETE_TIMEOUT_MS = 180_000
/** So often a deletion may meet others that write the same documents. */
const DELETE_ROUNDS = 10
/** Items of a bulk that the engine had no room for are sent again alone: for half a minute, as whole calls are. */
const BULK_TRIES = 5
const NO_ROOM = [429, 503]
/** Milliseconds that a ping may take. */
const PING_TIMEOUT_MS = 1_500

/** One index of the ledger behind its alias. All that fails is LEDGER_FAILED; an index that is gone says so. */
export class LedgerIndex {
  readonly #engine
  readonly #alias
  readonly #settings
  readonly #closing

  /** `closing` ends what waits for its turn once the ledger is closed. */
  constructor(engine: Engine, part: Part, settings: SearchSettings, closing: AbortSignal) {
    this.#engine = engine
    this.#alias = aliasOf(part, settings)
    this.#settings = settings
    this.#closing = closing
  }

  /** The document as it is now, whether a search sees it or not; null where there is none. */
  async get<Source>(id: string): Promise<StoredDocument<Source> | null> {
    const { body } = await this.#call<GetAnswer<Source>>({
      method: 'GET',
      path: `/_doc/${encodeURIComponent(id)}`,
      ignore: [404],
      repeatable: true,
      timeoutMs: DOCUMENT_TIMEOUT_MS,
    })
    this.#assertThere(body)
    return body.found === true ? { source: body._source, revision: revisionOf(body) } : null
  }

  /**
   * Stores a document where its version is still the given one, `'new'` for none yet. Resolves with the new version;
   * null where there is another. It is sent again when nobody knows what became of it, because it can succeed only
   * once: null may then mean that it has.
   */
  async put(id: string, source: object, revision: string): Promise<string | null> {
    const condition = conditionOf(revision)
    if (condition === null) return null
    const { status, body } = await this.#call<Version>({
      method: 'PUT',
      path: `/_doc/${encodeURIComponent(id)}`,
      query: { ...condition, require_alias: true, timeout: SHARD_TIMEOUT },
      body: source,
      ignore: [409],
      repeatable: true,
      timeoutMs: DOCUMENT_TIMEOUT_MS,
    })
    return status === 409 ? null : revisionOf(body)
  }

  /** Removes one document; nothing where there is none. */
  async delete(id: string): Promise<void> {
    const { body } = await this.#call({
      method: 'DELETE',
      path: `/_doc/${encodeURIComponent(id)}`,
      query: { timeout: SHARD_TIMEOUT },
      ignore: [404],
      repeatable: true,
      timeoutMs: DOCUMENT_TIMEOUT_MS,
    })
    this.#assertThere(body)
  }

  /** Makes all that was written before this call visible to searches. Costs next to nothing where nothing is new. */
  async refresh(): Promise<void> {
    await this.#call({ method: 'POST', path: '/_refresh', repeatable: true })
  }

  async search<Source>(search: Query): Promise<SearchAnswer<Source>> {
    const { body } = await this.#call<SearchAnswer<Source>>({
      method: 'POST',
      path: '/_search',
      query: { allow_partial_search_results: false },
      body: search,
      repeatable: true,
    })
    return body
  }

  /** How many documents a query finds. */
  async count(query: Query): Promise<number> {
    return (await this.search({ size: 0, track_total_hits: true, query })).hits.total.value
  }

  /** Writes documents, durably, one bulk after the other. A `create` of what is there already leaves it as it is. */
  async write(actions: readonly BulkAction[]): Promise<void> {
    for (const bulk of inBulks(actions, this.#settings)) await this.#writeBulk(bulk)
  }

  /** Removes what a query finds, all of it that was written before this call. */
  async deleteWhere(query: Query): Promise<void> {
    for (let round = 1; round <= DELETE_ROUNDS; round += 1) {
      await this.refresh()
      const { body } = await this.#call<DeletedByQuery>({
        method: 'POST',
        path: '/_delete_by_query',
        query: { conflicts: 'proceed', refresh: true },
        body: { query },
        repeatable: true,
        timeoutMs: DELETE_TIMEOUT_MS,
      })
      if (body.deleted === body.total && body.failures.length === 0) return
    }
    throw new RevalError('LEDGER_FAILED', `${this.#alias} keeps changing while it is deleted from`, { transient: true })
  }

  /** One attempt, quickly over. */
  async ping(): Promise<void> {
    const call = { method: 'GET', path: '/_doc/ping', ignore: [404], repeatable: true } as const
    const { body } = await this.#call({ ...call, timeoutMs: PING_TIMEOUT_MS }, 'once')
    this.#assertThere(body)
  }

  async #writeBulk(bulk: readonly BulkAction[]): Promise<void> {
    let left = bulk
    await pRetry(
      async () => {
        const refused = await this.#send(left)
        left = refused.map(({ action }) => action)
        const worst = refused.find(({ status }) => !NO_ROOM.includes(status)) ?? refused[0]
        if (worst === undefined) return
        const what = `${this.#alias} did not take ${refused.length} of ${bulk.length} documents: ${worst.reason}`
        throw new RevalError('LEDGER_FAILED', what, { transient: NO_ROOM.includes(worst.status) })
      },
      {
        retries: BULK_TRIES - 1,
        minTimeout: 1_000,
        factor: 2,
        randomize: true,
        signal: this.#closing,
        // A call that failed as a whole was tried again already.
        shouldRetry: ({ error }) => !(error instanceof EngineFault) && error instanceof RevalError && error.transient,
      },
    )
  }

  /** Sends one bulk; what was not taken, and why. */
  async #send(bulk: readonly BulkAction[]): Promise<Refused[]> {
    const { body } = await this.#call<BulkAnswer>({
      method: 'POST',
      path: '/_bulk',
      query: {
        require_alias: true,
        filter_path: 'errors,items.*.status,items.*.error.type,items.*.error.reason',
      },
      lines: bulk.map(({ lines }) => lines).join(''),
      repeatable: true,
    })
    if (!body.errors) return []
    return bulk.flatMap((action, at): Refused[] => {
      const item = body.items[at]?.[action.op]
      if (item === undefined) {
        throw new RevalError('LEDGER_FAILED', `the answer to a bulk to ${this.#alias} lacks item ${at}`)
      }
      if (item.status < 300 || (action.op === 'create' && item.status === 409)) return []
      if (item.status === 404) throw this.#gone(reasonOf(item))
      return [{ action, status: item.status, reason: reasonOf(item) }]
    })
  }

  async #call<Body>(call: EngineCall, times?: 'once'): Promise<EngineAnswer<Body>> {
    const whole = { ...call, path: `/${this.#alias}${call.path}` }
    try {
      return times === 'once' ? await this.#engine.callOnce<Body>(whole) : await this.#engine.call<Body>(whole)
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error
      if (error.status === 404) throw this.#gone(error.message)
      // Who calls knows what a fault of the ledger means, whether it lets nobody in or is away.
      const { code, message, transient } = error
      throw code === 'LEDGER_FAILED' ? error : new RevalError('LEDGER_FAILED', message, { cause: error, transient })
    }
  }

  /** A document that is not there and an index that is not there are both answered with 404. */
  #assertThere(body: unknown): void {
    if (typeof body === 'object' && body !== null && 'error' in body) throw this.#gone(reasonOf(body))
  }

  #gone(reason: string): RevalError {
    const what = `the run ledger is gone: ${this.#alias} is no alias of an index any more (${reason})`
    return new RevalError('LEDGER_FAILED', what, { details: { index: this.#alias } })
  }
}

interface Version {
  readonly _seq_no: number
  readonly _primary_term: number
}

interface GetAnswer<Source> extends Version {
  readonly found?: boolean
  readonly _source: Source
}

export interface SearchAnswer<Source> {
  readonly hits: {
    readonly total: { readonly value: number }
    readonly hits: readonly { readonly _source: Source }[]
  }
  readonly aggregations?: Readonly<Record<string, { readonly value: number }>>
}

interface DeletedByQuery {
  readonly total: number
  readonly deleted: number
  readonly failures: readonly unknown[]
}

interface BulkItem {
  readonly status: number
  readonly error?: unknown
}

interface BulkAnswer {
  readonly errors: boolean
  readonly items: readonly Readonly<Partial<Record<BulkAction['op'], BulkItem>>>[]
}

interface Refused {
  readonly action: BulkAction
  readonly status: number
  readonly reason: string
}

function revisionOf({ _seq_no: sequence, _primary_term: term }: Version): string {
  return `${sequence}.${term}`
}

/** What the engine compares; null for a revision that is none of ours and so is nobody's. */
function conditionOf(revision: string): Readonly<Record<string, string>> | null {
  if (revision === 'new') return { op_type: 'create' }
  const [, sequence, term] = /^(\d+)\.(\d+)$/.exec(revision) ?? []
  return sequence === undefined || term === undefined ? null : { if_seq_no: sequence, if_primary_term: term }
}
