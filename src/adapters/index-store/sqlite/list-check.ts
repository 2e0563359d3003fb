import type { AssembledDocument } from '../../../domain/assemble.ts'
import { FLAGS, keyColumn, LIST_COLUMNS, SHARED } from './list-columns.ts'
import { ownKeysOf, sharedValuesOf } from './list-keys.ts'

// Compares stored list keys with the row: with wrong keys, a doctor is in the index but cannot be found in a list.

type Value = string | number | null

const FLAG_COLUMNS: ReadonlySet<string> = new Set(FLAGS)
const SHARED_COLUMNS = SHARED.map(keyColumn)
const OWN_COLUMNS = LIST_COLUMNS.filter((column) => !SHARED_COLUMNS.includes(column))

/** Separates the values of one text of `shared`. */
const BETWEEN = '\u001F'
const AND = `|| char(${BETWEEN.charCodeAt(0)}) ||`

/**
 * The columns of `row` to select for `wrongListKeys`. Flags are read as text: another program may have written a number that JavaScript
 * cannot hold. Keys into `shared` differ between files, so the texts they refer to are selected.
 */
export const CHECKED_COLUMNS: readonly string[] = [
  ...OWN_COLUMNS.map((column) => (FLAG_COLUMNS.has(column) ? `CAST(row.${column} AS TEXT)` : `row.${column}`)),
  ...SHARED_COLUMNS.map((column) => {
    const found = `SELECT shared.text ${AND} shared.words ${AND} ifnull(shared.sort, '') FROM shared WHERE shared.key = row.${column}`
    return `iif(row.${column} IS NULL, NULL, ifnull((${found}), ''))`
  }),
]

/** The list columns whose stored values, given in the order of `CHECKED_COLUMNS`, do not follow from the row. */
export function wrongListKeys(document: AssembledDocument, values: readonly Value[]): string[] {
  const own = ownKeysOf(document).map((value, at) =>
    FLAG_COLUMNS.has(OWN_COLUMNS[at] ?? '') && value !== null ? String(value) : value,
  )
  const shared = SHARED.map((column) => {
    const text = document[column]
    return text === null ? null : [text, ...sharedValuesOf(text)].map((value) => value ?? '').join(BETWEEN)
  })
  const right = [...own, ...shared]
  return LIST_COLUMNS.filter((_, at) => values[at] !== right[at])
}
