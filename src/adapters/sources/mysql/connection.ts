import type { Connection, QueryError, QueryResult } from 'mysql2'
import { statementFault } from './faults.ts'

/** A value as the client gives it, with dates as texts. */
export type Cell = string | number | Buffer | null

/** What may stand for a `?`: lists become lists in brackets, those of lists the rows of an INSERT. */
export type Parameter = string | number | null | readonly Parameter[]

const STATEMENT_MS = 60_000
const FAREWELL_MS = 2_000

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

  /** The rows that a statement gives, each an array of its columns; none for a statement that gives no rows. */
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

  /** Ends the connection, and with it its transaction and its lock. Idempotent, rejects nothing. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, FAREWELL_MS)
      this.#core.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.destroy()
  }

  /** Cuts the connection at once: whatever is under way on it rejects. */
  destroy(): void {
    this.#destroy('it was closed')
  }

  #destroy(why: string): void {
    this.#isClosed = true
    this.#cut.abort(new Error(why))
    this.#core.destroy()
  }
}
