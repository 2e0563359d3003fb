import * as z from 'zod'
import type { ListName } from '../../../domain/list-query.ts'
import { listRequestOf, type ListRequest } from '../../../app/lists/list-request.ts'
import { typed } from '../../../app/lists/parameter.ts'

/** The lists that the pages show, by their names in addresses. `master` has every row. */
export const CONSOLE_LISTS = [
  'master',
  'recommendation',
  'connected',
  'disconnected',
  'exception',
  'discrepancies',
] as const
export type ConsoleList = (typeof CONSOLE_LISTS)[number]

const NAMES: Readonly<Record<ConsoleList, ListName>> = {
  master: 'all',
  recommendation: 'doctors',
  connected: 'connected',
  disconnected: 'disconnected',
  exception: 'exception',
  discrepancies: 'discrepancies',
}

/** The list whose columns and rules apply. */
export function listNameOf(list: ConsoleList): ListName {
  return NAMES[list]
}

export const LIST_PARAMS = z.object({ list: z.enum(CONSOLE_LISTS) })

export const LIST_QUERY = z.object({
  q: z.string().default(''),
  body: z.string().default(''),
  sort: z.string().default(''),
  order: z.string().default(''),
  page: z.coerce.number().int().min(1).max(500_000).default(1),
  underNotice: z.enum(['', 'true']).default(''),
  view: z.enum(['client', 'index']).default('client'),
})

/** What the address of a page says: a list and how to read it. */
export type ListAddress = z.infer<typeof LIST_QUERY> & { readonly list: ConsoleList }

/** The address with its defaults left out; `path` is added to that of the list. */
export function hrefOf({ list, ...address }: ListAddress, path = ''): string {
  const defaults = LIST_QUERY.parse({})
  const query = new URLSearchParams()
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    if (address[name] !== defaults[name]) query.set(name, String(address[name]))
  }
  return `/console/lists/${list}${path}${query.size === 0 ? '' : `?${query.toString()}`}`
}

/** The most characters of a search. */
export const LONGEST_SEARCH = 256

export function isTooLong(q: string): boolean {
  return Array.from(q).length > LONGEST_SEARCH
}

/** The request for the rows. Throws USAGE for a column or body that cannot be. */
export function requestOf({ list, q, body, sort, order, page, underNotice, view }: ListAddress): ListRequest {
  const parameters = {
    searchQuery: q,
    ...(body !== '' && { dbcs: body }),
    sortColumn: sort,
    sortOrder: order,
    pageNumber: String(page - 1),
    underNotice,
  }
  const request = listRequestOf(listNameOf(list), parameters, typed)
  // The index has every row; its service shows doctors of the GMC only.
  return hasViews(list) && view === 'index' ? { ...request, query: { ...request.query, list: 'all' } } : request
}

/** Whether the client leaves out rows that the index has. */
export function hasViews(list: ConsoleList): boolean {
  return list === 'recommendation'
}
