import { RevalError } from '../../../errors/reval-error.ts'
import type { Clock } from '../../../ports/clock.ts'
import { connectMysql, type MysqlConnection } from './connection.ts'
import type { MysqlSettings } from './settings.ts'

/** A firewall may forget an idle connection without telling either end; the next statement would wait for its time limit. */
const IDLE_MS = 30_000

/** Connections for many short reads: one is kept open between them, until a read fails or none comes for a while. */
export class KeptConnection {
  readonly #settings: MysqlSettings
  readonly #clock: Clock
  readonly #open = new Set<MysqlConnection>()
  #idle: { readonly connection: MysqlConnection; readonly since: number } | null = null
  #isClosed = false

  constructor(settings: MysqlSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** The result of a read on a connection of its own, which is closed if the read fails. Rejects SOURCE_FAILED after `close`. */
  async use<Result>(read: (connection: MysqlConnection) => Promise<Result>): Promise<Result> {
    const connection = await this.#take()
    try {
      const result = await read(connection)
      if (this.#idle !== null || this.#isClosed) await this.#end(connection)
      else this.#idle = { connection, since: this.#clock.monotonic() }
      return result
    } catch (error) {
      await this.#end(connection)
      throw error
    }
  }

  /** Closes all connections; reads in progress fail. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#idle = null
    await Promise.all([...this.#open].map((connection) => this.#end(connection)))
  }

  async #take(): Promise<MysqlConnection> {
    this.#refuseClosed()
    const idle = this.#idle
    this.#idle = null
    if (idle !== null) {
      if (this.#clock.monotonic() - idle.since < IDLE_MS) return idle.connection
      await this.#end(idle.connection)
    }
    const connection = await connectMysql(this.#settings, 'SOURCE_FAILED')
    this.#open.add(connection)
    if (this.#isClosed) await this.#end(connection)
    this.#refuseClosed()
    return connection
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new RevalError('SOURCE_FAILED', 'the trainee source is closed')
  }

  async #end(connection: MysqlConnection): Promise<void> {
    this.#open.delete(connection)
    await connection.close()
  }
}
