import { searchOf } from '../../domain/list-matching.ts'
import { SUGGESTED_FIELDS, type ListName, type ListQuery, type SuggestQuery } from '../../domain/list-query.ts'
import { squashed, words } from '../../domain/words.ts'
import { filtersOf } from './filters.ts'
import { type decoded, fault, ParameterReader, quoted, type Parameters } from './parameter.ts'
import { requestedBodies, type RequestedBodies } from './requested-bodies.ts'
import { orderOf } from './sort-columns.ts'

/** Rows per page; both clients expect this number. */
export const PAGE_SIZE = 20
const LAST_PAGE = 499_999

type Unscoped<Query> = Omit<Query, 'bodies' | 'tisBodies' | 'unconnected'>

/** A page of a list, as a request asks for it. */
export interface ListRequest {
  readonly query: Unscoped<ListQuery>
  /** From 0. */
  readonly page: number
  readonly requested: RequestedBodies
}

/**
 * Parses a request. Ignores unknown parameters, such as the clients' `filter`. Throws USAGE, naming the invalid parameter. `read`
 * decodes values, by default as the clients encode them. Source: rules, "The lists of the API".
 */
export function listRequestOf(list: ListName, parameters: Parameters, read?: typeof decoded): ListRequest {
  const reader = new ParameterReader(parameters, read)
  return {
    query: {
      list,
      search: searchOf(reader.text('searchQuery') ?? ''),
      filters: filtersOf(list, reader),
      order: orderOf(list, reader),
    },
    page: pageOf(reader),
    requested: requestedBodies(reader),
  }
}

function pageOf(reader: ParameterReader): number {
  const text = reader.choice('pageNumber')
  if (text === null) return 0
  const page = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (page <= LAST_PAGE) return page
  throw fault('pageNumber', `expected a whole number from 0 to ${LAST_PAGE}, got ${quoted(text)}`)
}

/** A request for suggestions. */
export interface SuggestRequest {
  readonly query: Unscoped<SuggestQuery>
  readonly requested: RequestedBodies
}

export function suggestRequestOf(parameters: Parameters): SuggestRequest {
  const reader = new ParameterReader(parameters)
  const field = reader.oneOf('fieldName', SUGGESTED_FIELDS)
  if (field === null) throw fault('fieldName', `expected one of ${SUGGESTED_FIELDS.join(', ')}`)
  return { query: { field, phrase: words(reader.text('input') ?? '') }, requested: requestedBodies(reader) }
}

/** The GMC number, or the start of one, that a text searches for, in one form however it was typed: an erasure must find it. */
export function gmcNumberIn(text: string): string | null {
  const searched: string = squashed(text)
  return /^\d+$/.test(searched) ? searched : null
}
