import { connect, isIP, type Socket } from 'node:net'
import { createConnection, type Connection, type ConnectionOptions, type QueryError, type QueryResult } from 'mysql2'
import { RevalError } from '../../../errors/reval-error.ts'
import { connectFault, statementFault } from './faults.ts'
import type { MysqlSettings } from './settings.ts'

/** A value as the client returns it, with dates as text. */
export type Cell = string | number | Buffer | null

/** A value for a `?`: a list becomes a list in brackets, a list of lists the rows of an INSERT. */
export type Parameter = string | number | null | readonly Parameter[]

const CONNECT_MS = 5_000
/** For the whole handshake: a server may accept the connection and then send nothing. */
const GREETING_MS = 8_000
const STATEMENT_MS = 60_000
const CLOSE_TIMEOUT_MS = 2_000

/**
 * One connection. A statement that fails rejects with a coded error; a connection that is lost stays lost. Time limits
 * are kept here: the client would keep the process alive for them, and leaves statements of a cut connection waiting.
 */
export class MysqlConnection {
  readonly #core: Connection
  #isClosed = false
  readonly #cut = new AbortController()

  constructor(core: Connection) {
    this.#core = core
  }

  /** The rows of a statement, each an array of its columns; empty for a statement without rows. */
  async query(sql: string, values: readonly Parameter[] = [], timeout = STATEMENT_MS): Promise<readonly Cell[][]> {
    const late = setTimeout(() => this.#destroy(`no answer within ${timeout / 1000} s`), timeout)
    const { promise, resolve, reject } = Promise.withResolvers<QueryResult>()
    const cut = () => reject(this.#cut.signal.reason as Error)
    this.#cut.signal.addEventListener('abort', cut)
    try {
      if (this.#cut.signal.aborted) cut()
      this.#core.query({ sql, values: [...values] }, (error: QueryError | null, rows: QueryResult) => {
        if (error === null) resolve(rows)
        else reject(error)
      })
      const result = await promise
      // `rowsAsArray`, and the types of `Cell` by the options of the connection.
      return Array.isArray(result) ? (result as unknown as Cell[][]) : []
    } catch (error) {
      throw statementFault(error)
    } finally {
      clearTimeout(late)
      this.#cut.signal.removeEventListener('abort', cut)
    }
  }

  /** Ends the connection, and with it its transaction and its lock. Idempotent, never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
      this.#core.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.destroy()
  }

  /** Closes the connection at once: running statements reject. */
  destroy(): void {
    this.#destroy('it was closed')
  }

  #destroy(why: string): void {
    this.#isClosed = true
    this.#cut.abort(new Error(why))
    this.#core.destroy()
  }
}

/** The address of the database. */
export interface MysqlAddress {
  readonly host: string
  readonly port: number
  readonly database: string
}

/** The parts of REVAL_MYSQL_URL. Throws CONFIG_INVALID if it has no server or no database. */
export function mysqlAddress({ mysqlUrl }: MysqlSettings): MysqlAddress {
  const url = URL.canParse(mysqlUrl) ? new URL(mysqlUrl) : null
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '')
  if (url === null || url.hostname === '' || database === '') {
    throw new RevalError('CONFIG_INVALID', 'REVAL_MYSQL_URL must contain a host and a database as its path')
  }
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? 3306 : Number(url.port), database }
}

/**
 * A connection of its own, ready for questions. Rejects SERVER_LOGIN_REFUSED, SOURCE_MISSING for a database that does
 * not exist, and `unreachable` for a server that is not there or cannot be trusted; nothing is left open then.
 */
export async function connectMysql(
  settings: MysqlSettings,
  unreachable: 'SERVER_UNREACHABLE' | 'SOURCE_FAILED',
): Promise<MysqlConnection> {
  const address = mysqlAddress(settings)
  const core = createConnection(optionsOf(settings, address))
  try {
    await greeted(core)
    const connection = new MysqlConnection(core)
    // The server's own settings must not change how texts are quoted, which dates are kept, and how long a reader may take
    // for a page.
    await connection.query(
      `SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO',
        wait_timeout = 28800, lock_wait_timeout = 60, innodb_lock_wait_timeout = 60`,
      [],
      GREETING_MS,
    )
    return connection
  } catch (error) {
    core.destroy()
    throw connectFault(error, address, unreachable)
  }
}

function optionsOf(settings: MysqlSettings, { host, port, database }: MysqlAddress): ConnectionOptions {
  const { mysqlUser, mysqlPassword, mysqlTls, mysqlCa } = settings
  const isEncrypted = mysqlTls === 'verify'
  return {
    host,
    port,
    database,
    user: mysqlUser,
    password: mysqlPassword,
    charset: 'utf8mb4',
    // Dates as they are stored: a Date would lose 0000-00-00 and move days between time zones.
    dateStrings: true,
    rowsAsArray: true,
    connectTimeout: CONNECT_MS,
    ...(isEncrypted && { ssl: { verifyIdentity: true, ...(mysqlCa !== null && { ca: mysqlCa }) } }),
    ...(isEncrypted && isIP(host) !== 0 && { stream: () => namedSocket(host, port) }),
  }
}

/**
 * The client does not pass TLS the host when it is an IP address, and TLS then checks the certificate for "localhost": so
 * the socket passes it. If the name of this property changed, the check would fail, not pass.
 */
function namedSocket(host: string, port: number): Socket {
  return Object.assign(connect({ host, port }), { _host: host })
}

function greeted(core: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no greeting within ${GREETING_MS / 1000} s`)), GREETING_MS)
    const settle = (error: Error | null) => {
      clearTimeout(timer)
      if (error === null) resolve()
      else reject(error)
    }
    // Both listeners stay: an error event without one would end the process.
    core.on('connect', () => settle(null))
    core.on('error', settle)
  })
}
