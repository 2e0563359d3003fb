import { RevalError } from '../../../errors/reval-error.ts'
import type { TcsPerson } from '../../../domain/trainee.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Snapshot, TraineeSource } from '../../../ports/sources.ts'
import { pagedSnapshot, pageSize } from '../pages.ts'
import { connectMysql, type MysqlConnection } from './connection.ts'
import { KeptConnection } from './kept-connection.ts'
import { personPages, personsOf, type PersonOptions } from './persons.ts'
import type { MysqlSettings } from './settings.ts'
import { findTables, ignoresCase, isReadable, refuseMissing } from './schema.ts'

export interface MysqlTraineeSourceOptions {
  readonly settings: MysqlSettings
  /** Persons per page, read with their memberships and placements. */
  readonly pageRows?: number
  /** The maximum of persons per second; 0, the default, is unlimited. */
  readonly rowsPerSecond?: number
  readonly clock: Clock
}

const PAGE_ROWS = 1_000
/** Counting scans a whole index. */
const COUNT_MS = 300_000
const PING_MS = 5_000

/**
 * The trainees in the database of TCS, by id. Each snapshot is a transaction on its own connection; `recordsOf` keeps one
 * open between calls and replaces it after a fault: so a server that was away works again once it is back. Rejects SERVER_UNREACHABLE,
 * SERVER_LOGIN_REFUSED or SOURCE_MISSING (no such database) if the server does not accept a connection now.
 */
export async function openMysqlTraineeSource(options: MysqlTraineeSourceOptions): Promise<TraineeSource> {
  const { settings, pageRows = PAGE_ROWS, rowsPerSecond = 0, clock } = options
  await (await connectMysql(settings, 'SERVER_UNREACHABLE')).close()
  const open = new Set<Snapshot<TcsPerson>>()
  const kept = new KeptConnection(settings, clock)
  let isClosed = false
  const connect = async () => {
    if (isClosed) throw new RevalError('SOURCE_FAILED', 'the trainee source is closed')
    return connectMysql(settings, 'SOURCE_FAILED')
  }
  return {
    snapshot: async () => {
      const connection = await connect()
      try {
        const rows = pageSize(pageRows, rowsPerSecond)
        const options = await personOptions(connection)
        // From here on every query sees the state of this moment.
        await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
        await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
        const [[count] = []] = await connection.query('SELECT count(*) FROM ContactDetails', [], COUNT_MS)
        const snapshot = pagedSnapshot({
          expected: Number(count),
          pages: () => personPages(connection, rows, options),
          rowsPerSecond,
          clock,
          close: async () => {
            open.delete(snapshot)
            await connection.close()
          },
        })
        open.add(snapshot)
        return snapshot
      } catch (error) {
        await connection.close()
        throw error
      }
    },
    // TCS may have been changed since the last call, so its tables are looked at each time.
    recordsOf: (keys) => kept.use(async (connection) => personsOf(connection, keys, await personOptions(connection))),
    ping: async () => {
      const connection = await connect()
      // Reading the table names is cheap: a server that does not answer it is unhealthy.
      const timer = setTimeout(() => connection.destroy(), PING_MS)
      try {
        refuseMissing(await findTables(connection))
      } finally {
        clearTimeout(timer)
        await connection.close()
      }
    },
    close: async () => {
      isClosed = true
      for (const snapshot of open) await snapshot[Symbol.asyncDispose]()
      await kept.close()
    },
  }
}

/** How to read persons from the tables of this database. Rejects as `refuseMissing`. */
async function personOptions(connection: MysqlConnection): Promise<PersonOptions> {
  const found = await findTables(connection)
  refuseMissing(found)
  return {
    foldsCurricula: ignoresCase(found, 'CurriculumMembership', 'programmeMembershipUuid'),
    hasPlacements: isReadable(found, 'Placement'),
  }
}
