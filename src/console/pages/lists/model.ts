import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import type { ListOrder } from '../../../domain/list-query.ts'
import type { CountedPage, FromLive } from '../../../app/lists/live-lists.ts'
import { PAGE_SIZE } from '../../../app/lists/list-request.ts'
import { pagination, type Pagination } from '../../components/pagination.ts'
import type { SortLink, Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { bodyChoices, bodyInWords, type Choice } from '../../words/bodies.ts'
import { dayInWords } from '../../words/instants.ts'
import { count, counted } from '../../words/numbers.ts'
import { cellsOf, columnsOf, columnText } from './columns.ts'
import { CONSOLE_LISTS, hasViews, hrefOf, isTooLong, type ConsoleList, type ListAddress } from './list-address.ts'

export interface ListModel extends ListForm {
  /** Null while the search has an error. */
  readonly found: {
    /** `17,744 doctors. Data of 25 November 2026.` */
    readonly summary: string
    /** How many match; null without a search. */
    readonly result: string | null
    readonly notes: readonly string[]
    readonly table: Table | null
    /** Why there is no row, and which other lists have some; null if there are rows. */
    readonly empty: { readonly text: string; readonly others: readonly Link[] } | null
    readonly pagination: Pagination | null
    readonly download: string | null
  } | null
}

interface ListForm {
  readonly heading: string
  readonly tabs: readonly (Link & { readonly isCurrent: boolean })[]
  readonly action: string
  readonly q: string
  readonly bodies: readonly Choice[]
  /** Null where the client shows all that the index has. */
  readonly view: ListAddress['view'] | null
  /** Whether only doctors under notice are shown; null where the list does not say who is. */
  readonly underNotice: boolean | null
  readonly sort: string
  readonly order: string
  /** Null if nothing is filtered. */
  readonly clear: string | null
}

/** How many rows of another list match the same search. */
export interface OtherTotal {
  readonly list: ConsoleList
  readonly total: number
}

const WORDS: Readonly<Record<ConsoleList, string>> = {
  master: 'Master',
  recommendation: 'Recommendation',
  connected: 'Connected',
  disconnected: 'Disconnected',
  exception: 'Exception',
  discrepancies: 'Discrepancies',
}

const EMPTY: Readonly<Record<ConsoleList, string>> = {
  master: 'No doctor is in the lists.',
  recommendation: 'No doctor is up for revalidation today.',
  connected: 'No doctor is connected today.',
  disconnected: 'No doctor is disconnected today.',
  exception: 'No doctor is an exception today.',
  discrepancies: 'The GMC and TIS agree on the designated body of every doctor today.',
}

export function listHeading(list: ConsoleList): string {
  return `${WORDS[list]} list`
}

export function listForm(address: ListAddress, bodies: DesignatedBodies): ListForm {
  const { list, q, body, view, underNotice, sort, order } = address
  const isFiltered = q !== '' || body !== '' || underNotice !== '' || view !== 'client'
  return {
    heading: listHeading(list),
    tabs: CONSOLE_LISTS.map((each) => ({
      text: WORDS[each],
      href: hrefOf({ ...inAnyList(address), list: each }),
      isCurrent: each === list,
    })),
    action: `/console/lists/${list}`,
    q,
    bodies: bodyChoices(bodies, body === '' ? null : body, 'All'),
    view: hasViews(list) ? view : null,
    underNotice: list === 'recommendation' ? underNotice === 'true' : null,
    sort,
    order,
    clear: isFiltered ? hrefOf({ ...inAnyList(address), q: '', body: '', sort, order }) : null,
  }
}

/** What of an address applies to another list too: not its order or filters, which that list may not have. */
function inAnyList(address: ListAddress): ListAddress {
  const q = isTooLong(address.q) ? '' : address.q
  return { ...address, q, sort: '', order: '', page: 1, underNotice: '', view: 'client' }
}

/** A page of a list. `others` is for a search without results. */
export function listModel(
  address: ListAddress,
  { answer: { rows, total, counts }, live, unknownBodies }: FromLive<CountedPage>,
  {
    order,
    bodies,
    others,
  }: {
    readonly order: ListOrder
    readonly bodies: DesignatedBodies
    readonly others: readonly OtherTotal[]
  },
): ListModel {
  const { q, body, page } = address
  const day = live.day === null ? 'Data of a day that is not known.' : `Data of ${dayInWords(live.day)}.`
  const whose = body === '' ? '' : ` that an admin of ${bodyInWords(body, bodies)} sees`
  const isLimited = q !== '' || address.underNotice !== ''
  return {
    ...listForm(address, bodies),
    found: {
      summary: `${counted(counts.total, 'doctor')}${whose}. ${day}`,
      result: isLimited ? `${counted(total, 'doctor matches', 'doctors match')}${wordsOf(address)}.` : null,
      notes: unknownBodies.map((code) => `No doctor has the designated body ${code}, and it is not configured.`),
      table: rows.length === 0 ? null : tableOf(address, rows, order, bodies),
      empty: rows.length > 0 ? null : { text: emptyText(address, isLimited), others: otherLinks(address, others) },
      pagination: pagination({ page, pages: pagesOf(total) }, (each) => hrefOf({ ...address, page: each })),
      download: total === 0 ? null : hrefOf({ ...address, page: 1 }, '/download'),
    },
  }
}

export function pagesOf(total: number): number {
  return Math.ceil(total / PAGE_SIZE)
}

function wordsOf({ q, underNotice }: ListAddress): string {
  return `${q === '' ? '' : ` “${q}”`}${underNotice === '' ? '' : ' and are under notice'}`
}

function emptyText(address: ListAddress, isLimited: boolean): string {
  if (!isLimited) return address.body === '' ? EMPTY[address.list] : 'This body has no doctor in this list.'
  return `No doctors match${wordsOf(address)} in this list.`
}

function otherLinks(address: ListAddress, others: readonly OtherTotal[]): readonly Link[] {
  return others.flatMap(({ list, total }) =>
    total === 0 ? [] : [{ text: `${WORDS[list]}: ${count(total)}`, href: hrefOf({ ...inAnyList(address), list }) }],
  )
}

function tableOf(address: ListAddress, rows: CountedPage['rows'], order: ListOrder, bodies: DesignatedBodies): Table {
  const columns = columnsOf(address.list)
  return {
    id: 'table',
    caption: listHeading(address.list),
    isCaptionHidden: true,
    columns: columns.map((column) => ({ text: columnText(column), sort: sortLink(address, column.field, order) })),
    rows: rows.map((row) => cellsOf(address.list, row, bodies)),
  }
}

function sortLink(address: ListAddress, field: string, { column, direction }: ListOrder): SortLink {
  const isSorted = field === column
  const next = isSorted && direction === 'asc' ? 'desc' : 'asc'
  return {
    href: `${hrefOf({ ...address, sort: field, order: next, page: 1 })}#table`,
    sorted: isSorted ? (direction === 'asc' ? 'ascending' : 'descending') : null,
  }
}
