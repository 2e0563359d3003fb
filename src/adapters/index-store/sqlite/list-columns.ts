import { SORT_COLUMNS, type SortColumn } from '../../../domain/list-query.ts'
import { FOLDED_COLUMNS, sortsAsItIs } from '../../../domain/search-keys.ts'

/** The columns whose keys are those that a search looks for: they are folded texts. */
export const SEARCHED = ['gmcReferenceNumber', 'doctorFirstName', 'doctorLastName'] as const

/** The other columns that do not sort as they are. Thousands of rows have the same text: their keys are those of `shared`. */
export const SHARED: readonly SortColumn[] = FOLDED_COLUMNS.filter(
  (column) => !SEARCHED.some((searched) => searched === column),
)

/** The column with the key that a row is searched or sorted by in another one. */
export function keyColumn(column: SortColumn): string {
  return `${column}Key`
}

/** The names decide ties, last of all where a row has none: greater than any folded text, so that an index gives this order. */
export const NO_NAME = '\u{10FFFF}'

export function isName(column: SortColumn): boolean {
  return column === 'doctorFirstName' || column === 'doctorLastName'
}

/** Which lists a row is in, as far as that neither depends on the day nor is a field. */
export const FLAGS = ['isException', 'isDiscrepancy'] as const

/**
 * What lists are searched and sorted by and no field says, stored with each row. `words`: those of names of several words, each after
 * a space.
 */
export const LIST_COLUMNS: readonly string[] = ['words', ...SEARCHED.map(keyColumn), ...FLAGS, ...SHARED.map(keyColumn)]

const TEXTS = ['words', ...SEARCHED.map(keyColumn)]

export const LIST_COLUMN_TYPES: readonly string[] = LIST_COLUMNS.map(
  (column) => `${column} ${TEXTS.includes(column) ? 'TEXT' : 'INTEGER'}`,
)

/** `shared`: texts that many rows have in a column of `SHARED`. The `words` are a `programmeKey`; one that no row has any more stays. */
export const SHARED_SCHEMA = `
  CREATE TABLE shared (key INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, words TEXT NOT NULL, sort TEXT);
`

/** The order that people see first: a page of it is read where it stands. */
const FIRST_ORDER = ['submissionDate', keyColumn('doctorLastName'), keyColumn('doctorFirstName'), 'id']
const LISTED = [...SORT_COLUMNS.filter(sortsAsItIs), 'existsInGmc', ...LIST_COLUMNS]
const OTHERS = LISTED.filter((column) => column !== 'designatedBody' && !FIRST_ORDER.includes(column))

/**
 * Built once all rows of a run are written. `row_listed` has all that lists ask for, by body: most people see the rows of one, which
 * are side by side in it. `row_owned` finds those of a programme's owner.
 */
export const LIST_INDEXES = `
  CREATE INDEX IF NOT EXISTS row_listed ON row (designatedBody, ${FIRST_ORDER.join(', ')}, ${OTHERS.join(', ')});
  CREATE INDEX IF NOT EXISTS row_owned
    ON row (tcsDesignatedBody, designatedBody, isException, isDiscrepancy, connectionStatus, membershipEndDate);
`

/** Whether the rows of a file have these columns: older ones do not. */
export const HAS_LISTS = "SELECT 1 FROM sqlite_schema WHERE name = 'shared'"
