import type { Finding } from '../../../ports/finding.ts'
import { fail, failFor, ok, warn } from '../../findings.ts'
import { connectMysql, mysqlAddress, type MysqlConnection } from './connection.ts'
import type { MysqlSettings } from './settings.ts'
import { isOptional, TCS_TABLE_NAMES, type TcsTable } from '../../../domain/tcs-tables.ts'
import { findTables, ignoresCase, isReadable, missingIn, type FoundTables } from './schema.ts'

type Index = readonly [TcsTable, string]

/** Without these, a page of persons scans a whole table. */
const INDEXES: readonly Index[] = [
  ['ContactDetails', 'id'],
  ['GmcDetails', 'id'],
  ['Person', 'id'],
  ['Programme', 'id'],
  ['ProgrammeMembership', 'personId'],
  ['CurriculumMembership', 'programmeMembershipUuid'],
  ['Placement', 'traineeId'],
]

/** Without it, each batch of live changes scans a whole table. */
const INDEX_BY_NUMBER = ['GmcDetails', 'gmcNumber'] as const

export interface InspectMysqlOptions {
  /** Whether persons are read by GMC number too, for live changes. */
  readonly byNumber: boolean
}

/** Tables up to this size are counted; for larger ones the server's estimate is good enough. */
const COUNTED_ROWS = 100_000

/** Checks the TCS database and changes nothing. Never rejects: every problem is a finding. */
export async function inspectMysql(settings: MysqlSettings, options: InspectMysqlOptions): Promise<readonly Finding[]> {
  let connection: MysqlConnection | null = null
  try {
    connection = await connectMysql(settings, 'SERVER_UNREACHABLE')
    return await inspectDatabase(connection, settings, options)
  } catch (error) {
    return [failFor(`MySQL ${settings.mysqlUrl}`, error)]
  } finally {
    await connection?.close()
  }
}

async function inspectDatabase(
  connection: MysqlConnection,
  settings: MysqlSettings,
  { byNumber }: InspectMysqlOptions,
): Promise<readonly Finding[]> {
  const { host, port, database } = mysqlAddress(settings)
  const [[version, comment] = []] = await connection.query('SELECT VERSION(), @@version_comment')
  const product = /mariadb/i.test(String(version)) ? 'MariaDB' : 'MySQL'
  const login = `logged in as ${settings.mysqlUser}`
  const server = ok(`MySQL ${host}:${port}`, `${product} ${String(version)} (${String(comment)}), ${login}`)
  const found = await findTables(connection)
  if (found.tables.size === 0) {
    const remedy = `Set REVAL_MYSQL_URL to the TCS database, or grant REVAL_MYSQL_USER read access to it.`
    return [server, fail(`database ${database}`, 'no TCS tables', remedy)]
  }
  const details = await detailsOf(connection, found)
  return [
    server,
    ...TCS_TABLE_NAMES.flatMap((table) => ofTable(table, found, details)),
    ...INDEXES.flatMap((index) => ofIndex(index, found, details, 'every page of people')),
    ...(byNumber ? ofIndex(INDEX_BY_NUMBER, found, details, 'every batch of live changes') : []),
    ...ofCollation(found),
  ]
}

interface Details {
  /** By table, in lower case. */
  readonly tables: ReadonlyMap<string, { readonly engine: string; readonly rows: string }>
  /** The first columns of indexes, as `table.column` in lower case. */
  readonly indexed: ReadonlySet<string>
}

async function detailsOf(connection: MysqlConnection, found: FoundTables): Promise<Details> {
  const tables = await connection.query(
    'SELECT table_name, engine, table_rows FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  const indexes = await connection.query(
    `SELECT table_name, column_name FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND seq_in_index = 1`,
  )
  const known = new Map<string, { readonly engine: string; readonly rows: string }>()
  for (const table of TCS_TABLE_NAMES) {
    const details = tables.find(([name]) => String(name).toLowerCase() === table.toLowerCase())
    if (details === undefined || !found.tables.has(table)) continue
    const [, engine, estimate] = details
    const rows = await rowsIn(connection, table, Number(estimate ?? 0))
    known.set(table.toLowerCase(), { engine: String(engine ?? 'a view'), rows })
  }
  return {
    tables: known,
    indexed: new Set(indexes.map(([table, column]) => `${String(table)}.${String(column)}`.toLowerCase())),
  }
}

/** The number of rows of a table. The server's estimate may be 0 for one that was filled a moment ago. */
async function rowsIn(connection: MysqlConnection, table: TcsTable, estimate: number): Promise<string> {
  const [[counted] = []] = await connection.query(
    `SELECT COUNT(*) FROM (SELECT 1 FROM ${table} LIMIT ${COUNTED_ROWS + 1}) AS counted`,
  )
  const rows = Number(counted)
  return rows > COUNTED_ROWS ? `about ${Math.max(rows, estimate)} rows` : `${rows} rows`
}

function ofTable(table: TcsTable, found: FoundTables, { tables }: Details): readonly Finding[] {
  const what = `table ${table}`
  if (isOptional(table) && !isReadable(found, table))
    return [ok(what, 'optional, not found or incomplete: placementGrade stays empty')]
  const check = 'Check REVAL_MYSQL_URL, the TCS version, and that REVAL_MYSQL_USER may read'
  if (!found.tables.has(table)) return [fail(what, 'not found or not readable', `${check} the table.`)]
  const missing = missingIn(found).columns.filter((column) => column.startsWith(`${table}.`))
  const { engine = '', rows = '' } = tables.get(table.toLowerCase()) ?? {}
  const columns =
    missing.length > 0 ? fail(what, `missing ${missing.join(', ')}`, `${check} the columns.`) : ok(what, rows)
  if (engine.toLowerCase() === 'innodb') return [columns]
  const remedy = `Consistent snapshots need InnoDB: set REVAL_MYSQL_URL to a database whose ${table} uses InnoDB.`
  return [columns, warn(what, `engine is ${engine}`, remedy)]
}

function ofIndex(
  [table, column]: Index,
  found: FoundTables,
  { indexed }: Details,
  scanning: string,
): readonly Finding[] {
  if (found.tables.get(table)?.has(column.toLowerCase()) !== true) return []
  const what = `index on ${table}.${column}`
  if (indexed.has(`${table}.${column}`.toLowerCase())) return [ok(what, 'exists')]
  const remedy = `Create it: CREATE INDEX ${column} ON ${table} (${column}). Without it, ${scanning} scans the whole table.`
  return [warn(what, 'not found', remedy)]
}

function ofCollation(found: FoundTables): readonly Finding[] {
  const column = 'programmeMembershipUuid'
  const collation = found.tables.get('CurriculumMembership')?.get(column.toLowerCase())?.collation
  if (collation === undefined) return []
  const what = `collation of CurriculumMembership.${column}`
  const shown = collation ?? 'none'
  if (ignoresCase(found, 'CurriculumMembership', column)) return [ok(what, shown)]
  const remedy =
    'UUIDs must compare case-insensitively, or mixed-case ones are missed. In the database of REVAL_MYSQL_URL, change the collation of the column to one ending in _ci.'
  return [warn(what, `${shown} is case-sensitive`, remedy)]
}
