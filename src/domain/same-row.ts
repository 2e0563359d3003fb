import type { PartName, Parts, Row } from './row.ts'

/** Whether two values of a part say the same. Parts are flat, so this compares field by field. */
export function samePart(a: Parts[PartName], b: Parts[PartName]): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  // Trainees and doctors have no index signature to read a field by its name.
  const left = a as unknown as Readonly<Record<string, unknown>>
  const right = b as unknown as Readonly<Record<string, unknown>>
  const fields = Object.keys(left)
  return fields.length === Object.keys(right).length && fields.every((field) => left[field] === right[field])
}

const PART_NAMES = ['trainee', 'doctor', 'outcome', 'reason'] as const satisfies readonly PartName[]

/** Whether two rows of one id are the same in everything that is kept: parts, marks and whether they show. */
export function sameRow(a: Row, b: Row): boolean {
  return (
    a.hidden === b.hidden &&
    PART_NAMES.every((name) => a.marks[name] === b.marks[name] && samePart(a.parts[name], b.parts[name]))
  )
}
