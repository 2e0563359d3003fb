import { RevalError } from '../../../errors/reval-error.ts'
import { isOptional, readColumns, TCS_TABLE_NAMES, type TcsTable } from '../../../domain/tcs-tables.ts'
import type { MysqlConnection } from './connection.ts'

/** The TCS tables of a database. */
export interface FoundTables {
  /** By table, the columns in lower case, since MySQL compares them without case, with their collations. */
  readonly tables: ReadonlyMap<TcsTable, ReadonlyMap<string, { readonly collation: string | null }>>
}

/** Reads the tables of the connection's database that its user may see. */
export async function findTables(connection: MysqlConnection): Promise<FoundTables> {
  const [[folded] = []] = await connection.query('SELECT @@lower_case_table_names')
  const rows = await connection.query(
    `SELECT table_name, column_name, collation_name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name IN (?)`,
    [[...TCS_TABLE_NAMES, ...TCS_TABLE_NAMES.map((table) => table.toLowerCase())]],
  )
  const tables = new Map<TcsTable, Map<string, { collation: string | null }>>()
  for (const [table, column, collation] of rows) {
    const name = String(table)
    const known = TCS_TABLE_NAMES.find(
      (each) => each === name || (folded !== 0 && each.toLowerCase() === name.toLowerCase()),
    )
    if (known === undefined) continue
    const columns = tables.get(known) ?? new Map<string, { collation: string | null }>()
    columns.set(String(column).toLowerCase(), { collation: collation === null ? null : String(collation) })
    tables.set(known, columns)
  }
  return { tables }
}

/** What is missing: tables, and columns of existing tables, as `Table.column`. */
export interface MissingTables {
  readonly tables: readonly TcsTable[]
  readonly columns: readonly string[]
}

/** What the database lacks for reading; optional tables are not required. */
export function missingIn(found: FoundTables): MissingTables {
  const needed = TCS_TABLE_NAMES.filter((table) => !isOptional(table))
  return {
    tables: needed.filter((table) => !found.tables.has(table)),
    columns: needed.flatMap((table) => missingColumns(found, table).map((column) => `${table}.${column}`)),
  }
}

/** The columns that a table lacks for reading; none if there is no such table. */
function missingColumns({ tables }: FoundTables, table: TcsTable): readonly string[] {
  const found = tables.get(table)
  return found === undefined ? [] : readColumns(table).filter((column) => !found.has(column.toLowerCase()))
}

/** Whether a table exists with all columns needed for reading. */
export function isReadable(found: FoundTables, table: TcsTable): boolean {
  return found.tables.has(table) && missingColumns(found, table).length === 0
}

/** Throws SOURCE_MISSING if there is no table, SOURCE_COLUMNS_MISSING if some are missing or lack columns. */
export function refuseMissing(found: FoundTables): void {
  const missing = missingIn(found)
  if (found.tables.size === 0) {
    throw new RevalError('SOURCE_MISSING', 'no TCS tables in the database of REVAL_MYSQL_URL')
  }
  const lacking = [...missing.tables.map((table) => `table ${table}`), ...missing.columns]
  if (lacking.length === 0) return
  const message = `missing in the database of REVAL_MYSQL_URL, or not visible to REVAL_MYSQL_USER: ${lacking.join(', ')}`
  throw new RevalError('SOURCE_COLUMNS_MISSING', message, { details: { ...missing } })
}

/** Whether a column's texts compare case-insensitively. */
export function ignoresCase({ tables }: FoundTables, table: TcsTable, column: string): boolean {
  return /_ci$/i.test(tables.get(table)?.get(column.toLowerCase())?.collation ?? '')
}
