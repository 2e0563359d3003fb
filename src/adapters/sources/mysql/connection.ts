import type { Connection, QueryError, QueryResult } from 'mysql2'
import { statementFault } from './faults.ts'

/** A value as the client gives it, with dates as texts. */
export type Cell = string | number | Buffer | null

/** What may stand for a `?`: lists become lists in brackets, those of lists the rows of an INSERT. */
export type Parameter = string | number | null | readonly Parameter[]

const STATEMENT_MS = 60_000
const FAREWELL_MS = 2_000

/** One connection. A statement that fails rejects with a coded error; a connection that is lost stays lost. */
export class MysqlConnection {
  readonly #core: Connection
  #isClosed = false

  constructor(core: Connection) {
    this.#core = core
  }

  /** The rows that a statement gives, each an array of its columns; none for a statement that gives no rows. */
  async query(sql: string, values: readonly Parameter[] = [], timeout = STATEMENT_MS): Promise<readonly Cell[][]> {
    try {
      const result = await new Promise<QueryResult>((resolve, reject) => {
        this.#core.query({ sql, values: [...values], timeout }, (error: QueryError | null, rows: QueryResult) => {
          if (error === null) resolve(rows)
          else reject(error)
        })
      })
      // `rowsAsArray`, and the types of `Cell` by the options of the connection.
      return Array.isArray(result) ? (result as unknown as Cell[][]) : []
    } catch (error) {
      // The answer to a statement that took too long would be taken for that to the next one.
      if (isTimeout(error)) this.destroy()
      throw statementFault(error)
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
    this.#core.destroy()
  }

  /** Cuts the connection at once: whatever is under way on it rejects. */
  destroy(): void {
    this.#isClosed = true
    this.#core.destroy()
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'PROTOCOL_SEQUENCE_TIMEOUT'
}
