import type { Token } from '../../../ports/index-store.ts'

/** One version of a row: `key` finds the row, `seq` is the number of its last write, unique in a generation. */
export interface RowVersion {
  readonly key: number
  readonly seq: number
}

export function tokenOf({ key, seq }: RowVersion): Token {
  return `${key}.${seq}`
}

/** The version that a token names; null for a text that is no token of this store. */
export function versionOf(token: Token): RowVersion | null {
  const dot = token.indexOf('.')
  const key = Number(token.slice(0, dot))
  const seq = Number(token.slice(dot + 1))
  return dot > 0 && Number.isSafeInteger(key) && Number.isSafeInteger(seq) ? { key, seq } : null
}
