import { RevalError } from '../../../errors/reval-error.ts'
import type { TcsPerson } from '../../../domain/trainee.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Snapshot, TraineeSource } from '../../../ports/sources.ts'
import { pagedSnapshot, pageSize } from '../pages.ts'
import { connectMysql, type MysqlConnection } from './connection.ts'
import type { MysqlSettings } from './settings.ts'
import { findTables, ignoresCase, refuseMissing } from './tables.ts'
import { personPages } from './trainee-pages.ts'

export interface MysqlTraineeSourceOptions {
  readonly settings: MysqlSettings
  /** Persons that are read at once, with all that belongs to them. */
  readonly pageRows?: number
  /** The most persons that are read in a second; 0, as without it, is without a limit. */
  readonly rowsPerSecond?: number
  readonly clock: Clock
}

const PAGE_ROWS = 1_000
/** Counting reads a whole index. */
const COUNT_MS = 300_000
const PING_MS = 5_000

/**
 * The trainees in the database of TCS, by id. Each snapshot is a transaction on a connection of its own, and nothing is
 * open between snapshots: so a server that was away is found again by asking it. Rejects SERVER_UNREACHABLE,
 * SERVER_LOGIN_REFUSED or SOURCE_MISSING (no such database) when the server does not take a connection now.
 */
export async function openMysqlTraineeSource(options: MysqlTraineeSourceOptions): Promise<TraineeSource> {
  const connection = await connectMysql(options.settings, 'SERVER_UNREACHABLE')
  await connection.close()
  return new MysqlTraineeSource(options)
}

class MysqlTraineeSource implements TraineeSource {
  readonly #options: MysqlTraineeSourceOptions
  readonly #closing = new AbortController()
  readonly #open = new Set<AsyncDisposable>()

  constructor(options: MysqlTraineeSourceOptions) {
    this.#options = options
  }

  async snapshot(): Promise<Snapshot<TcsPerson>> {
    const { pageRows = PAGE_ROWS, rowsPerSecond = 0, clock } = this.#options
    const connection = await this.#connect()
    try {
      const found = await findTables(connection)
      refuseMissing(found)
      const foldsCurricula = ignoresCase(found, 'CurriculumMembership', 'programmeMembershipUuid')
      // From here on every query sees what this moment sees.
      await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
      await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
      const [[count] = []] = await connection.query('SELECT count(*) FROM ContactDetails', [], COUNT_MS)
      const rows = pageSize(pageRows, rowsPerSecond)
      const snapshot = pagedSnapshot({
        expected: Number(count),
        pages: () => personPages(connection, { rows, foldsCurricula }),
        rowsPerSecond,
        clock,
        close: async () => {
          this.#open.delete(snapshot)
          await connection.close()
        },
      })
      this.#open.add(snapshot)
      return snapshot
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async ping(): Promise<void> {
    const connection = await this.#connect()
    // Looking at the tables takes no work: a server that does not answer it is not well.
    const timer = setTimeout(() => connection.destroy(), PING_MS)
    try {
      refuseMissing(await findTables(connection))
    } finally {
      clearTimeout(timer)
      await connection.close()
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const snapshot of this.#open) await snapshot[Symbol.asyncDispose]()
  }

  async #connect(): Promise<MysqlConnection> {
    if (this.#closing.signal.aborted) throw new RevalError('SOURCE_FAILED', 'the trainee source is closed')
    return connectMysql(this.#options.settings, 'SOURCE_FAILED')
  }
}
