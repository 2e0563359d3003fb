import { createHash } from 'node:crypto'
import type { MysqlConnection } from '../../src/adapters/sources/mysql/connection.ts'
import { findTables, TCS_TABLES, type TcsTable } from '../../src/adapters/sources/mysql/schema.ts'
import { textOrNull } from '../../src/domain/text.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import type { SourceTables } from '../../src/ports/source-filling.ts'
import type { StagedRows } from './staged-filling.ts'

const ID = 'bigint NOT NULL PRIMARY KEY'
const UUID = 'varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci'

/** The tables of TCS and the types of their columns, for a database that lacks them. */
const LAYOUT: { readonly [T in TcsTable]: Readonly<Record<keyof SourceTables[T], string>> } = {
  ContactDetails: { id: ID, surname: 'text', forenames: 'text' },
  GmcDetails: { id: ID, gmcNumber: 'text' },
  Person: { id: ID, role: 'text' },
  Programme: { id: ID, owner: 'text', programmeName: 'text', programmeNumber: 'text' },
  ProgrammeMembership: {
    uuid: `${UUID} NOT NULL PRIMARY KEY`,
    personId: 'bigint',
    programmeId: 'bigint',
    programmeMembershipType: 'text',
    programmeStartDate: 'date',
    programmeEndDate: 'date',
  },
  CurriculumMembership: {
    id: ID,
    programmeMembershipUuid: UUID,
    personId: 'bigint',
    curriculumId: 'bigint',
    curriculumStartDate: 'date',
    curriculumEndDate: 'date',
  },
}
const INDEXED = new Set(['personId', 'programmeId', 'programmeMembershipUuid'])

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
    this.#made = TCS_TABLES.filter((table) => !tables.has(table))
    for (const table of this.#made) await this.#connection.query(layOut(table))
    await this.#connection.query('START TRANSACTION')
    // TCS_TABLES has parents first, as foreign keys want them inserted.
    for (const table of TCS_TABLES.toReversed()) await this.#connection.query(`DELETE FROM ${table}`, [], TABLE_MS)
    for (const table of TCS_TABLES) await this.#insert(table, rows)
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
    const columns = Object.keys(LAYOUT[table])
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
  const columns = Object.entries(LAYOUT[table]).map(([column, type]) => `${column} ${type}`)
  const indexed = Object.keys(LAYOUT[table]).filter((column) => INDEXED.has(column))
  const keys = indexed.map((column) => `KEY ${column} (${column})`)
  return `CREATE TABLE ${table} (${[...columns, ...keys].join(', ')}) ENGINE = InnoDB CHARACTER SET utf8mb4`
}
