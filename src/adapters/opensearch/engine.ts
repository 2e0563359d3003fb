import { Client, errors, Serializer } from '@opensearch-project/opensearch'
import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Guard } from '../../ports/index-store.ts'
import type { SearchSettings } from './settings.ts'

/**
 * Milliseconds that a call of each kind may take. One that takes longer rejects with a transient error, and its
 * outcome is unknown.
 */
export const CALL_LIMITS = {
  /** A ping. */
  ping: 2_000,
  /** Reading or writing one small document, or reading aliases. */
  small: 5_000,
  /** Searches, pages of documents, and requests about the whole cluster. */
  search: 30_000,
  /** A page of a list, for which somebody waits. The engine gives up after 5 s. */
  list: 10_000,
  bulk: 60_000,
  /** Creating an index, moving aliases, a refresh after a large write. The engine gives up after 30 s. */
  large: 60_000,
  /** Deletes some ten thousand documents a second. */
  deletion: 180_000,
} as const

export interface EngineCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  /** With a leading slash, its parts encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  /** A body of lines, each JSON and ended by a newline, instead of `body`. */
  readonly lines?: string | Buffer
  /** Answers with these statuses resolve instead of rejecting. */
  readonly ignore?: readonly number[]
  readonly kind: keyof typeof CALL_LIMITS
  /** Whether the body of the answer is given as text. */
  readonly asText?: boolean
  /** Called in the tick in which the request is sent. */
  readonly guard?: Guard | undefined
}

export interface EngineAnswer<Body> {
  readonly status: number
  readonly body: Body
}

const UNAVAILABLE = [429, 502, 503, 504]

/** The settings of an index. */
export interface IndexDescription {
  readonly aliases?: Readonly<Record<string, unknown>>
  readonly mappings?: { readonly _meta?: unknown }
}

/** Leaves answers unparsed, except errors, whose reasons are read. */
class TextSerializer extends Serializer {
  override deserialize(json: string): unknown {
    return json.startsWith('{"error"') ? super.deserialize(json) : json
  }
}

/**
 * One search engine, OpenSearch or Elasticsearch 7, over HTTP. What it refuses or fails becomes an error of the code given;
 * transient is what may go better later: a connection that failed, 429, 5xx. A call is sent once; the caller decides
 * whether to send it again.
 */
export class Engine {
  readonly #client: Client
  /** Does not parse what the engine answers. */
  readonly #textClient: Client
  readonly #code: ErrorCode
  readonly #address: string
  #isClosed = false

  constructor(settings: SearchSettings, code: ErrorCode) {
    this.#address = settings.searchUrl
    this.#code = code
    const options = {
      node: settings.searchUrl,
      ...(settings.searchUser === ''
        ? {}
        : { auth: { username: settings.searchUser, password: settings.searchPassword } }),
      ...(settings.searchCa === null ? {} : { ssl: { ca: settings.searchCa } }),
      maxRetries: 0,
      // We wrote the text, and the protection makes parsing several times slower.
      disablePrototypePoisoningProtection: true,
    } as const
    this.#client = new Client(options)
    this.#textClient = new Client({ ...options, Serializer: TextSerializer })
  }

