/** The engine indexes no term of more than 32,766 bytes; a hash has to fit behind what is cut. */
const LONGEST = 32_000

/**
 * A failure's cursor as the engine sorts it, by the bytes of UTF-8, which is the order by code point. Two things are
 * put right: half letters of UTF-16, which UTF-8 cannot tell, become U+D7FF (a code point of nothing) and a letter
 * that keeps their order; and of a cursor of more than 32,000 bytes what follows is replaced by its hash: such
 * cursors come in the right order by what they begin with, and once each.
 */
export function cursorTerm(cursor: string, hash: (text: string) => string): string {
  const term = cursor.isWellFormed() && !cursor.includes('\ud7ff') ? cursor : inUtf8(cursor)
  if (Buffer.byteLength(term) <= LONGEST) return term
  return `${beginning(term)}${hash(cursor)}`
}

function inUtf8(cursor: string): string {
  return cursor.replace(
    /[\ud7ff\ud800-\udfff]/gu,
    (half) => `\ud7ff${String.fromCharCode(half.charCodeAt(0) - 0xd7ff)}`,
  )
}

/** As many whole letters as fit. */
function beginning(term: string): string {
  const bytes = Buffer.from(term)
  let end = LONGEST
  // 10xxxxxx goes on with a letter that began before.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
