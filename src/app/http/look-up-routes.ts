import type { FastifyInstance } from 'fastify'
import { LISTS } from '../../domain/list-query.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { readFound, readListed } from '../list-view.ts'
import { filterNamesOf } from '../lists/filters.ts'
import { SEARCHED_LISTS } from '../lists/find-doctors.ts'
import { listRequestOf } from '../lists/list-request.ts'
import { fault, typed } from '../lists/parameter.ts'
import type { Worker } from '../worker.ts'
import { FIND_QUERY, PAGE_QUERIES } from './list-parameters.ts'
import { read } from './requests.ts'

/** The lists as operators look at them: with ids of rows, pages of any size, and the data that answered. */
export function addLookUpRoutes(
  server: FastifyInstance,
  { context, lists: { live } }: Pick<Worker, 'context' | 'lists'>,
): void {
  for (const list of LISTS) {
    const query = list === 'doctors' ? PAGE_QUERIES.doctors : PAGE_QUERIES.others
    const filterNames = filterNamesOf(list)
    server.get(`/api/sync/lists/${list}`, async (request) => {
      const { size, ...parameters } = read(query, request.query)
      const asked = listRequestOf(list, parameters, typed)
      await refuseUnknownLive(context)
      const given = Object.entries(parameters)
      const filters = given.flatMap(([name, value]) =>
        filterNames.includes(name) && value !== undefined ? [[name, value] as const] : [],
      )
      const search = typed(parameters.searchQuery) || null
      return readListed(live, { request: asked, size, search, filters: Object.fromEntries(filters) })
    })
  }

  server.get('/api/sync/find', async (request) => {
    const { searchQuery, dbcs, lists, limit } = read(FIND_QUERY, request.query)
    const { query, requested } = listRequestOf('doctors', { searchQuery, dbcs }, typed)
    const { search } = query
    if (search === null) throw fault('searchQuery', 'expected a name, a GMC number, or the start of one')
    const named = lists?.split(',') ?? SEARCHED_LISTS
    const searched = SEARCHED_LISTS.filter((list) => named.includes(list))
    if (searched.length !== new Set(named).size)
      throw new RevalError('USAGE', `lists: expected any of ${SEARCHED_LISTS.join(', ')}, separated by commas`)
    await refuseUnknownLive(context)
    return readFound(live, { text: typed(searchQuery) ?? '', search, searched, requested, limit })
  })
}
