import type { DatabaseSync } from 'node:sqlite'
import type { IntegrityViolation, SourceTable } from '../../../ports/source-filling.ts'

/** A rule between rows: the query finds violations. It returns `line` and `value`, and `first` for a key. */
interface RowRule {
  readonly table: SourceTable
  readonly column: string
  readonly query: string
  readonly reason: (value: string | number, first: number) => string
}

/** The key of a table is unique. `column` as exports name it, `key` as it is compared. */
function uniqueKey(table: SourceTable, column: string, key: string): RowRule {
  return {
    table,
    column,
    query: `
      SELECT later.line, later.${key} AS value,
        (SELECT first.line FROM rows.${table} AS first WHERE first.${key} = later.${key} ORDER BY first.rowid) AS first
      FROM rows.${table} AS later
      WHERE EXISTS (SELECT 1 FROM rows.${table} AS earlier
        WHERE earlier.${key} = later.${key} AND earlier.rowid < later.rowid)`,
    reason: (value, firstLine) => `duplicate of ${shown(value)} on line ${firstLine}`,
  }
}

/** The target of a reference exists. `to` is the target's key. */
function reference(table: SourceTable, column: string, [target, to]: readonly [SourceTable, string]): RowRule {
  return {
    table,
    column,
    query: `
      SELECT line, ${column} AS value, 0 AS first FROM rows.${table} AS referring
      WHERE ${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rows.${target} WHERE ${to} = referring.${column})`,
    reason: (value) => `${shown(value)} does not exist in ${target}`,
  }
}

function shown(value: string | number): string {
  return typeof value === 'number' ? String(value) : `"${value.slice(0, 40)}"`
}

const RULES: readonly RowRule[] = [
  uniqueKey('ContactDetails', 'id', 'id'),
  uniqueKey('GmcDetails', 'id', 'id'),
  uniqueKey('Person', 'id', 'id'),
  uniqueKey('Programme', 'id', 'id'),
  uniqueKey('ProgrammeMembership', 'uuid', 'uuid'),
  reference('ProgrammeMembership', 'personId', ['ContactDetails', 'id']),
  reference('ProgrammeMembership', 'programmeId', ['Programme', 'id']),
  uniqueKey('CurriculumMembership', 'id', 'id'),
  reference('CurriculumMembership', 'programmeMembershipUuid', ['ProgrammeMembership', 'uuid']),
  uniqueKey('doctorsForDB', '_id', 'key'),
  uniqueKey('recommendation', '_id', 'storedId'),
  uniqueKey('exceptionLogs', '_id', 'key'),
]

/** The staged rows that violate a rule between rows, by table and line. The indexes must exist. */
export function* integrityViolations(database: DatabaseSync): Generator<IntegrityViolation> {
  for (const table of new Set(RULES.map((rule) => rule.table))) {
    const rules = RULES.filter((rule) => rule.table === table)
    const queries = rules.map(({ query }, rule) => `SELECT ${rule} AS rule, line, value, first FROM (${query})`)
    const found = database.prepare(`${queries.join(' UNION ALL ')} ORDER BY line, rule`)
    for (const { rule: index, line, value, first } of found.iterate()) {
      const rule = rules[Number(index)]
      if (rule === undefined) continue
      const broken = typeof value === 'number' ? value : String(value)
      yield { table, line: Number(line), column: rule.column, reason: rule.reason(broken, Number(first)) }
    }
  }
}
