/**
 * Text as it is searched and sorted: lower-case words of letters and digits, one space in between. Only `words` and `squashed`
 * make it, so it holds nothing that a query language could read as syntax.
 */
export type Folded = string & { readonly folded: true }

/** Raise it with every change of `words` or of the keys made with it: an index and a query must be folded alike. */
export const FOLD_VERSION = 1

/** The most code points that `words` keeps. */
export const LONGEST_FOLDED = 256

const APOSTROPHES = /['‘’‛ʹʻʼʽˈ′`´＇]/gu
const FORMAT = /\p{Cf}/gu
const MARKS = /\p{M}/gu
const BETWEEN_WORDS = /[^\p{L}\p{Nd}]+/gu

/** Letters that people type as plain ones, but that Unicode does not decompose into a letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ŋ: 'n',
  ĸ: 'k',
  ſ: 's',
  ə: 'a',
  // Lower-casing Σ gives ς only at the end of a word, so a prefix of the word would not match.
  ς: 'σ',
}
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu')

/** Folding most texts needs no Unicode. */
const ASCII = /^[ -~]*$/
const ASCII_APOSTROPHES = /['`]/g
const BETWEEN_ASCII_WORDS = /[^a-z0-9]+/g
/** Most lower-cased names, which are folded already. */
const PLAIN = /^[a-z0-9]+(?: [a-z0-9]+)*$/

/**
 * Folds a text: without case, accents, apostrophes and invisible characters; whatever is neither letter nor digit separates
 * words. '' if there is neither. At most 256 code points. Idempotent. Source: rules, "Searching".
 */
export function words(text: string): Folded {
  return (text.length <= LONGEST_FOLDED ? simplyFolded(text.toLowerCase()) : null) ?? fullyFolded(text)
}

/** Null if folding needs Unicode. */
function simplyFolded(lower: string): Folded | null {
  if (PLAIN.test(lower)) return lower as Folded
  if (!ASCII.test(lower)) return null
  return lower.replace(ASCII_APOSTROPHES, '').replace(BETWEEN_ASCII_WORDS, ' ').trim() as Folded
}

function fullyFolded(text: string): Folded {
  // Apostrophes first: decomposing turns U+00B4 into a space and a mark.
  const decomposed = stripped(text.toWellFormed().replace(APOSTROPHES, '').normalize('NFKD'))
  // Through upper case, because some lower-case variants of a letter share only their capital.
  const lowered = stripped(decomposed.toUpperCase().toLowerCase().normalize('NFKD'))
  // After removing marks: Ǿ decomposes into Ø and a mark.
  const typed = lowered.replace(LETTER, (letter) => LETTERS[letter] ?? letter)
  return cut(typed.replace(BETWEEN_WORDS, ' ').trim()) as Folded
}

/** A text folded, without the spaces: Smith-Jones and Smith Jones are alike. */
export function squashed(text: string): Folded {
  const folded = words(text)
  return folded.includes(' ') ? (folded.replaceAll(' ', '') as Folded) : folded
}

/** Removes marks, invisible characters, and apostrophes that result from decomposing. */
function stripped(decomposed: string): string {
  return decomposed.replace(FORMAT, '').replace(MARKS, '').replace(APOSTROPHES, '')
}

function cut(folded: string): string {
  if (folded.length <= LONGEST_FOLDED) return folded
  const points = Array.from(folded)
  return points.length <= LONGEST_FOLDED ? folded : points.slice(0, LONGEST_FOLDED).join('').trimEnd()
}
