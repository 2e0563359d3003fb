import { assemble } from './assemble.ts'
import type { ComparedRow } from './comparison.ts'
import { FIELDS } from './fields.ts'
import type { PartName, Parts, Row, RowId } from './row.ts'

/**
 * One write that brings a generation nearer to its sources. `create` is refused if the id exists; `replace` and
 * `delete` are of a row that was read, and carry its concurrency token when they are carried out.
 */
export type RowWrite =
  | { readonly op: 'create'; readonly row: Row }
  | { readonly op: 'replace'; readonly row: Row }
  | { readonly op: 'delete'; readonly id: RowId }

/** The id of the row that a write creates, replaces or deletes. */
export function idOfWrite(write: RowWrite): RowId {
  return write.op === 'delete' ? write.id : write.row.id
}

/**
 * The writes that turn the stored rows into the wanted ones; none if they are the same. Their order survives a crash
 * between any two: creates first, since what they hold could be lost with the row that leads to it; then replacements;
 * last, deletions of what became redundant.
 */
export function differences(before: readonly ComparedRow[], after: readonly Row[]): RowWrite[] {
  const known = new Map(before.map((stored) => [stored.row.id, stored]))
  const wanted = new Set(after.map(({ id }) => id))
  const created = after.filter(({ id }) => !known.has(id))
  const replaced = after.filter((row) => {
    const old = known.get(row.id)
    return old !== undefined && !isStoredAs(old, row)
  })
  const gone = before.filter(({ row }) => !wanted.has(row.id))
  return [
    ...created.map((row): RowWrite => ({ op: 'create', row })),
    ...replaced.map((row): RowWrite => ({ op: 'replace', row })),
    ...gone.map(({ row }): RowWrite => ({ op: 'delete', id: row.id })),
  ]
}

const PART_NAMES = ['trainee', 'doctor', 'outcome', 'reason'] as const satisfies readonly PartName[]

/** Whether a stored row has the parts of the wanted one, and the fields and keys that follow from them. */
export function isStoredAs({ row, document, wrongKeys }: ComparedRow, wanted: Row): boolean {
  if (wrongKeys.length > 0 || !sameRow(row, wanted)) return false
  const assembled = assemble(wanted.parts)
  return FIELDS.every((field) => document[field] === assembled[field])
}

/** Whether two rows of one id have the same parts. */
export function sameRow(a: Row, b: Row): boolean {
  return PART_NAMES.every((name) => samePart(a.parts[name], b.parts[name]))
}

/** Whether two values of a part are equal. Parts are flat, so this compares field by field. */
function samePart(a: Parts[PartName], b: Parts[PartName]): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  // Trainees and doctors have no index signature to read a field by its name.
  const left = a as unknown as Readonly<Record<string, unknown>>
  const right = b as unknown as Readonly<Record<string, unknown>>
  const fields = Object.keys(left)
  return fields.length === Object.keys(right).length && fields.every((field) => left[field] === right[field])
}
