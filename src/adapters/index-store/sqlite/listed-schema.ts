import type { AssembledDocument } from '../../../domain/assemble.ts'
import { SORT_COLUMNS, type SortColumn } from '../../../domain/list-query.ts'
import { hasReason, isVisitor } from '../../../domain/lists.ts'
import { isDiscrepancy, isInList } from '../../../domain/may-see.ts'
import type { RowId } from '../../../domain/row.ts'
import { searchKeysOf, sortKeyOf } from '../../../domain/search-keys.ts'
import type { Folded } from '../../../domain/words.ts'

/**
 * What a list sorts by, a column each: `sortKeyOf`. The name of a programme, which many rows share, is in `programme`.
 */
export const KEY_COLUMNS: readonly SortColumn[] = SORT_COLUMNS.filter((column) => column !== 'programmeName')

/** The names decide ties, last of all where a row has none: greater than any folded text, so that an index gives this order. */
export const NO_NAME = '\u{10FFFF}'

export type NameColumn = 'doctorFirstName' | 'doctorLastName'

export function isName(column: SortColumn): column is NameColumn {
  return column === 'doctorFirstName' || column === 'doctorLastName'
}

/** What does not depend on the day, of which lists a row is in. */
const FLAGS = {
  isDoctor: (document: AssembledDocument) => isInList('doctors', document, ''),
  isException: (document: AssembledDocument) => isVisitor(document) || hasReason(document),
  isDiscrepancy,
}

/**
 * `listed`: the rows as lists search and sort them; a narrow table, for most lists are a scan. `words`: those in `word`, to take
 * them out again. `programme`: its `words` as a `programmeKey`. `word`: which rows have a word.
 */
export const LISTED_SCHEMA = `
  CREATE TABLE listed (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    ${KEY_COLUMNS.map((column) => `${column} TEXT${isName(column) ? ' NOT NULL' : ''}`).join(', ')},
    ${Object.keys(FLAGS)
      .map((flag) => `${flag} INTEGER NOT NULL`)
      .join(', ')},
    programme INTEGER,
    adminName TEXT,
    words TEXT NOT NULL
  );
  CREATE TABLE programme (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, words TEXT NOT NULL, sort TEXT);
  CREATE TABLE word (text TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (text, key)) WITHOUT ROWID;
`

/** Built when the table is full. A row that another program deletes leaves the lists too. */
export const LISTED_INDEXES = `
  CREATE INDEX listed_submission
    ON listed (submissionDate, doctorLastName, doctorFirstName, id, designatedBody, isDoctor);
  CREATE INDEX listed_number ON listed (gmcReferenceNumber, doctorLastName, doctorFirstName, id);
  CREATE INDEX listed_body ON listed (designatedBody, isDoctor, underNotice);
  CREATE TRIGGER unlisted AFTER DELETE ON row BEGIN DELETE FROM listed WHERE key = old.key; END;
`

export const HAS_LISTED = "SELECT 1 FROM sqlite_schema WHERE name = 'listed'"

export const LISTED_COLUMNS: readonly string[] = [
  'key',
  'id',
  ...KEY_COLUMNS,
  ...Object.keys(FLAGS),
  'programme',
  'adminName',
  'words',
]

type Value = string | number | null

/** A row for `listed`. */
export interface ListedValues {
  /** Of `LISTED_COLUMNS`, without the key and the id at the start, and the programme and what follows at the end. */
  readonly values: readonly Value[]
  readonly programmeName: string | null
  readonly adminName: string | null
  readonly words: readonly Folded[]
}

export function listedValuesOf(document: AssembledDocument): ListedValues {
  const keys = KEY_COLUMNS.map((column) => sortKeyOf(document, column) ?? (isName(column) ? NO_NAME : null))
  const flags = Object.values(FLAGS).map((flag) => Number(flag(document)))
  const { words } = searchKeysOf(document)
  return { values: [...keys, ...flags], programmeName: document.programmeName, adminName: document.admin, words }
}

/** The columns as they are bound. */
export function boundValues(
  key: number,
  id: RowId,
  { values, adminName, words }: ListedValues,
  programme: number | null,
): Value[] {
  return [key, id, ...values, programme, adminName, words.join(' ')]
}
