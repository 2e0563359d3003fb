/**
 * A text column as the rules read it: blank means null, whatever kind of white space it is made of (U+00A0 too).
 * Any other text is unchanged. Source: rules, "In every text column of both sources blank is null".
 */
export function textOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === '' ? null : text
}

/** Orders by code point, as the rules ask; JavaScript's own order is by UTF-16 unit and differs outside the BMP. */
export function compareByCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const left = a.codePointAt(i) ?? 0
    const right = b.codePointAt(i) ?? 0
    if (left !== right) return left - right
  }
  return a.length - b.length
}
