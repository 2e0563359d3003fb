import { createHash } from 'node:crypto'
import type { MysqlConnection } from '../../src/adapters/sources/mysql/connection.ts'
import { findTables } from '../../src/adapters/sources/mysql/schema.ts'
import { columnsOf, TCS_TABLE_NAMES, type TcsTable } from '../../src/domain/tcs-tables.ts'
import { textOrNull } from '../../src/domain/text.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import type { StagedRows } from './staged-filling.ts'

const UUID = 'varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci'

/** The types of columns, for a database that lacks the tables of TCS. */
const TYPES = {
  key: 'bigint NOT NULL PRIMARY KEY',
  parent: 'bigint',
  reference: 'bigint',
  number: 'bigint',
  uuidKey: `${UUID} NOT NULL PRIMARY KEY`,
  uuid: UUID,
  text: 'text',
  day: 'date',
} as const
const INDEXED = new Set(['gmcNumber', 'personId', 'programmeId', 'programmeMembershipUuid', 'traineeId'])

/** For a statement that touches all rows of a table. */
const TABLE_MS = 3_600_000

/** The tables of TCS in the database of a connection. */
export class Tables {
  readonly #connection: MysqlConnection
  #made: readonly TcsTable[] = []

  constructor(connection: MysqlConnection) {
    this.#connection = connection
  }

  async hasRows(): Promise<boolean> {
    const { tables } = await findTables(this.#connection)
    for (const table of tables.keys()) {
      if ((await this.#connection.query(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0) return true
    }
    return false
  }

  /** One filling of a database at a time. Waits a second, since the server may take that long to notice a dead process. */
  async lock(): Promise<void> {
    const [[database] = []] = await this.#connection.query('SELECT DATABASE()')
    // The name of a lock may have 64 characters.
    const name = `reval filling ${createHash('sha256').update(String(database)).digest('hex').slice(0, 40)}`
    const [[isMine] = []] = await this.#connection.query('SELECT GET_LOCK(?, 1)', [name])
    if (Number(isMine) === 1) return
    const message = `the database ${String(database)} of REVAL_MYSQL_URL is being filled by another`
    throw new RevalError('DATA_DIR_IN_USE', message)
  }

  /** Replaces all rows in a transaction that stays open: until `publish`, readers see the old ones. */
  async prepare(rows: StagedRows): Promise<void> {
    const { tables } = await findTables(this.#connection)
    this.#made = TCS_TABLE_NAMES.filter((table) => !tables.has(table))
    for (const table of this.#made) await this.#connection.query(layOut(table))
    await this.#connection.query('START TRANSACTION')
    // TCS_TABLE_NAMES has parents first, as foreign keys want them inserted.
    for (const table of TCS_TABLE_NAMES.toReversed()) await this.#connection.query(`DELETE FROM ${table}`, [], TABLE_MS)
    for (const table of TCS_TABLE_NAMES) await this.#insert(table, rows)
  }

  async publish(): Promise<void> {
    await this.#connection.query('COMMIT', [], TABLE_MS)
  }

  /** Rejects nothing. Where the connection is lost, the server rolls back, and tables that were made stay, empty. */
  async undo(): Promise<void> {
    const statements = ['ROLLBACK', ...this.#made.map((table) => `DROP TABLE ${table}`)]
    for (const statement of statements) await this.#connection.query(statement, [], TABLE_MS).catch(() => undefined)
  }

  async #insert(table: TcsTable, rows: StagedRows): Promise<void> {
    const columns = columnsOf(table).map(({ name }) => name)
    const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`
    for (const part of rows.of(table)) {
      const values = part.map((row: Row) => columns.map((column) => valueOf(column, row[column] ?? null)))
      await this.#connection.query(statement, [values])
    }
  }
}

type Value = string | number | null
type Row = Readonly<Record<string, Value>>

/** Exports may hold a blank where there is no date. */
function valueOf(column: string, value: Value): Value {
  return column.endsWith('Date') && typeof value === 'string' ? textOrNull(value) : value
}

function layOut(table: TcsTable): string {
  const columns = columnsOf(table).map(({ name, kind }) => `${name} ${TYPES[kind]}`)
  const indexed = columnsOf(table).filter(({ name }) => INDEXED.has(name))
  // A text needs a length: that of a GMC number and what may surround it.
  const keys = indexed.map(({ name, kind }) => `KEY ${name} (${name}${kind === 'text' ? '(16)' : ''})`)
  return `CREATE TABLE ${table} (${[...columns, ...keys].join(', ')}) ENGINE = InnoDB CHARACTER SET utf8mb4`
}
