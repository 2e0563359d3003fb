import { ERROR_CODES } from './codes.ts'

/** Codes whose reasons quote values of rows and messages. */
const QUOTING = /^(ROW|MESSAGE|CHANGE)_/

/**
 * A reason without the values that it quotes, for logs and lists: what a row has in the wrong field may be a name. An index
 * store's reason may hold values without quotation marks, so its code's remedy replaces it. Masking twice changes nothing.
 */
export function maskedReason(code: string, reason: string): string {
  if (code === 'ROW_WRITE_FAILED') return ERROR_CODES.ROW_WRITE_FAILED
  if (!QUOTING.test(code)) return reason
  return withoutQuoted(reason)
    .replace(/\[[^\]]*\](?= is not)/, '[…]')
    .replace(/\bgot -?\d\S*/, 'got a number')
}

/** From the first quotation mark to the last, since a value may hold some; to the end after one that was cut short. */
function withoutQuoted(reason: string): string {
  const first = reason.indexOf('"')
  if (first === -1) return reason
  const rest = reason.slice(reason.lastIndexOf('"') + 1)
  const isCut = reason.indexOf('"', first + 1) === -1 || rest.includes('…')
  return `${reason.slice(0, first)}"…"${isCut ? '' : rest}`
}
