import { connectionRow, doctorRow } from './answers.ts'
import { listCsv } from './list-csv.ts'
import { listRequestOf, PAGE_SIZE, suggestRequestOf } from './list-request.ts'
import type { Asked, ListAnswer, ListSource } from './list-source.ts'
import type { FromLive, LiveLists } from './live-lists.ts'
import { permittedBodies } from './requested-bodies.ts'

/** Lists read in this process. */
export function localLists(lists: LiveLists): ListSource {
  const page = async ({ list, parameters, permitted }: Asked) => {
    const request = listRequestOf(list, parameters)
    return lists.page(request, permittedBodies(request.requested, permitted))
  }
  return {
    async doctors(asked) {
      const found = await page(asked)
      const { rows, total, counts } = found.answer
      return answered(found, {
        countTotal: counts.total,
        countUnderNotice: counts.underNotice,
        totalPages: pagesOf(total),
        totalResults: total,
        recommendationInfo: rows.map(doctorRow),
      })
    },
    async connections(asked) {
      const found = await page(asked)
      const { rows, total } = found.answer
      return answered(found, { totalPages: pagesOf(total), totalResults: total, connections: rows.map(connectionRow) })
    },
    async suggestions({ parameters, permitted }) {
      const request = suggestRequestOf(parameters)
      const found = await lists.suggest(request, permittedBodies(request.requested, permitted))
      return answered(found, found.answer)
    },
    async csv({ list, parameters, permitted, signal }) {
      const request = listRequestOf(list, parameters)
      const found = await lists.all(request, permittedBodies(request.requested, permitted), signal)
      return answered(found, listCsv(list, found.answer))
    },
  }
}

function pagesOf(total: number): number {
  return Math.ceil(total / PAGE_SIZE)
}

function answered<T>({ live, unknownBodies }: FromLive<unknown>, body: T): ListAnswer<T> {
  const headers = {
    ...(live.day !== null && { 'reval-data-day': live.day }),
    ...(live.since !== null && { 'reval-live-since': new Date(live.since).toISOString() }),
    'reval-run': live.run,
    // Codes are text of the caller's.
    ...(unknownBodies.length > 0 && { 'reval-unknown-bodies': unknownBodies.map(encodeURIComponent).join(',') }),
  }
  return { body, headers }
}
