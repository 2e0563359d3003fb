import type { RowId } from '../../../domain/row.ts'
import type { Token } from '../../../ports/index-store.ts'

/** The engine's numbers of one version of a document. They are unique in a shard only, so the row id is part of it. */
export interface RowVersion {
  readonly id: RowId
  readonly seqNo: number
  readonly primaryTerm: number
}

export function tokenOf({ id, seqNo, primaryTerm }: RowVersion): Token {
  return `${seqNo}.${primaryTerm}.${id}`
}

const TOKEN = /^(\d{1,15})\.(\d{1,15})\./

/** The version of a token; null if it is not a token of this store. */
export function versionOf(token: Token): RowVersion | null {
  const match = TOKEN.exec(token)
  if (match === null) return null
  return { seqNo: Number(match[1]), primaryTerm: Number(match[2]), id: token.slice(match[0].length) }
}
