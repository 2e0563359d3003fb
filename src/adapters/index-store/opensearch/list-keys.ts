import type { AssembledDocument } from '../../../domain/assemble.ts'
import type { SortColumn } from '../../../domain/list-query.ts'
import { programmeNamesIn, searchKeysOf, sortKeyOf, wordsInNames } from '../../../domain/search-keys.ts'

/** Columns with a key only for sorting. The others sort by a key that is also searched, or by their field. */
export const OWN_SORT_KEYS = [
  'programmeName',
  'membershipType',
  'programmeOwner',
  'admin',
  'exceptionReason',
] as const satisfies readonly SortColumn[]
export type OwnSortKey = (typeof OWN_SORT_KEYS)[number]

/** The list keys stored with a row: folded by the domain, absent for missing values. */
export interface ListKeys {
  readonly find: {
    /** Only the words of names of several words: `first` and `last` have each name as one word. */
    readonly words: readonly string[] | undefined
    readonly number: string | undefined
    readonly first: string | undefined
    readonly last: string | undefined
    /** Each name between two spaces, so that searches can match whole words. */
    readonly programme: readonly string[] | undefined
  }
  readonly sort: Readonly<Record<OwnSortKey, string | undefined>>
}

/** Runs for each row of a run, so it is fast: setting undefined, which JSON omits, costs less than building a shorter object. */
export function listKeysOf(document: AssembledDocument): ListKeys {
  const keys = searchKeysOf(document)
  const { number, first, last, programme } = keys
  const words = wordsInNames(keys)
  return {
    find: {
      words: words.length === 0 ? undefined : words,
      number: number || undefined,
      first: first || undefined,
      last: last || undefined,
      programme: programme === '' ? undefined : programmeNamesIn(programme),
    },
    sort: {
      programmeName: sortKeyOf(document, 'programmeName') ?? undefined,
      membershipType: sortKeyOf(document, 'membershipType') ?? undefined,
      programmeOwner: sortKeyOf(document, 'programmeOwner') ?? undefined,
      admin: sortKeyOf(document, 'admin') ?? undefined,
      exceptionReason: sortKeyOf(document, 'exceptionReason') ?? undefined,
    },
  }
}
