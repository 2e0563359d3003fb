import type { ListName, ListSearch } from '../domain/list-query.ts'
import type { ListedRow } from '../ports/list-reader.ts'
import { FOUND_DOCTOR, type FoundView, type ListedView } from './json/lists.ts'
import { instant } from './json/parts.ts'
import { connectionRow, doctorRow } from './lists/answers.ts'
import { findDoctors, type FoundDoctor, type FoundDoctors, type SearchedList } from './lists/find-doctors.ts'
import { csvLines } from './lists/list-csv.ts'
import type { ListRequest } from './lists/list-request.ts'
import type { RequestedBodies } from './lists/requested-bodies.ts'
import type { CountedPage, FromLive, LiveData, LiveLists } from './lists/live-lists.ts'

/** A page of a list as it was asked for. */
export interface AskedPage {
  readonly request: ListRequest
  readonly size: number
  /** As they were typed. */
  readonly search: string | null
  readonly filters: Readonly<Record<string, string>>
}

/** Reads a page. Rejects what `LiveLists` does. */
export async function readListed(lists: LiveLists, asked: AskedPage): Promise<ListedView> {
  return listedView(asked, await lists.page(asked.request, asked.request.requested, asked.size))
}

function listedView(
  { request: { query, page, requested }, size, search, filters }: AskedPage,
  found: FromLive<CountedPage>,
): ListedView {
  const { rows, total, counts } = found.answer
  return {
    list: query.list,
    search,
    filters,
    ...scopeOf(found, requested.bodies),
    sort: query.order,
    page: page + 1,
    size,
    totalPages: Math.ceil(total / size),
    totalResults: total,
    countTotal: counts.total,
    countUnderNotice: counts.underNotice,
    rows: rows.map((row) => lineOf(query.list, row)),
  }
}

function lineOf(list: ListName, row: ListedRow): ListedView['rows'][number] {
  return { id: row.id, ...(list === 'doctors' ? doctorRow(row) : connectionRow(row)) }
}

export interface AskedText {
  readonly text: string
  /** The same text as the lists search for it. */
  readonly search: ListSearch
  readonly searched: readonly SearchedList[]
  readonly requested: RequestedBodies
  readonly limit: number
}

/** Finds doctors. Rejects what `LiveLists` does. */
export async function readFound(lists: LiveLists, asked: AskedText): Promise<FoundView> {
  const { search, searched, requested, limit } = asked
  return foundView(asked, await findDoctors(lists, { search, lists: searched, limit }, requested))
}

function foundView({ text, searched, requested: { bodies } }: AskedText, found: FromLive<FoundDoctors>): FoundView {
  const { doctors, isComplete, totals } = found.answer
  return { text, searched, ...scopeOf(found, bodies), totals, isComplete, doctors: doctors.map(foundDoctor) }
}

function foundDoctor({ row: { id, document }, lists }: FoundDoctor): FoundView['doctors'][number] {
  return {
    id,
    gmcReferenceNumber: document.gmcReferenceNumber,
    doctorFirstName: document.doctorFirstName,
    doctorLastName: document.doctorLastName,
    tcsPersonId: document.tcsPersonId,
    designatedBody: document.designatedBody,
    tcsDesignatedBody: document.tcsDesignatedBody,
    programmeName: document.programmeName,
    lists,
  }
}

/** The doctors that were found, as CSV; the lists of each have a space in between. */
export function foundCsv({ doctors }: FoundView): AsyncGenerator<string> {
  return csvLines(Object.keys(FOUND_DOCTOR.shape), [doctors], (doctor) => ({
    ...doctor,
    lists: doctor.lists.join(' '),
  }))
}

/** Which data was read. */
export function liveView(live: LiveData): ListedView['live'] {
  return { ...live, since: instant(live.since) }
}

function scopeOf({ live, unknownBodies }: FromLive<unknown>, bodies: readonly string[] | null) {
  return { bodies, unknownBodies, live: liveView(live) }
}
