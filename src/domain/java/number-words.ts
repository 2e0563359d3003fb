/** Splits text at the word boundaries of Unicode (UAX 29), as the search engine's standard analyser does. */
const WORDS = new Intl.Segmenter('en', { granularity: 'word' })
const ONE_WORD = /^[0-9A-Za-z]*$/

/**
 * The words of a number, or of the text in its place, by which the Java services find rows: they search an analysed field, so
 * "1234567 (old)" is found by 1234567, and "UNKNOWN" by "unknown". Each once.
 */
export function numberWords(number: string | null): readonly string[] {
  if (number === null) return []
  if (ONE_WORD.test(number)) return number === '' ? [] : [number.toLowerCase()]
  const words = [...WORDS.segment(number)].filter(({ isWordLike }) => isWordLike === true)
  return [...new Set(words.map(({ segment }) => segment.toLowerCase()))]
}

/** Whether the Java services find a row with this number, or text in its place, when they search for another. */
export function isFoundBy(number: string | null, searched: string): boolean {
  const words = numberWords(number)
  const wanted = numberWords(searched)
  return wanted.length > 0 && wanted.every((word) => words.includes(word))
}
