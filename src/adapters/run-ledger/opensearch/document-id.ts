import { createHash } from 'node:crypto'

/** An id of fixed length, derived from what identifies the document. */
export function derivedId(parts: readonly (string | number)[]): string {
  // As JSON, which tells half letters of UTF-16 apart and keeps the parts from running into each other.
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
