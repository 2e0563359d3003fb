import type { Day } from '../../../domain/day.ts'
import {
  DAY_FILTERS,
  type BodyScope,
  type ListFilters,
  type ListName,
  type ListQuery,
  type ListSearch,
} from '../../../domain/list-query.ts'
import { listQuery } from '../../index-store/opensearch/list-queries.ts'

// The rules of `may-see.ts` and `list-matching.ts` as queries. They contain typed text only folded, without any character that has a
// meaning in a query language.

const NONE = { match_none: {} } as const

/** The rows of a list that match all of a query. */
export function rowQuery(query: ListQuery, today: Day): object {
  const { list, search, filters } = query
  const searched = search === null ? [] : [searchQuery(list, search)]
  return all([...scopeClauses(list, query, today), ...searched, ...filterClauses(filters)])
}

/** The rows of a list that are visible within a scope. */
export function scopeQuery(list: ListName, scope: BodyScope, today: Day): object {
  return all(scopeClauses(list, scope, today))
}

/** Rows with a programme name that contains this phrase, from the start of a word. */
export function programmeStartsWith(phrase: string): object {
  return { wildcard: { 'reval.find.programme': { value: `* ${phrase}*` } } }
}

export function all(clauses: readonly object[]): object {
  return { constant_score: { filter: { bool: { filter: clauses } } } }
}

function any(clauses: readonly object[]): object {
  return { bool: { should: clauses, minimum_should_match: 1 } }
}

function scopeClauses(list: ListName, scope: BodyScope, today: Day): readonly object[] {
  return [...memberClauses(list, today), ...bodyClauses(list, scope)]
}

/** `isInList` of the domain. */
function memberClauses(list: ListName, today: Day): readonly object[] {
  switch (list) {
    case 'doctors':
      return [{ term: { existsInGmc: true } }]
    case 'all':
      return []
    case 'connected':
      return [listQuery('connectedindex', today)]
    case 'disconnected':
      return [listQuery('disconnectedindex', today)]
    case 'exception':
      return [listQuery('exceptionindex', today)]
    case 'discrepancies':
      // Decided when the row is written: a query cannot compare two fields.
      return [{ term: { 'reval.discrepancy': true } }]
  }
}

/** `maySee` of the domain. */
function bodyClauses(list: ListName, { bodies, tisBodies, unconnected }: BodyScope): readonly object[] {
  if (list === 'discrepancies') {
    if (bodies === null && tisBodies === null) return []
    return [any([isBodyOf('designatedBody', bodies ?? []), isBodyOf('tcsDesignatedBody', tisBodies ?? bodies ?? [])])]
  }
  if (bodies === null) return []
  if (bodies.length === 0) return [NONE]
  const ofGmc = isBodyOf('designatedBody', bodies)
  const ofProgramme = isBodyOf('tcsDesignatedBody', bodies)
  const ofNobody = unconnected === 'everybody' ? [] : [any([isMissing('tcsDesignatedBody'), ofProgramme])]
  switch (list) {
    case 'doctors':
    case 'connected':
      return [ofGmc]
    case 'disconnected':
      return ofNobody
    case 'all':
    case 'exception':
      return [any([ofGmc, ofProgramme, { bool: { filter: [isMissing('designatedBody'), ...ofNobody] } }])]
  }
}

/** `isFound` of the domain. */
function searchQuery(list: ListName, { words, phrase, squashed }: ListSearch): object {
  if (words.length === 0) return NONE
  const byNumber = { prefix: { 'reval.find.number': squashed } }
  const byNames = { bool: { filter: words.map(startsName) } }
  switch (list) {
    case 'doctors':
      return any([byNumber, byNames, programmeStartsWith(phrase)])
    case 'discrepancies':
      return any([byNumber, byNames])
    default:
      return any([byNumber, contains('reval.find.first', squashed), contains('reval.find.last', squashed)])
  }
}

/** Rows with a name, or a word of a name, that starts with this word. Only names of several words have `words`. */
function startsName(word: string): object {
  return any(['first', 'last', 'words'].map((key) => ({ prefix: { [`reval.find.${key}`]: word } })))
}

/** `passes` of the domain. */
function filterClauses(filters: ListFilters): readonly object[] {
  const { underNotice, programmeName, gmcStatus, tisStatus, admin, connectedBy, days } = filters
  return [
    ...(connectedBy ? [NONE] : []),
    ...(underNotice ? [UNDER_NOTICE] : []),
    ...(programmeName === null ? [] : [{ wildcard: { 'reval.find.programme': { value: `* ${programmeName} *` } } }]),
    ...(gmcStatus === null ? [] : [isOneOf('gmcStatus', gmcStatus)]),
    ...(tisStatus === null ? [] : [isOneOf('tisStatus', tisStatus)]),
    ...(admin === null ? [] : [{ term: { 'reval.sort.admin': admin } }]),
    ...DAY_FILTERS.flatMap((field) => {
      const { from = null, to = null } = days[field] ?? {}
      if (from === null && to === null) return []
      return [{ range: { [field]: { ...(from === null ? {} : { gte: from }), ...(to === null ? {} : { lte: to }) } } }]
    }),
  ]
}

export const UNDER_NOTICE = { term: { 'underNotice.keyword': 'YES' } } as const

function isOneOf(field: 'gmcStatus' | 'tisStatus', values: readonly (string | null)[]): object {
  const present = { terms: { [`${field}.keyword`]: values.filter((value) => value !== null) } }
  return values.includes(null) ? any([present, isMissing(field)]) : present
}

function isBodyOf(field: 'designatedBody' | 'tcsDesignatedBody', bodies: readonly string[]): object {
  return { terms: { [`${field}.keyword`]: bodies } }
}

function isMissing(field: string): object {
  return { bool: { must_not: { exists: { field } } } }
}

function contains(field: string, folded: string): object {
  return { wildcard: { [field]: { value: `*${folded}*` } } }
}
