import { RevalError } from '../../../errors/reval-error.ts'
import type { MysqlConnection } from './connection.ts'

/** The columns of TCS that are read, by table. */
export const TCS_COLUMNS = {
  ContactDetails: ['id', 'surname', 'forenames'],
  GmcDetails: ['id', 'gmcNumber'],
  Person: ['id', 'role'],
  Programme: ['id', 'owner', 'programmeName'],
  ProgrammeMembership: [
    'uuid',
    'personId',
    'programmeId',
    'programmeMembershipType',
    'programmeStartDate',
    'programmeEndDate',
  ],
  CurriculumMembership: ['programmeMembershipUuid', 'curriculumEndDate'],
} as const

export type TcsTable = keyof typeof TCS_COLUMNS

// The keys of a record that has all tables.
export const TCS_TABLES = Object.keys(TCS_COLUMNS) as TcsTable[]

/** What the database has of the tables of TCS. */
export interface FoundTables {
  /** By table, the columns in lower case, since MySQL compares them without case, with their collations. */
  readonly tables: ReadonlyMap<TcsTable, ReadonlyMap<string, { readonly collation: string | null }>>
}

/** Looks at the tables of the connection's database, as far as its user may see them. */
export async function findTables(connection: MysqlConnection): Promise<FoundTables> {
  const [[folded] = []] = await connection.query('SELECT @@lower_case_table_names')
  const rows = await connection.query(
    `SELECT table_name, column_name, collation_name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name IN (?)`,
    [[...TCS_TABLES, ...TCS_TABLES.map((table) => table.toLowerCase())]],
  )
  const tables = new Map<TcsTable, Map<string, { collation: string | null }>>()
  for (const [table, column, collation] of rows) {
    const name = String(table)
    const known = TCS_TABLES.find(
      (each) => each === name || (folded !== 0 && each.toLowerCase() === name.toLowerCase()),
    )
    if (known === undefined) continue
    const columns = tables.get(known) ?? new Map<string, { collation: string | null }>()
    columns.set(String(column).toLowerCase(), { collation: collation === null ? null : String(collation) })
    tables.set(known, columns)
  }
  return { tables }
}

/** What is missing: tables, and columns of tables that are there, as `Table.column`. */
export interface MissingTables {
  readonly tables: readonly TcsTable[]
  readonly columns: readonly string[]
}

/** What reading needs and the database lacks. */
export function missingIn({ tables }: FoundTables): MissingTables {
  const columns = TCS_TABLES.flatMap((table) => {
    const found = tables.get(table)
    if (found === undefined) return []
    return TCS_COLUMNS[table].filter((column) => !found.has(column.toLowerCase())).map((column) => `${table}.${column}`)
  })
  return { tables: TCS_TABLES.filter((table) => !tables.has(table)), columns }
}

/** Throws SOURCE_MISSING where no table is there, SOURCE_COLUMNS_MISSING where some are not or lack columns. */
export function refuseMissing(found: FoundTables): void {
  const missing = missingIn(found)
  if (missing.tables.length === TCS_TABLES.length) {
    throw new RevalError('SOURCE_MISSING', 'no TCS tables in the database of REVAL_MYSQL_URL')
  }
  const lacking = [...missing.tables.map((table) => `table ${table}`), ...missing.columns]
  if (lacking.length === 0) return
  const message = `missing in the database of REVAL_MYSQL_URL, or not visible to REVAL_MYSQL_USER: ${lacking.join(', ')}`
  throw new RevalError('SOURCE_COLUMNS_MISSING', message, { details: { ...missing } })
}

/** Whether the texts of a column compare without regard to case. */
export function ignoresCase({ tables }: FoundTables, table: TcsTable, column: string): boolean {
  return /_ci$/i.test(tables.get(table)?.get(column.toLowerCase())?.collation ?? '')
}
