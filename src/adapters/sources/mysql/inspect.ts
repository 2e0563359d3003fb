import { asRevalError } from '../../../errors/reval-error.ts'
import type { Finding } from '../../../ports/finding.ts'
import type { MysqlConnection } from './connection.ts'
import { connectMysql, mysqlAddress } from './server.ts'
import type { MysqlSettings } from './settings.ts'
import { findTables, ignoresCase, missingIn, TCS_TABLES, type FoundTables, type TcsTable } from './tables.ts'

/** Without these, reading a page of persons reads a whole table. */
const INDEXES: readonly (readonly [TcsTable, string])[] = [
  ['ContactDetails', 'id'],
  ['GmcDetails', 'id'],
  ['Person', 'id'],
  ['Programme', 'id'],
  ['ProgrammeMembership', 'personId'],
  ['CurriculumMembership', 'programmeMembershipUuid'],
]

/** Looks at the database of TCS and changes nothing. Rejects nothing: what is wrong is a finding, all of it at once. */
export async function inspectMysql(settings: MysqlSettings): Promise<readonly Finding[]> {
  let connection: MysqlConnection | null = null
  try {
    connection = await connectMysql(settings, 'SERVER_UNREACHABLE')
    return await findingsOf(connection, settings)
  } catch (error) {
    const { message, remedy } = asRevalError(error)
    return [{ what: `MySQL ${settings.mysqlUrl}`, standing: 'bad', found: message, remedy }]
  } finally {
    await connection?.close()
  }
}

async function findingsOf(connection: MysqlConnection, settings: MysqlSettings): Promise<readonly Finding[]> {
  const { host, port, database } = mysqlAddress(settings)
  const [[version, comment] = []] = await connection.query('SELECT VERSION(), @@version_comment')
  const server: Finding = {
    what: `MySQL ${host}:${port}`,
    standing: 'good',
    found: `${/mariadb/i.test(String(version)) ? 'MariaDB' : 'MySQL'} ${String(version)} (${String(comment)}), logged in as ${settings.mysqlUser}`,
  }
  const found = await findTables(connection)
  if (found.tables.size === 0) {
    const remedy = `Set REVAL_MYSQL_URL to the TCS database, or grant REVAL_MYSQL_USER read access to it.`
    return [server, { what: `database ${database}`, standing: 'bad', found: 'no TCS tables', remedy }]
  }
  const details = await detailsOf(connection, found)
  return [
    server,
    ...TCS_TABLES.flatMap((table) => findingsOfTable(table, found, details)),
    ...INDEXES.flatMap(([table, column]) => findingsOfIndex(table, column, found, details)),
    ...collations(found),
  ]
}

interface Details {
  /** By table, in lower case. */
  readonly tables: ReadonlyMap<string, { readonly engine: string; readonly rows: string }>
  /** Columns with which an index begins, as `table.column` in lower case. */
  readonly indexed: ReadonlySet<string>
}

/** Up to so many rows are counted; of more, the server's own estimate is enough to see that it is the right table. */
const COUNTED_ROWS = 100_000

/** How many rows a table has. The estimate of one that was filled a moment ago may be none at all. */
async function rowsIn(connection: MysqlConnection, table: TcsTable, estimate: number): Promise<string> {
  const [[counted] = []] = await connection.query(
    `SELECT COUNT(*) FROM (SELECT 1 FROM ${table} LIMIT ${COUNTED_ROWS + 1}) AS counted`,
  )
  const rows = Number(counted)
  return rows > COUNTED_ROWS ? `about ${Math.max(rows, estimate)} rows` : `${rows} rows`
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
  for (const table of TCS_TABLES) {
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

function findingsOfTable(table: TcsTable, found: FoundTables, { tables }: Details): readonly Finding[] {
  const what = `table ${table}`
  if (!found.tables.has(table)) {
    const remedy = 'Check REVAL_MYSQL_URL, the TCS version, and that REVAL_MYSQL_USER may read the table.'
    return [{ what, standing: 'bad', found: 'not found or not readable', remedy }]
  }
  const missing = missingIn(found).columns.filter((column) => column.startsWith(`${table}.`))
  const { engine = '', rows = '' } = tables.get(table.toLowerCase()) ?? {}
  const findings: Finding[] = []
  if (missing.length > 0) {
    const remedy = 'Check REVAL_MYSQL_URL, the TCS version, and that REVAL_MYSQL_USER may read the columns.'
    findings.push({ what, standing: 'bad', found: `missing ${missing.join(', ')}`, remedy })
  } else {
    findings.push({ what, standing: 'good', found: rows })
  }
  if (engine.toLowerCase() !== 'innodb') {
    const remedy = `Consistent snapshots need InnoDB: set REVAL_MYSQL_URL to a database whose ${table} uses InnoDB.`
    findings.push({ what, standing: 'doubtful', found: `engine is ${engine}`, remedy })
  }
  return findings
}

function findingsOfIndex(
  table: TcsTable,
  column: string,
  found: FoundTables,
  { indexed }: Details,
): readonly Finding[] {
  if (found.tables.get(table)?.has(column.toLowerCase()) !== true) return []
  const what = `index on ${table}.${column}`
  if (indexed.has(`${table}.${column}`.toLowerCase())) return [{ what, standing: 'good', found: 'exists' }]
  const remedy = `Create it: CREATE INDEX ${column} ON ${table} (${column}). Without it, every page of people scans the whole table.`
  return [{ what, standing: 'doubtful', found: 'not found', remedy }]
}

function collations(found: FoundTables): readonly Finding[] {
  const column = 'programmeMembershipUuid'
  const collation = found.tables.get('CurriculumMembership')?.get(column.toLowerCase())?.collation
  if (collation === undefined) return []
  const what = `collation of CurriculumMembership.${column}`
  const shown = collation ?? 'none'
  if (ignoresCase(found, 'CurriculumMembership', column)) return [{ what, standing: 'good', found: shown }]
  const remedy =
    'UUIDs must compare case-insensitively, or mixed-case ones are missed. In the database of REVAL_MYSQL_URL, change the collation of the column to one ending in _ci.'
  return [{ what, standing: 'doubtful', found: `${shown} is case-sensitive`, remedy }]
}
