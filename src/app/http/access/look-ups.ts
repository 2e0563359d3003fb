import type { FastifyRequest } from 'fastify'
import { gmcNumberIn } from '../../lists/list-request.ts'
import { decoded } from '../../lists/parameter.ts'
import { wantsCsv } from '../requests.ts'

/** The decoded parameters of a request for a list. */
type About = Readonly<Record<string, string>>

/** The parameter that holds the searched text: in the API, and in the console. */
const SEARCHES = ['searchQuery', 'q'] as const

/**
 * The subject of a request for a list that must be recorded: a download, or a search for a GMC number. Null for any other page of a
 * list: admins read these all day, among rows that they may see, and the names that they type must not be kept.
 */
export function lookUpIn(request: Pick<FastifyRequest, 'headers' | 'params' | 'query'>): About | null {
  const parameters = [...Object.entries(request.params ?? {}), ...Object.entries(request.query ?? {})]
  const about: Record<string, string> = {}
  for (const [name, value] of parameters) {
    const text = typeof value === 'string' ? decoded(value) : null
    // An empty `dbcs` means no bodies; an absent one means all.
    if (text !== null && (text !== '' || name === 'dbcs')) about[name] = text
  }
  const search = SEARCHES.find((name) => about[name] !== undefined) ?? 'searchQuery'
  const number = gmcNumberIn(about[search] ?? '')
  if (number !== null) about[search] = number
  if (wantsCsv(request, about.format)) return { ...about, format: 'csv' }
  return number === null ? null : about
}

/** The bodies that a refused request for a list names. Its search text is not recorded. */
export function bodiesNamedIn({ query }: Pick<FastifyRequest, 'query'>): object {
  const named = Object.entries(query ?? {}).filter(([name]) => name === 'dbcs' || name === 'tisDesignatedBodies')
  return Object.fromEntries(named)
}
