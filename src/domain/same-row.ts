import type { PartName, Parts, Row } from './row.ts'

/** Whether two values of a part say the same. Parts are flat, so this compares field by field. */
export function samePart(a: Parts[PartName] | undefined, b: Parts[PartName] | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const fields = new Map<string, unknown>(Object.entries(b))
  const entries = Object.entries(a)
  return entries.length === fields.size && entries.every(([field, value]) => fields.get(field) === value)
}

const PART_NAMES = ['trainee', 'doctor', 'outcome', 'reason'] as const satisfies readonly PartName[]

/** Whether two rows of one id are the same in everything that is kept: parts, marks and whether they show. */
export function sameRow(a: Row, b: Row): boolean {
  return (
    a.hidden === b.hidden &&
    PART_NAMES.every((name) => a.marks[name] === b.marks[name] && samePart(a.parts[name], b.parts[name]))
  )
}
