import type { FastifyRequest } from 'fastify'
import { squashed } from '../../../domain/words.ts'
import { decoded } from '../../lists/parameter.ts'
import { wantsCsv } from '../requests.ts'

/** The parameters of a request for a list, as they are understood. */
type About = Readonly<Record<string, string>>

/**
 * What a request for a list looks up, if that is to be on record: the whole list, as a download, or a doctor by GMC number. Null for
 * a page of a list: those who may see its rows work with it all day, and names that they type must not be kept.
 */
export function lookUpIn(request: Pick<FastifyRequest, 'headers' | 'query'>): About | null {
  const query = Object.entries(request.query ?? {})
  const about: Record<string, string> = {}
  for (const [name, value] of query) {
    const text = typeof value === 'string' ? decoded(value) : null
    // No bodies are something else than all.
    if (text !== null && (text !== '' || name === 'dbcs')) about[name] = text
  }
  const number = gmcNumberIn(about.searchQuery ?? '')
  if (number !== null) about.searchQuery = number
  if (wantsCsv(request, about.format)) return { ...about, format: 'csv' }
  return number === null ? null : about
}

/** The bodies that a request for a list names: of a request that was refused, what was typed does not matter. */
export function bodiesNamedIn({ query }: Pick<FastifyRequest, 'query'>): object {
  const named = Object.entries(query ?? {}).filter(([name]) => name === 'dbcs' || name === 'tisDesignatedBodies')
  return Object.fromEntries(named)
}

/** The number, or the start of one, that a text searches for, however it is written; an erasure has to find it. */
export function gmcNumberIn(text: string): string | null {
  const searched: string = squashed(text)
  return /^\d+$/.test(searched) ? searched : null
}
