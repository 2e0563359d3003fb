import { INDEX_FIELDS, type Field } from '../../../domain/lists.ts'

/** The layout of a generation's file. Raised with every change to the tables or to what a stored part means. */
export const GENERATION_LAYOUT = 1

/**
 * What a row is to readers: one or more flags. A deleted row that a search may still find is kept until it is made
 * invisible, and is hidden or not as it was.
 */
export const SHOWN = 0
export const HIDDEN = 1
export const DELETED = 2

/** The assembled fields, a column each. */
export const FIELD_COLUMNS: readonly Field[] = [...new Set(Object.values(INDEX_FIELDS).flat())].sort()

const columnType = (field: Field): string => (field === 'tcsPersonId' || field === 'existsInGmc' ? 'INTEGER' : 'TEXT')

/**
 * `row`: the keys ascend in the order of arrival, a key being the number of the row's first writing and `seq` that of
 * its last. `identity`: the keys by id, complete up to the key `progress.identified`; what came later is added in the
 * order of the ids, many at a time, because ids arrive in no order and each would rewrite a page of its own.
 * `searchable`: the keys by GMC number as the last makeVisible left them. `outdated`: the rows that are searchable by a
 * number they no longer have, or that are deleted. `progress`: the number of the last writing, and of the last one that
 * is visible; rows with a greater key are not searchable.
 */
export const GENERATION_SCHEMA = `
  CREATE TABLE row (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    number INTEGER,
    ${FIELD_COLUMNS.map((field) => `${field} ${columnType(field)}`).join(', ')},
    marks TEXT,
    parts TEXT NOT NULL
  );
  CREATE TABLE identity (id TEXT PRIMARY KEY, key INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE searchable (number INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (number, key)) WITHOUT ROWID;
  CREATE TABLE outdated (key INTEGER PRIMARY KEY, number INTEGER);
  CREATE TABLE progress (seq INTEGER NOT NULL, identified INTEGER NOT NULL, visible INTEGER NOT NULL);
  INSERT INTO progress VALUES (0, 0, 0);
`

/** The columns of `row` in the order in which rows are written. */
export const ROW_COLUMNS: readonly string[] = [
  'key',
  'id',
  'seq',
  'state',
  'number',
  ...FIELD_COLUMNS,
  'marks',
  'parts',
]
