import { ObjectId } from 'mongodb'
import { compareByCodePoint } from '../../../domain/text.ts'

/** The kinds of keys of which two can be equal, in the order in which MongoDB sorts them. */
type Key =
  | { readonly kind: 1; readonly value: number }
  | { readonly kind: 2; readonly value: string }
  | { readonly kind: 3; readonly value: string }

/**
 * A key as MongoDB orders it: numbers before texts before ObjectIds, texts by their bytes, which is by code point. Null
 * for any other type: no recommendation belongs to such a document.
 */
export function keyOf(value: unknown): Key | null {
  if (typeof value === 'string') return { kind: 2, value }
  if (typeof value === 'number' && !Number.isNaN(value)) return { kind: 1, value }
  if (value instanceof ObjectId) return { kind: 3, value: value.toHexString() }
  return null
}

export function compareKeys(a: Key, b: Key): number {
  if (a.kind !== b.kind) return a.kind - b.kind
  if (a.kind === 1 && b.kind === 1) return a.value - b.value
  return compareByCodePoint(String(a.value), String(b.value))
}

export type { Key }
