import type { Token } from '../../../ports/index-store.ts'

/** One version of a row: `key` finds the row, `seq` is the number of its last writing, unique in a generation. */
export interface RowVersion {
  readonly key: number
  readonly seq: number
}

/** Writings count from 1: no row ever has this number. */
const NEVER = 0

export function tokenOf({ key, seq }: RowVersion): Token {
  return `${key}.${seq}`
}

/** The token of a row that was written again since it became visible: every write with it is a conflict. */
export function staleToken(key: number): Token {
  return tokenOf({ key, seq: NEVER })
}

/** The version that a token names; null for a text that is no token of this store. */
export function versionOf(token: Token): RowVersion | null {
  const dot = token.indexOf('.')
  const key = Number(token.slice(0, dot))
  const seq = Number(token.slice(dot + 1))
  return dot > 0 && Number.isSafeInteger(key) && Number.isSafeInteger(seq) ? { key, seq } : null
}
