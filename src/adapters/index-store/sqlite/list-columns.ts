import { SORT_COLUMNS, type SortColumn } from '../../../domain/list-query.ts'
import { FOLDED_COLUMNS, sortsAsItIs } from '../../../domain/search-keys.ts'

/** Columns whose keys are searched. They hold the folded text itself. */
export const SEARCHED = ['gmcReferenceNumber', 'doctorFirstName', 'doctorLastName'] as const

/** The other columns that sort by a key. Thousands of rows have the same text, so their keys are numbers of texts in `shared`. */
export const SHARED: readonly SortColumn[] = FOLDED_COLUMNS.filter(
  (column) => !SEARCHED.some((searched) => searched === column),
)

/** The column that stores the key for searching or sorting by another column. */
export function keyColumn(column: SortColumn): string {
  return `${column}Key`
}

/** The key of a missing name. Names break ties, and missing ones come last: greater than any folded text, so an index has this order. */
export const NO_NAME = '\u{10FFFF}'

export function isName(column: SortColumn): boolean {
  return column === 'doctorFirstName' || column === 'doctorLastName'
}

/** Memberships of lists that no field shows and that do not depend on the day. */
export const FLAGS = ['isException', 'isDiscrepancy'] as const

/** The list keys of each row. `words` has the words of names of several words, each after a space. */
export const LIST_COLUMNS: readonly string[] = ['words', ...SEARCHED.map(keyColumn), ...FLAGS, ...SHARED.map(keyColumn)]

const TEXTS = ['words', ...SEARCHED.map(keyColumn)]

export const LIST_COLUMN_TYPES: readonly string[] = LIST_COLUMNS.map(
  (column) => `${column} ${TEXTS.includes(column) ? 'TEXT' : 'INTEGER'}`,
)

/** Texts of the `SHARED` columns, each once. `words` is their `programmeKey`. A text that no row uses any more stays. */
export const SHARED_SCHEMA = `
  CREATE TABLE shared (key INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, words TEXT NOT NULL, sort TEXT);
`

/** The order that people see first. Its pages are read from consecutive index entries. */
const FIRST_ORDER = ['submissionDate', keyColumn('doctorLastName'), keyColumn('doctorFirstName'), 'id']
const LISTED = [...SORT_COLUMNS.filter(sortsAsItIs), 'existsInGmc', ...LIST_COLUMNS]
const OTHERS = LISTED.filter((column) => column !== 'designatedBody' && !FIRST_ORDER.includes(column))

/**
 * Built once all rows of a run are written. `row_listed` covers everything that lists ask for, by body: most people see the rows of one
 * body, which are adjacent in it. `row_owned` finds rows by the body of the programme's owner.
 */
export const LIST_INDEXES = `
  CREATE INDEX IF NOT EXISTS row_listed ON row (designatedBody, ${FIRST_ORDER.join(', ')}, ${OTHERS.join(', ')});
  CREATE INDEX IF NOT EXISTS row_owned
    ON row (tcsDesignatedBody, designatedBody, isException, isDiscrepancy, connectionStatus, membershipEndDate);
`

/** Whether a file has list keys: those of earlier versions do not. */
export const HAS_LISTS = "SELECT 1 FROM sqlite_schema WHERE name = 'shared'"