  /**
   * Sends a call, once. Rejects with the engine's code, also after it was closed; with what the guard throws, before
   * anything was sent; and after the limit of its kind at the latest. The caller knows the shape of the answer.
   */
  async call<Body = unknown>(call: EngineCall): Promise<EngineAnswer<Body>> {
    const { method, path, query, body, lines, ignore = [], kind, asText = false, guard } = call
    if (this.#isClosed) throw this.#closed()
    guard?.()
    const limit = CALL_LIMITS[kind]
    // The client hands the request to the socket in this same tick.
    const { transport } = asText ? this.#textClient : this.#client
    const request = transport.request(
      {
        method,
        path,
        ...(query === undefined ? {} : { querystring: query }),
        ...(lines === undefined ? (body === undefined ? {} : { body }) : { bulkBody: lines }),
      },
      { ignore: [...ignore], requestTimeout: limit },
    )
    // The client's own limit ends when the answer starts.
    const timer = setTimeout(() => request.abort(), limit)
    try {
      const answer = await request
      return { status: answer.statusCode ?? 0, body: answer.body as Body }
    } catch (error) {
      throw this.#hasClosed() ? this.#closed() : this.#fault(error, limit)
    } finally {
      clearTimeout(timer)
    }
  }

  async get<Body>(path: string, query: EngineCall['query'] = {}, kind: EngineCall['kind'] = 'search'): Promise<Body> {
    return (await this.call<Body>({ method: 'GET', path, query, kind })).body
  }

  /** The answer of all shards, or an error: a partial answer would be mistaken for a complete one. */
  async search<Body>(
    target: string,
    body: object,
    { kind = 'search', query = {} }: Partial<Pick<EngineCall, 'kind' | 'query'>> = {},
  ): Promise<Body> {
    const path = `/${target}/_search`
    const whole = { allow_partial_search_results: false, ...query }
    return (await this.call<Body>({ method: 'POST', path, query: whole, body, kind })).body
  }

  /** Makes everything written so far visible to searches. Costs almost nothing if nothing is new. */
  async refresh<Body>(target: string, kind: EngineCall['kind']): Promise<Body> {
    return (await this.call<Body>({ method: 'POST', path: `/${target}/_refresh`, kind })).body
  }

  /** The existing indexes, aliases or patterns, by index; those that do not exist are absent. */
  async indexes(
    names: readonly string[],
    kind: EngineCall['kind'] = 'small',
  ): Promise<Readonly<Record<string, IndexDescription>>> {
    const query = { ignore_unavailable: true, allow_no_indices: true, filter_path: '*.aliases,*.mappings._meta' }
    return this.get(`/${names.join(',')}`, query, kind)
  }

  /** `exists` if there is an index of that name already; `unallocated` if no node accepts its shards. */
  async createIndex(index: string, body: object, guard?: Guard): Promise<'created' | 'exists' | 'unallocated'> {
    try {
      const { body: answer } = await this.call<{ readonly shards_acknowledged?: boolean }>({
        method: 'PUT',
        path: `/${index}`,
        body,
        kind: 'large',
        guard,
      })
      return answer.shards_acknowledged === false ? 'unallocated' : 'created'
    } catch (error) {
      if (error instanceof EngineFault && error.type === 'resource_already_exists_exception') return 'exists'
      throw error
    }
  }

  /** Carries out actions on aliases and indexes in one atomic step. */
  async changeAliases(actions: readonly object[], guard?: Guard): Promise<void> {
    await this.call({ method: 'POST', path: '/_aliases', body: { actions }, kind: 'large', guard })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.all([this.#client.close(), this.#textClient.close()])
  }

  /** A method, because it changes while a call is awaited. */
  #hasClosed(): boolean {
    return this.#isClosed
  }

  #closed(): RevalError {
    return new RevalError(this.#code, 'the connection to the search engine is closed')
  }

  #fault(error: unknown, limit: number): RevalError {
    if (error instanceof errors.ResponseError) {
      const status = error.statusCode
      const what = `the search engine answered ${status}: ${reasonOf(error.body)}`
      const options = { cause: error, transient: UNAVAILABLE.includes(status), type: typeOf(error.body) }
      return new EngineFault(status === 401 ? 'SERVER_LOGIN_REFUSED' : this.#code, what, status, options)
    }
    if (error instanceof errors.TimeoutError || error instanceof errors.RequestAbortedError) {
      const what = `the search engine at ${this.#address} did not answer within ${limit / 1_000} s`
      return new EngineFault(this.#code, what, null, { cause: error, transient: true })
    }
    const reason = error instanceof Error ? error.message : String(error)
    const lost = error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError
    const what = lost ? `cannot reach the search engine at ${this.#address}: ${reason}` : reason
    return new EngineFault(this.#code, what, null, { cause: error, transient: lost })
  }
}

/** An error answer of the engine: its HTTP status and error type, if there was an answer. */
export class EngineFault extends RevalError {
  readonly status: number | null
  /** Such as `index_not_found_exception`. */
  readonly type: string | null

  constructor(
    code: ErrorCode,
    message: string,
    status: number | null,
    options: { readonly cause?: unknown; readonly transient: boolean; readonly type?: string | null },
  ) {
    super(code, message, options)
    this.status = status
    this.type = options.type ?? null
  }

  /** Whether the call was carried out is unknown: its answer was lost, here or at a gateway. */
  get isUnanswered(): boolean {
    return this.transient && (this.status === null || this.status === 502 || this.status === 504)
  }
}

function typeOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null
  const { error } = body
  return typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : null
}

/** The reason in an error body, shortened. */
export function reasonOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('error' in body)) return String(body).slice(0, 300)
  const { error } = body
  if (typeof error === 'string') return error.slice(0, 300)
  if (typeof error !== 'object' || error === null) return 'no reason'
  const type = 'type' in error ? String(error.type) : 'error'
  const reason = 'reason' in error ? String(error.reason) : ''
  return `${type}: ${reason}`.slice(0, 500)
}
