import type { DatabaseSync } from 'node:sqlite'
import type { Day } from '../../../domain/day.ts'
import { INDEX_FIELDS, LIST_NAMES, type ListName } from '../../../domain/lists.ts'
import { LIST_RULES } from './list-rules.ts'
import { columnType } from './schema.ts'

// Tables are in the generation's file, and its layout stays what it is: a version that knows nothing of them reads its lists from
// `row`. It may write too, so triggers keep the tables like the rows, whichever version or program writes those.

/** The columns of a table besides the id: its list's fields. */
const columnsOf = (list: ListName): readonly string[] => INDEX_FIELDS[list].toSorted()

const FILL_TRIGGERS = ['row_inserted', 'row_updated', 'row_deleted']

/** The empty tables of a file, and the day that they are for: both as long as the generation. */
export function tableSchema(day: Day): string {
  return `
    CREATE TABLE table_day (day TEXT NOT NULL);
    INSERT INTO table_day VALUES (${quoted(day)});
    ${EMPTY_TABLES}
  `
}

const EMPTY_TABLES = LIST_NAMES.map(
  (list) => `CREATE TABLE ${list} (
    id TEXT NOT NULL CHECK (typeof(id) = 'text'),
    ${INDEX_FIELDS[list].map((field) => `${field} ${columnType(field)}`).join(', ')}
  );`,
).join('\n')

/** Empties the tables. From here on, they are not filled. */
export const EMPTYING = `
  ${FILL_TRIGGERS.map((trigger) => `DROP TRIGGER IF EXISTS ${trigger};`).join('\n')}
  ${LIST_NAMES.map((list) => `DROP TABLE IF EXISTS ${list};`).join('\n')}
  ${EMPTY_TABLES}
`

/** The rows of a table on the day `:today`, of those rows that the condition allows. */
export function intoTable(list: ListName, condition: string, rule = LIST_RULES[list]): string {
  const columns = ['id', ...columnsOf(list)]
  return `INSERT INTO ${list} (${columns.join(', ')})
    SELECT ${columns.map((column) => `row.${column}`).join(', ')} FROM row WHERE ${condition} AND ${rule}`
}

/**
 * Tables are filled from the moment that they have the triggers. The indexes are built with them: sorting all ids at once is faster than
 * inserting each in its place.
 */
export function filledSchema(day: Day): string {
  const remove = (id: string) => LIST_NAMES.map((list) => `DELETE FROM ${list} WHERE id = ${id};`).join('\n')
  // A trigger has no parameters.
  const rule = (list: ListName) => LIST_RULES[list].replaceAll(':today', quoted(day))
  const add = LIST_NAMES.map((list) => `${intoTable(list, 'row.key = NEW.key', rule(list))};`).join('\n')
  const [inserted, updated, deleted] = FILL_TRIGGERS
  return `
    ${LIST_NAMES.map((list) => `CREATE UNIQUE INDEX ${list}_id ON ${list} (id);`).join('\n')}
    CREATE TRIGGER ${inserted} AFTER INSERT ON row BEGIN ${remove('NEW.id')} ${add} END;
    CREATE TRIGGER ${updated} AFTER UPDATE ON row BEGIN ${remove('OLD.id')} ${remove('NEW.id')} ${add} END;
    CREATE TRIGGER ${deleted} AFTER DELETE ON row BEGIN ${remove('OLD.id')} END;
  `
}

/** The day of a file's tables; null if its lists are views. */
export function tableDayOf(database: DatabaseSync): Day | null {
  if (!has(database, ['table_day'])) return null
  return String(database.prepare('SELECT day FROM table_day').get()?.day)
}

export function areFilled(database: DatabaseSync): boolean {
  return has(database, [...LIST_NAMES, ...FILL_TRIGGERS])
}

/** The columns that a table has: one of an older file may lack new fields. */
export function columnsIn(database: DatabaseSync, list: ListName): readonly string[] {
  const found = database.prepare('SELECT name FROM pragma_table_info(?)').all(list)
  const names = new Set(found.map(({ name }) => name))
  return columnsOf(list).filter((column) => names.has(column))
}

function has(database: DatabaseSync, names: readonly string[]): boolean {
  const sql = 'SELECT count(*) AS found FROM sqlite_schema WHERE name IN (SELECT value FROM json_each(?))'
  return database.prepare(sql).get(JSON.stringify(names))?.found === names.length
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
