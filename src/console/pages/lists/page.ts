import type { FastifyReply } from 'fastify'
import { sendCsv } from '../../../app/http/csv-download.ts'
import { closedSignal, read } from '../../../app/http/requests.ts'
import { listCsv } from '../../../app/lists/list-csv.ts'
import type { LiveLists } from '../../../app/lists/live-lists.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import { pageInTitle } from '../../components/pagination.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Done, Page } from '../../frame/page.ts'
import {
  CONSOLE_LISTS,
  hrefOf,
  isTooLong,
  LIST_PARAMS,
  LIST_QUERY,
  listNameOf,
  LONGEST_SEARCH,
  requestOf,
  type ListAddress,
} from './list-address.ts'
import { listForm, listHeading, listModel, pagesOf, type OtherTotal } from './model.ts'

/** The lists as admins see them, and their download. */
export function addListPages({ page, server, worker: { lists }, config }: ConsoleScope): void {
  page('/lists/:list', (visit) => {
    const { list } = visit.params(LIST_PARAMS)
    return showList({ list, ...visit.query(LIST_QUERY) }, lists.live, config.rules.bodies)
  })

  server.get('/lists/:list/download', async (request, reply): Promise<FastifyReply> => {
    const { list } = read(LIST_PARAMS, request.params)
    const asked = requestOf({ list, ...read(LIST_QUERY, request.query) })
    // Fastify would read the whole list to answer HEAD.
    if (request.method === 'HEAD') return sendCsv(request, reply, list, [])
    const found = await lists.live.all(asked, asked.requested, closedSignal(reply))
    return sendCsv(request, reply, list, listCsv(listNameOf(list), found.answer))
  })
}

async function showList(address: ListAddress, live: LiveLists, bodies: DesignatedBodies): Promise<Page | Done> {
  const heading = listHeading(address.list)
  const shared = { heading, template: 'list', section: 'Lists' } as const
  if (isTooLong(address.q)) {
    return {
      ...shared,
      status: 400,
      model: { ...listForm(address, bodies), found: null },
      errors: [{ field: 'q', text: `Search for at most ${LONGEST_SEARCH} characters` }],
    }
  }
  const request = requestOf(address)
  const found = await live.page(request, request.requested)
  const pages = pagesOf(found.answer.total)
  if (address.page > Math.max(pages, 1)) return { to: hrefOf({ ...address, page: Math.max(pages, 1) }) }
  const others = found.answer.total === 0 && address.q !== '' ? await totalsElsewhere(address, live) : []
  return {
    ...shared,
    title: `${heading}${pageInTitle({ page: address.page, pages })}`,
    model: listModel(address, found, { order: request.query.order, bodies, others }),
  }
}

/** How many rows of the other lists match. */
function totalsElsewhere(address: ListAddress, live: LiveLists): Promise<readonly OtherTotal[]> {
  return Promise.all(
    CONSOLE_LISTS.filter((list) => list !== address.list).map(async (list) => {
      const { query, requested } = requestOf({ ...LIST_QUERY.parse({ q: address.q, body: address.body }), list })
      const found = await live.read(requested, ({ reader, generation, today, scope }) =>
        reader.page(generation, { ...query, ...scope }, today, { offset: 0, size: 1 }),
      )
      return { list, total: found.answer.total }
    }),
  )
}
