import type { AssembledDocument } from '../../../domain/assemble.ts'
import type { SortColumn } from '../../../domain/list-query.ts'
import { programmeNamesIn, searchKeysOf, sortKeyOf, wordsInNames } from '../../../domain/search-keys.ts'

/** Columns with a key that is only sorted by. The others sort by a key that is searched too, or by their field as it is. */
export const OWN_SORT_KEYS = [
  'programmeName',
  'membershipType',
  'programmeOwner',
  'admin',
  'exceptionReason',
] as const satisfies readonly SortColumn[]
export type OwnSortKey = (typeof OWN_SORT_KEYS)[number]

/** What people search and sort lists by, as it is stored with a row: folded by the domain, absent where there is nothing. */
export interface ListKeys {
  readonly find: {
    /** Those of a name of several words: a row is found by its names as one too. */
    readonly words: readonly string[] | undefined
    readonly number: string | undefined
    readonly first: string | undefined
    readonly last: string | undefined
    /** Each name between two spaces: a phrase of whole words starts with one. */
    readonly programme: readonly string[] | undefined
  }
  readonly sort: Readonly<Record<OwnSortKey, string | undefined>>
}

/** Made for each row of a run: JSON omits undefined, and its place in the object costs less than a shorter object. */
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
