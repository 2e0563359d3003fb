import type { MisplacedRow } from '../../../ports/source-filling.ts'
import { alreadyThere, noRowOf } from '../misplaced-words.ts'
import type { MysqlConnection } from './connection.ts'
import { stagedName } from './staged-tables.ts'
import { TCS_TABLES, type TcsTable } from './tables.ts'

/** A rule between rows. `query` gives line, value, the line of the first of the key, and seq where the row is a repetition. */
interface RowRule {
  readonly table: TcsTable
  readonly column: string
  readonly query: string
  readonly reason: (value: string | number, first: number) => string
}

/** The key of a table is unique. `column` as exports name it, `key` as it is compared. */
function uniqueKey(table: TcsTable, column: string, key: string): RowRule {
  return {
    table,
    column,
    query: `
      SELECT line, value, first, seq FROM (
        SELECT line, ${key} AS value, seq, ROW_NUMBER() OVER same AS nth, FIRST_VALUE(line) OVER same AS first
        FROM ${stagedName(table)} WINDOW same AS (PARTITION BY ${key} ORDER BY seq)) AS numbered
      WHERE nth > 1`,
    reason: alreadyThere,
  }
}

/** What a column refers to exists. `from` and `to` as they are compared; `to` is the target's key. */
function reference(
  table: TcsTable,
  [column, from]: readonly [string, string],
  [target, to]: readonly [TcsTable, string],
): RowRule {
  return {
    table,
    column,
    query: `
      SELECT referring.line, referring.${from} AS value, 0 AS first, NULL AS seq
      FROM ${stagedName(table)} AS referring LEFT JOIN ${stagedName(target)} AS target ON target.${to} = referring.${from}
      WHERE referring.${from} IS NOT NULL AND target.${to} IS NULL`,
    reason: (value) => noRowOf(target, value),
  }
}

const RULES: readonly RowRule[] = [
  uniqueKey('ContactDetails', 'id', 'id'),
  uniqueKey('GmcDetails', 'id', 'id'),
  uniqueKey('Person', 'id', 'id'),
  uniqueKey('Programme', 'id', 'id'),
  uniqueKey('ProgrammeMembership', 'uuid', 'uuidKey'),
  reference('ProgrammeMembership', ['personId', 'personId'], ['ContactDetails', 'id']),
  reference('ProgrammeMembership', ['programmeId', 'programmeId'], ['Programme', 'id']),
  uniqueKey('CurriculumMembership', 'id', 'id'),
  reference('CurriculumMembership', ['programmeMembershipUuid', 'uuidKey'], ['ProgrammeMembership', 'uuidKey']),
]

/** Joining and numbering want these; made once all rows are there, which is faster than keeping them sorted. */
const KEYS: readonly (readonly [TcsTable, string])[] = [
  ['ContactDetails', 'id'],
  ['GmcDetails', 'id'],
  ['Person', 'id'],
  ['Programme', 'id'],
  ['ProgrammeMembership', 'uuidKey'],
  ['CurriculumMembership', 'id'],
]

const FOUND = 'reval_staged_found'
const MISPLACED = 'reval_staged_misplaced'
const PAGE = 1_000
/** Looking at all rows. */
const JUDGING_MS = 3_600_000

/** Finds the staged rows that break a rule between rows, and keeps them for the functions below. To be called once. */
export async function judge(connection: MysqlConnection): Promise<void> {
  const run = (sql: string) => connection.query(sql, [], JUDGING_MS)
  for (const [table, key] of KEYS) await run(`CREATE INDEX staged_key ON ${stagedName(table)} (${key})`)
  const columns = 'line bigint NOT NULL, rule int NOT NULL, value mediumblob, first bigint, seq bigint'
  await run(`CREATE TEMPORARY TABLE ${FOUND} (${columns}) ENGINE = InnoDB`)
  await run(
    `CREATE TEMPORARY TABLE ${MISPLACED} (n bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, place int NOT NULL, ${columns},
      KEY (rule)) ENGINE = InnoDB`,
  )
  for (const table of TCS_TABLES) {
    await run(`TRUNCATE TABLE ${FOUND}`)
    for (const [rule, { query }] of rulesOf(table)) {
      await run(
        `INSERT INTO ${FOUND} (rule, line, value, first, seq) SELECT ${rule}, rows_found.* FROM (${query}) AS rows_found`,
      )
    }
    await run(
      `INSERT INTO ${MISPLACED} (place, rule, line, value, first, seq)
       SELECT ${TCS_TABLES.indexOf(table)}, rule, line, value, first, seq FROM ${FOUND} ORDER BY line, rule`,
    )
  }
}

function rulesOf(table: TcsTable): readonly (readonly [number, RowRule])[] {
  return [...RULES.entries()].filter(([, rule]) => rule.table === table)
}

/** The rows that break a rule, table after table and by line. */
export async function* misplacedRows(connection: MysqlConnection): AsyncGenerator<MisplacedRow> {
  for (let after = 0; ;) {
    const found = await connection.query(
      `SELECT n, rule, line, value, first FROM ${MISPLACED} WHERE n > ? ORDER BY n LIMIT ${PAGE}`,
      [after],
    )
    for (const [n, index, line, value, first] of found) {
      after = Number(n)
      const rule = RULES[Number(index)]
      if (rule === undefined) continue
      const { table, column, reason } = rule
      const text = String(value)
      const isNumber = column === 'id' || column === 'personId' || column === 'programmeId'
      yield { table, line: Number(line), column, reason: reason(isNumber ? Number(text) : text, Number(first)) }
    }
    if (found.length < PAGE) return
  }
}

/** Takes away the staged rows whose key an earlier one has: the first one counts. */
export async function dropRepeated(connection: MysqlConnection): Promise<void> {
  for (const [rule, { table }] of RULES.entries()) {
    await connection.query(
      `DELETE staged FROM ${stagedName(table)} AS staged JOIN ${MISPLACED} AS misplaced ON misplaced.seq = staged.seq
       WHERE misplaced.rule = ?`,
      [rule],
      JUDGING_MS,
    )
  }
}
