import { RevalError } from '../../../errors/reval-error.ts'
import type { Guard } from '../../../ports/index-store.ts'
import type { Bulks } from '../../opensearch/bulks.ts'
import { EngineFault, reasonOf, type Engine, type EngineAnswer, type EngineCall } from '../../opensearch/engine.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { aliasOf, type LedgerIndexName } from './schema.ts'

export type Query = Readonly<Record<string, unknown>>

/** A document and its version when it was read. */
interface StoredDocument<Source> {
  readonly source: Source
  readonly revision: string
}

/** How long the engine itself waits for a shard, so that it gives up before we do. */
const SHARD_TIMEOUT = '3s'
/** How often a deletion may conflict with concurrent writes. */
const DELETE_ROUNDS = 10
/** The maximum length of an id in the engine. */
const LONGEST_ID = 512

/** One index of the ledger behind its alias. Every fault is LEDGER_FAILED, or LEDGER_GONE if the index is gone. */
export class LedgerIndex {
  readonly #engine
  readonly #alias

  constructor(engine: Engine, name: LedgerIndexName, settings: Pick<SearchSettings, 'searchPrefix'>) {
    this.#engine = engine
    this.#alias = aliasOf(name, settings)
  }

  /** The current document, visible to searches or not, and its version; null if there is none. */
  async get<Source>(id: string): Promise<StoredDocument<Source> | null> {
    if (id.length > LONGEST_ID) return null
    const { body } = await this.#document<GetAnswer<Source>>(id, { method: 'GET', ignore: [404], kind: 'small' })
    return body.found === true ? { source: body._source, revision: revisionOf(body) } : null
  }

  /**
   * Stores a document where its version is still the given one, `'new'` for none yet. Resolves with the new version;
   * null if it has another. If the answer was lost it rejects with an `EngineFault` that tells.
   */
  async put(id: string, source: object, revision: string, guard?: Guard): Promise<string | null> {
    const condition = conditionOf(revision)
    if (condition === null) return null
    const { status, body } = await this.#document<Version>(id, {
      method: 'PUT',
      query: { ...condition, require_alias: true, timeout: SHARD_TIMEOUT },
      body: source,
      ignore: [409],
      kind: 'small',
      guard,
    })
    return status === 409 ? null : revisionOf(body)
  }

  /** Removes one document, if it exists. */
  async delete(id: string): Promise<void> {
    await this.#document(id, { method: 'DELETE', query: { timeout: SHARD_TIMEOUT }, ignore: [404], kind: 'small' })
  }

  /** Searches everything that was written before this call. */
  async search<Source>(search: Query): Promise<SearchAnswer<Source>['hits']> {
    await this.#refresh()
    return (await this.#coded(() => this.#engine.search<SearchAnswer<Source>>(this.#alias, search))).hits
  }

  /** How many documents a query finds. */
  async count(query: Query): Promise<number> {
    return (await this.search({ size: 0, track_total_hits: true, query })).total.value
  }

  /** Writes documents by id, durably, and replaces existing ones. */
  async write(bulks: Bulks, documents: ReadonlyMap<string, object>): Promise<void> {
    const actions = [...documents].map(([_id, source]) =>
      Buffer.from(`${JSON.stringify({ index: { _id } })}\n${JSON.stringify(source)}\n`),
    )
    const answers = await this.#coded(() => bulks.send({ alias: this.#alias }, actions))
    const refused = answers.filter(({ status }) => status >= 300)
    const [first] = refused
    if (first === undefined) return
    if (first.status === 404) throw this.#gone(reasonOf(first))
    const what = `${this.#alias} rejected ${refused.length} of ${documents.size} documents: ${reasonOf(first)}`
    // A full disk is answered with 429: there may be space later.
    throw new RevalError('LEDGER_FAILED', what, { transient: first.status === 429 })
  }

  /** Removes all results of a query that were written before this call. */
  async deleteWhere(query: Query): Promise<void> {
    for (let round = 1; round <= DELETE_ROUNDS; round += 1) {
      await this.#refresh()
      const { body } = await this.#coded(() =>
        this.#engine.call<DeletedByQuery>({
          method: 'POST',
          path: `/${this.#alias}/_delete_by_query`,
          query: { conflicts: 'proceed', refresh: true },
          body: { query },
          kind: 'deletion',
        }),
      )
      if (body.deleted === body.total && body.failures.length === 0) return
    }
    throw new RevalError('LEDGER_FAILED', `${this.#alias} keeps changing during deletion`, { transient: true })
  }

  async ping(): Promise<void> {
    await this.#document('ping', { method: 'GET', ignore: [404], kind: 'ping' })
  }

  /** A missing document and a missing index are both answered with 404; the latter is an error. */
  async #document<Body>(id: string, call: Omit<EngineCall, 'path'>): Promise<EngineAnswer<Body>> {
    const path = `/${this.#alias}/_doc/${encodeURIComponent(id)}`
    const answer = await this.#coded(() => this.#engine.call<Body>({ ...call, path }))
    const { status, body } = answer
    if (status === 404 && typeof body === 'object' && body !== null && 'error' in body) throw this.#gone(reasonOf(body))
    return answer
  }

  async #refresh(): Promise<void> {
    await this.#coded(() => this.#engine.refresh(this.#alias, 'search'))
  }

  async #coded<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error
      if (error.status === 404) throw this.#gone(error.message)
      // Callers handle an error of the ledger, whether the engine refuses the login or is away.
      const { code, message, transient } = error
      throw code === 'LEDGER_FAILED' ? error : new RevalError('LEDGER_FAILED', message, { cause: error, transient })
    }
  }

  #gone(reason: string): RevalError {
    const what = `the run ledger is gone: ${this.#alias} is no longer an alias of an index (${reason})`
    return new RevalError('LEDGER_GONE', what, { details: { index: this.#alias } })
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

interface SearchAnswer<Source> {
  readonly hits: {
    readonly total: { readonly value: number }
    readonly hits: readonly { readonly _source: Source }[]
  }
}

interface DeletedByQuery {
  readonly total: number
  readonly deleted: number
  readonly failures: readonly unknown[]
}

function revisionOf({ _seq_no: sequence, _primary_term: term }: Version): string {
  return `${sequence}.${term}`
}

/** What the engine compares; null for a revision that is not one of ours, which no document has. */
function conditionOf(revision: string): Readonly<Record<string, string>> | null {
  if (revision === 'new') return { op_type: 'create' }
  const [, sequence, term] = /^(\d+)\.(\d+)$/.exec(revision) ?? []
  return sequence === undefined || term === undefined ? null : { if_seq_no: sequence, if_primary_term: term }
}
