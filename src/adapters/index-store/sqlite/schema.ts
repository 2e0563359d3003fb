import type { DatabaseSync } from 'node:sqlite'
import { FIELDS, kindOf, type Field } from '../../../domain/fields.ts'
import { LIST_COLUMNS, LIST_COLUMN_TYPES, SHARED_SCHEMA } from './list-columns.ts'

/**
 * The layout of a generation's file. Raised with every change to the tables but a new field, and to what a stored part
 * means: a file that lacks a field's column is read as if nothing had it. A file without the columns of `list-columns.ts` has no
 * lists that can be read; it is of another `ASSEMBLE_VERSION`, so nothing writes to it.
 */
export const GENERATION_LAYOUT = 2

/** The assembled fields, a column each. */
export const FIELD_COLUMNS: readonly Field[] = FIELDS.toSorted()

/** Whether a column contains whole numbers. */
export function isInteger(field: Field): boolean {
  return kindOf(field) === 'personId' || isFlag(field)
}

/** The SQL type of a field's column. */
export const columnType = (field: Field): string => (isInteger(field) ? 'INTEGER' : 'TEXT')

/** Whether a column contains 1 for true and 0 for false. */
export function isFlag(field: Field): boolean {
  return kindOf(field) === 'flag'
}

/**
 * `row`: the keys ascend in the order of arrival, a key being the number of the row's first write and `seq` that of its
 * last one. Another program could store the id as bytes, which no search for a text finds. `progress`: the number of the last
 * write of all, so that no number is used twice.
 */
export const GENERATION_SCHEMA = `
  CREATE TABLE row (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL CHECK (typeof(id) = 'text'),
    seq INTEGER NOT NULL,
    number INTEGER,
    ${FIELD_COLUMNS.map((field) => `${field} ${columnType(field)}`).join(', ')},
    ${LIST_COLUMN_TYPES.join(', ')},
    parts TEXT NOT NULL
  );
  CREATE TABLE progress (seq INTEGER NOT NULL);
  INSERT INTO progress VALUES (0);
  ${SHARED_SCHEMA}
`

/**
 * Shows the rows of an older file, open for reading, with the fields that are new since: nothing has them. A view with
 * the table's name stands before it for this connection alone.
 */
export function showNewFields(database: DatabaseSync): void {
  const columns = new Set(
    database
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all('row')
      .map(({ name }) => name),
  )
  const missing = FIELD_COLUMNS.filter((field) => !columns.has(field))
  if (missing.length === 0) return
  const fields = missing.map((field) => `NULL AS ${field}`)
  database.exec(`CREATE TEMP VIEW row AS SELECT *, ${fields.join(', ')} FROM main.row`)
}

/**
 * Built once the first rows are made visible: sorting all keys at once is several times faster than putting each where
 * it belongs, for ids arrive in no order. From then on SQLite keeps them up to date.
 */
export const GENERATION_INDEXES = `
  CREATE UNIQUE INDEX IF NOT EXISTS row_id ON row (id);
  CREATE INDEX IF NOT EXISTS row_number ON row (number) WHERE number IS NOT NULL;
`

export const HAS_INDEXES = "SELECT 1 FROM sqlite_schema WHERE name = 'row_id'"

/** The columns of `row` in the order in which rows are written. */
export const ROW_COLUMNS: readonly string[] = ['key', 'id', 'seq', 'number', ...FIELD_COLUMNS, ...LIST_COLUMNS, 'parts']
