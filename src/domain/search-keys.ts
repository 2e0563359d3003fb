import type { AssembledDocument } from './assemble.ts'
import { kindOf } from './fields.ts'
import { SORT_COLUMNS, type SortColumn } from './list-query.ts'
import { squashed, words, type Folded } from './words.ts'

/** The keys by which a row is searched. Stores keep them as plain texts, and only test whether one equals, starts with or contains another. */
export interface SearchKeys {
  /** The words of both names, each once; also each name of several words as one. */
  readonly words: readonly Folded[]
  /** Squashed, as the names; '' if missing. */
  readonly number: Folded
  readonly first: Folded
  readonly last: Folded
  /** See `programmeKey`; '' for none. */
  readonly programme: string
}

/** Separates the names of several programmes: no folded text contains it, so no phrase matches across two names. */
const BETWEEN_PROGRAMMES = '\u0001'

export function searchKeysOf(document: AssembledDocument): SearchKeys {
  return { ...nameKeysOf(document), programme: programmeKey(document.programmeName) }
}

/** All keys except the programme's, which many rows share. */
export function nameKeysOf({
  doctorFirstName,
  doctorLastName,
  gmcReferenceNumber,
}: AssembledDocument): Omit<SearchKeys, 'programme'> {
  const first = words(doctorFirstName ?? '')
  const last = words(doctorLastName ?? '')
  const keys = { number: squashed(gmcReferenceNumber ?? ''), first: joined(first), last: joined(last) }
  return { ...keys, words: wordsOfNames([first, last]) }
}

function wordsOfNames(names: readonly Folded[]): readonly Folded[] {
  // Most names are one word.
  if (!names.some((name) => name.includes(' ')))
    return names.filter((name, at) => name !== '' && names.indexOf(name) === at)
  const found = new Set<Folded>()
  for (const name of names) {
    if (name.includes(' ')) for (const word of name.split(' ') as Folded[]) found.add(word)
    found.add(joined(name))
  }
  found.delete('' as Folded)
  return [...found]
}

/**
 * The words that neither name is as a whole; none for most rows. A store that keeps the names as one word each needs only these besides.
 */
export function wordsInNames({ words, first, last }: Pick<SearchKeys, 'words' | 'first' | 'last'>): readonly Folded[] {
  const names = (first === '' ? 0 : 1) + (last === '' || last === first ? 0 : 1)
  return words.length === names ? [] : words.filter((word) => word !== first && word !== last)
}

function joined(name: Folded): Folded {
  // A part of a folded text.
  return name.includes(' ') ? (name.replaceAll(' ', '') as Folded) : name
}

/** The names of a row's programmes, folded one by one, each between two spaces. */
export function programmeKey(programmeName: string | null): string {
  return programmeName === null ? '' : keyOfProgrammes(programmeName)
}

const keyOfProgrammes = remembered((programmeName) => {
  const names = programmeName.split(' | ').map(words)
  return names.flatMap((name) => (name === '' ? [] : [` ${name} `])).join(BETWEEN_PROGRAMMES)
})

/** The names in a `programmeKey`, as they are there. */
export function programmeNamesIn(key: string): readonly string[] {
  return key.split(BETWEEN_PROGRAMMES)
}

/** The columns that hold codes, which sort as they are; days do too. */
const CODES: readonly SortColumn[] = [
  'designatedBody',
  'tcsDesignatedBody',
  'connectionStatus',
  'underNotice',
  'tisStatus',
  'gmcStatus',
]

const AS_THEY_ARE = new Set(SORT_COLUMNS.filter((column) => CODES.includes(column) || kindOf(column) === 'day'))

/** Whether a column sorts by its value as it is; the others sort by their squashed text. */
export function sortsAsItIs(column: SortColumn): boolean {
  return AS_THEY_ARE.has(column)
}

/** The key by which a row sorts in a column, compared by code point; null if it has no value, which is last in both directions. */
export function sortKeyOf(document: AssembledDocument, column: SortColumn): string | null {
  const value = document[column]
  if (value === null) return null
  return sortsAsItIs(column) ? value : squashedValue(value) || null
}

const squashedValue = remembered(squashed)

/** The columns that need a key of their own to be sorted by. */
export const FOLDED_COLUMNS: readonly SortColumn[] = SORT_COLUMNS.filter((column) => !sortsAsItIs(column))

const MOST_REMEMBERED = 5_000
const LONGEST_REMEMBERED = 200

/**
 * A function of text that caches its results. Thousands of rows have the same programme, owner or admin, and folding takes most of the
 * time of making keys.
 */
function remembered<Result>(of: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = of(text)
    if (text.length > LONGEST_REMEMBERED) return made
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(text, made)
    return made
  }
}
