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

/** From the first quotation mark to the last: a value may hold some. One that was cut short has no last. */
function withoutQuoted(reason: string): string {
  const first = reason.indexOf('"')
  if (first === -1) return reason
  const last = reason.endsWith('…') ? first : reason.lastIndexOf('"')
  return `${reason.slice(0, first)}"…"${last === first ? '' : reason.slice(last + 1)}`
}
