import { Client, errors } from '@opensearch-project/opensearch'
import pRetry from 'p-retry'
import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { SearchSettings } from './settings.ts'

export interface EngineCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  /** With a leading slash, its parts encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  /** A body of lines, each of them JSON and ended by a newline, in place of `body`. */
  readonly lines?: string | Buffer
  /** Answers of these statuses are given back and not rejected. */
  readonly ignore?: readonly number[]
  /**
   * Whether the call may be sent again when nobody knows whether it was carried out: true for what only reads and for
   * what comes to the same when done twice. An answer of "too busy" is always tried again.
   */
  readonly repeatable: boolean
  readonly timeoutMs?: number
}

export interface EngineAnswer<Body> {
  readonly status: number
  readonly body: Body
}

const REQUEST_TIMEOUT_MS = 60_000
/** With a second at first and doubling, about half a minute: a node that restarts is back by then. */
const TRIES = 5
const BUSY = [429, 502, 503, 504]

/**
 * One search engine, OpenSearch or Elasticsearch 7, over HTTP. What it refuses or fails becomes an error of the code
 * of whoever asks; transient is what may go better later: a connection that failed, 429, 5xx.
 */
export class Engine {
  readonly #client: Client
  readonly #code: ErrorCode
  readonly #closing = new AbortController()
  readonly #address: string

  constructor(settings: SearchSettings, code: ErrorCode) {
    this.#address = settings.searchUrl
    this.#code = code
    this.#client = new Client({
      node: settings.searchUrl,
      ...(settings.searchUser === ''
        ? {}
        : { auth: { username: settings.searchUser, password: settings.searchPassword } }),
      ...(settings.searchCa === null ? {} : { ssl: { ca: settings.searchCa } }),
      // Which call may be repeated is known here and not to the client.
      maxRetries: 0,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // What it would protect from is text of our own, and it parses several times slower.
      disablePrototypePoisoningProtection: true,
    })
  }

  /** Sends a call. Rejects with the engine's code, also once it was closed. The caller knows the shape of the answer. */
  async call<Body = unknown>(call: EngineCall): Promise<EngineAnswer<Body>> {
    return pRetry(() => this.#send<Body>(call), {
      retries: TRIES - 1,
      minTimeout: 1_000,
      factor: 2,
      randomize: true,
      signal: this.#closing.signal,
      shouldRetry: ({ error }) =>
        error instanceof EngineFault && (error.isBusy || (error.transient && call.repeatable)),
    })
  }

  /** One attempt, for who wants to know at once: readiness, configuration. */
  async callOnce<Body = unknown>(call: EngineCall): Promise<EngineAnswer<Body>> {
    return this.#send<Body>(call)
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort(this.#closed())
    await this.#client.close()
  }

  async #send<Body>({
    method,
    path,
    query,
    body,
    lines,
    ignore = [],
    timeoutMs,
  }: EngineCall): Promise<EngineAnswer<Body>> {
    if (this.#isClosed()) throw this.#closed()
    try {
      const answer = await this.#client.transport.request(
        {
          method,
          path,
          ...(query === undefined ? {} : { querystring: query }),
          ...(lines === undefined ? (body === undefined ? {} : { body }) : { bulkBody: lines }),
        },
        { ignore: [...ignore], ...(timeoutMs === undefined ? {} : { requestTimeout: timeoutMs }) },
      )
      return { status: answer.statusCode ?? 0, body: answer.body as Body }
    } catch (error) {
      throw this.#isClosed() ? this.#closed() : this.#fault(error)
    }
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #closed(): RevalError {
    return new RevalError(this.#code, 'the connection to the search engine is closed')
  }

  #fault(error: unknown): RevalError {
    if (error instanceof errors.ResponseError) {
      const status = error.statusCode
      const what = `the search engine answered ${status}: ${reasonOf(error.body)}`
      const options = { cause: error, transient: BUSY.includes(status), type: typeOf(error.body) }
      return new EngineFault(status === 401 ? 'SERVER_LOGIN_REFUSED' : this.#code, what, status, options)
    }
    const reason = error instanceof Error ? error.message : String(error)
    const lost =
      error instanceof errors.ConnectionError ||
      error instanceof errors.TimeoutError ||
      error instanceof errors.NoLivingConnectionsError
    const what = lost ? `the search engine at ${this.#address} cannot be reached: ${reason}` : reason
    return new EngineFault(this.#code, what, null, { cause: error, transient: lost })
  }
}

/** What the engine answered, with its HTTP status and its own word for the fault where it came to one. */
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

  /** It was not carried out, for lack of room or of a shard. */
  get isBusy(): boolean {
    return this.status === 429
  }
}

function typeOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null
  const { error } = body
  return typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : null
}

/** The reason of an error body, as short as it can be told. */
export function reasonOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('error' in body)) return String(body).slice(0, 300)
  const { error } = body
  if (typeof error === 'string') return error.slice(0, 300)
  if (typeof error !== 'object' || error === null) return 'no reason'
  const type = 'type' in error ? String(error.type) : 'error'
  const reason = 'reason' in error ? String(error.reason) : ''
  return `${type}: ${reason}`.slice(0, 500)
}
