import { createHash } from 'node:crypto'
import { RevalError } from '../../../errors/reval-error.ts'
import type { FilledRow, MisplacedRow } from '../../../ports/source-filling.ts'
import type { PartialFilling, PartlyFillable } from '../partial-filling.ts'
import type { MysqlConnection, Parameter } from './connection.ts'
import { dropRepeated, judge, misplacedRows } from './misplaced-rows.ts'
import { connectMysql, mysqlAddress } from './server.ts'
import type { MysqlSettings } from './settings.ts'
import {
  formerName,
  layOutStaged,
  layOutTable,
  newName,
  STAGED_TABLES,
  stagedColumns,
  stagedName,
} from './staged-tables.ts'
import { findTables, missingIn, TCS_COLUMNS, TCS_TABLES, type TcsTable } from './tables.ts'

/** Rows of one INSERT, as long as they are no longer than its text may be. */
const ROWS_AT_ONCE = 1_000
const TEXT_AT_ONCE = 1_000_000
/** A table's worth of rows. */
const TABLE_MS = 3_600_000

/** The tables of TCS in MySQL, to be filled. Nothing is open between fillings. */
export function fillableMysql(settings: MysqlSettings): PartlyFillable<TcsTable> {
  return {
    open: async () => (await connectMysql(settings, 'SERVER_UNREACHABLE')).close(),
    begin: () => begin(settings),
    holdRows: () => holdRows(settings),
    close: () => Promise.resolve(),
  }
}

async function holdRows(settings: MysqlSettings): Promise<boolean> {
  const connection = await connectMysql(settings, 'SOURCE_FAILED')
  try {
    const { tables } = await findTables(connection)
    for (const table of tables.keys()) {
      if ((await connection.query(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0) return true
    }
    return false
  } finally {
    await connection.close()
  }
}

async function begin(settings: MysqlSettings): Promise<PartialFilling<TcsTable>> {
  const connection = await connectMysql(settings, 'SOURCE_FAILED')
  try {
    const held = await lock(connection, mysqlAddress(settings).database)
    // Who holds the lock is the only one who fills: what is found belongs to a filling that died.
    await dropLeftOvers(connection)
    const found = await findTables(connection)
    refuseOtherTables(missingIn(found, 'named').columns)
    for (const statement of layOutStaged()) await connection.query(statement)
    return new MysqlFilling(connection, held, new Set(found.tables.keys()))
  } catch (error) {
    await connection.close()
    throw error
  }
}

/**
 * A lock of the server ends with the connection, so with the process too, if not at once: hence the second of patience.
 * Its name may have 64 characters.
 */
async function lock(connection: MysqlConnection, database: string): Promise<string> {
  const name = `reval filling ${createHash('sha256').update(database).digest('hex').slice(0, 40)}`
  const [[isMine] = []] = await connection.query('SELECT GET_LOCK(?, 1)', [name])
  if (Number(isMine) === 1) return name
  throw new RevalError('DATA_DIR_IN_USE', `the database ${database} of REVAL_MYSQL_URL is being filled by another`)
}

async function dropLeftOvers(connection: MysqlConnection): Promise<void> {
  const ours = TCS_TABLES.flatMap((table) => [newName(table), formerName(table)])
  const left = await connection.query(
    'SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN (?)',
    [ours],
  )
  if (left.length > 0) await connection.query(`DROP TABLE IF EXISTS ${left.map(([name]) => String(name)).join(', ')}`)
}

/** A table of one of these names and other columns is nobody's to replace. */
function refuseOtherTables(columns: readonly string[]): void {
  if (columns.length === 0) return
  const message = `the database of REVAL_MYSQL_URL has tables of TCS without ${columns.join(', ')}: they are not replaced`
  throw new RevalError('SOURCE_COLUMNS_MISSING', message, { details: { columns } })
}

class MysqlFilling implements PartialFilling<TcsTable> {
  readonly tables = TCS_TABLES
  readonly #connection: MysqlConnection
  readonly #lock: string
  /** The tables that are there already. */
  readonly #existing: ReadonlySet<TcsTable>
  #judging: Promise<void> | null = null

  constructor(connection: MysqlConnection, lock: string, existing: ReadonlySet<TcsTable>) {
    this.#connection = connection
    this.#lock = lock
    this.#existing = existing
  }

  async add<T extends TcsTable>(table: T, rows: readonly FilledRow<T>[]): Promise<void> {
    const { values: valuesOf } = STAGED_TABLES[table]
    const insert = `INSERT INTO ${stagedName(table)} (${stagedColumns(table).join(', ')}) VALUES ?`
    let waiting: Parameter[] = []
    let length = 0
    const send = async () => {
      if (waiting.length > 0) await this.#connection.query(insert, [waiting])
      waiting = []
      length = 0
    }
    for (const { line, values } of rows) {
      const row = [line, ...valuesOf(values)]
      waiting.push(row)
      for (const value of row) length += typeof value === 'string' ? value.length : 8
      if (waiting.length >= ROWS_AT_ONCE || length >= TEXT_AT_ONCE) await send()
    }
    await send()
  }

  async *misplaced(): AsyncGenerator<MisplacedRow> {
    await this.#judge()
    yield* misplacedRows(this.#connection)
  }

  async prepare(): Promise<void> {
    await this.#judge()
    await dropRepeated(this.#connection)
    if (this.#replacesRows()) return this.#replaceRows()
    for (const table of TCS_TABLES) await this.#connection.query(layOutTable(table, newName(table)))
    await this.#connection.query('START TRANSACTION')
    for (const table of TCS_TABLES) await this.#copy(table, newName(table))
    await this.#connection.query('COMMIT')
  }

  async publish(): Promise<void> {
    if (this.#replacesRows()) {
      await this.#connection.query('COMMIT', [], TABLE_MS)
      return
    }
    const former = TCS_TABLES.filter((table) => this.#existing.has(table))
    const away = former.map((table) => `${table} TO ${formerName(table)}`)
    const here = TCS_TABLES.map((table) => `${newName(table)} TO ${table}`)
    await this.#connection.query(`RENAME TABLE ${[...away, ...here].join(', ')}`, [], TABLE_MS)
  }

  /** What a closed connection leaves behind, the next filling clears away. */
  async release(): Promise<void> {
    await this.#connection.query('ROLLBACK').catch(() => undefined)
    await dropLeftOvers(this.#connection).catch(() => undefined)
    await this.#connection.query('SELECT RELEASE_LOCK(?)', [this.#lock]).catch(() => undefined)
    await this.#connection.close()
  }

  /**
   * Where all tables are there their rows are replaced in one transaction: readers go on in their snapshots, which
   * would keep a table from being renamed. Where one is missing nobody can be reading, and all are renamed at once.
   */
  #replacesRows(): boolean {
    return this.#existing.size === TCS_TABLES.length
  }

  async #replaceRows(): Promise<void> {
    await this.#connection.query('START TRANSACTION')
    // What refers goes before what it refers to, and comes after it.
    for (const table of TCS_TABLES.toReversed()) await this.#connection.query(`DELETE FROM ${table}`, [], TABLE_MS)
    for (const table of TCS_TABLES) await this.#copy(table, table)
  }

  async #copy(from: TcsTable, to: string): Promise<void> {
    const columns = TCS_COLUMNS[from].join(', ')
    const statement = `INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${stagedName(from)}`
    await this.#connection.query(statement, [], TABLE_MS)
  }

  #judge(): Promise<void> {
    this.#judging ??= judge(this.#connection)
    return this.#judging
  }
}
