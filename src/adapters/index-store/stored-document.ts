import type { AssembledDocument } from '../../domain/assemble.ts'
import { FIELDS, kindOf, type Field } from '../../domain/fields.ts'

const TYPES: readonly (readonly [field: Field, type: string])[] = FIELDS.map((field) => {
  const kind = kindOf(field)
  return [field, kind === 'personId' ? 'number' : kind === 'flag' ? 'boolean' : 'string']
})

/**
 * The fields of a row as they are stored. A value of another type, which another program wrote, is given as JSON text: it
 * differs from what should be there, and breaks no rule that reads it.
 */
export function storedDocument(stored: AssembledDocument): AssembledDocument {
  const odd = TYPES.filter(([field, type]) => stored[field] !== null && typeof stored[field] !== type)
  if (odd.length === 0) return stored
  // Text in place of the field's own type.
  return { ...stored, ...Object.fromEntries(odd.map(([field]) => [field, JSON.stringify(stored[field])])) }
}
