import type { AssembledDocument } from '../../../domain/assemble.ts'
import { SORT_COLUMNS, type SortColumn } from '../../../domain/list-query.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { isDiscrepancy } from '../../../domain/may-see.ts'
import type { RowId } from '../../../domain/row.ts'
import { nameKeysOf, programmeKey, sortKeyOf } from '../../../domain/search-keys.ts'
import { squashed } from '../../../domain/words.ts'

/** The columns whose keys are those that a search looks for. */
const SEARCHED = ['gmcReferenceNumber', 'doctorFirstName', 'doctorLastName'] as const

/** The other columns that lists sort by. The name of a programme, which many rows share, is in `programme`. */
const SORTED: readonly SortColumn[] = SORT_COLUMNS.filter(
  (column) => column !== 'programmeName' && !SEARCHED.some((searched) => searched === column),
)

/** The names decide ties, last of all where a row has none: greater than any folded text, so that an index gives this order. */
export const NO_NAME = '\u{10FFFF}'

export function isName(column: SortColumn): boolean {
  return column === 'doctorFirstName' || column === 'doctorLastName'
}

/** Which lists a row is in, as far as that does not depend on the day. */
export const FLAGS = ['isDoctor', 'isException', 'isDiscrepancy'] as const

/**
 * `listed`: the rows as lists search and sort them; a narrow table, for most lists are a scan of it. `words`: those of the names,
 * each after a space. `programme`: the joined names of programmes; their `words` are a `programmeKey`. A row that
 * is deleted leaves the lists too, even if another program deletes it.
 */
export const LISTED_SCHEMA = `
  CREATE TABLE listed (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    words TEXT NOT NULL,
    gmcReferenceNumber TEXT,
    doctorFirstName TEXT NOT NULL,
    doctorLastName TEXT NOT NULL,
    ${FLAGS.map((flag) => `${flag} INTEGER NOT NULL`).join(', ')},
    programme INTEGER,
    adminName TEXT,
    ${SORTED.map((column) => `${column} TEXT`).join(', ')}
  );
  CREATE TABLE programme (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, words TEXT NOT NULL, sort TEXT);
  CREATE TRIGGER unlisted AFTER DELETE ON row BEGIN DELETE FROM listed WHERE key = old.key; END;
`

export const HAS_LISTED = "SELECT 1 FROM sqlite_schema WHERE name = 'listed'"

export const LISTED_COLUMNS: readonly string[] = [
  'key',
  'id',
  'words',
  ...SEARCHED,
  ...FLAGS,
  'programme',
  'adminName',
  ...SORTED,
]

/** The columns of an order that people see first, so that a page of it is read where it stands. */
const FIRST_ORDER: readonly SortColumn[] = ['submissionDate', 'doctorLastName', 'doctorFirstName']
const OTHERS = LISTED_COLUMNS.filter(
  (column) => !['key', 'id', 'designatedBody', 'adminName', ...FIRST_ORDER].includes(column),
)

/**
 * Built once all rows of a run are written. `listed_body` has all columns, by body: most people see the rows of one, which are then
 * side by side. `listed_tcs` finds those of the programme's owner.
 */
export const LISTED_INDEXES = `
  CREATE INDEX IF NOT EXISTS listed_body ON listed (designatedBody, ${FIRST_ORDER.join(', ')}, id, ${OTHERS.join(', ')});
  CREATE INDEX IF NOT EXISTS listed_tcs
    ON listed (tcsDesignatedBody, designatedBody, isException, isDiscrepancy, connectionStatus, membershipEndDate);
`

/** The values of the `LISTED_COLUMNS` of a row. */
export function listedValuesOf(
  key: number,
  id: RowId,
  document: AssembledDocument,
  programme: number | null,
): (string | number | null)[] {
  const { words, number, first, last } = nameKeysOf(document)
  const values = [key, id, ` ${words.join(' ')}`, number || null, first || NO_NAME, last || NO_NAME]
  const isException = isVisitor(document) || hasReason(document)
  const flags = [document.existsInGmc === true, isException, isDiscrepancy(document)].map(Number)
  return [...values, ...flags, programme, document.admin, ...SORTED.map((column) => sortKeyOf(document, column))]
}

/** The words of a programme, and what it sorts by. */
export function programmeValuesOf(name: string): [words: string, sort: string | null] {
  return [programmeKey(name), squashed(name) || null]
}
