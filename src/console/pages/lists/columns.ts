import type { SortColumn } from '../../../domain/list-query.ts'
import type { AssembledDocument } from '../../../domain/assemble.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import { traineeRowId } from '../../../domain/row.ts'
import type { ListedRow } from '../../../ports/list-reader.ts'
import type { Cell } from '../../components/table.ts'
import { bodyName } from '../../words/bodies.ts'
import { FIELD_WORDS, NOT_GIVEN, valueInWords } from '../../words/fields.ts'
import type { ConsoleList } from './list-address.ts'

/** A column of a list. Some cells have a second value in small below, so that the table fits. */
interface ListColumn {
  readonly field: SortColumn
  readonly below?: SortColumn
}

const PERSON: readonly ListColumn[] = [
  { field: 'gmcReferenceNumber' },
  { field: 'doctorFirstName' },
  { field: 'doctorLastName' },
  { field: 'submissionDate' },
]
const PROGRAMME: readonly ListColumn[] = [
  { field: 'programmeName', below: 'programmeOwner' },
  { field: 'membershipType' },
  { field: 'membershipEndDate' },
]
const CONNECTION: readonly ListColumn[] = [...PERSON, { field: 'designatedBody' }, ...PROGRAMME]

/** The columns of each list, in the order of the clients. */
const COLUMNS: Readonly<Record<ConsoleList, readonly ListColumn[]>> = {
  recommendation: [
    ...PERSON,
    { field: 'gmcStatus' },
    { field: 'programmeName', below: 'membershipType' },
    { field: 'designatedBody' },
    { field: 'underNotice' },
    { field: 'tisStatus' },
    { field: 'admin' },
  ],
  master: CONNECTION,
  connected: CONNECTION,
  disconnected: [...PERSON, { field: 'tcsDesignatedBody' }, ...PROGRAMME],
  exception: [...CONNECTION, { field: 'exceptionReason' }],
  discrepancies: [...PERSON, { field: 'designatedBody' }, { field: 'tcsDesignatedBody' }, ...PROGRAMME],
}

export function columnsOf(list: ConsoleList): readonly ListColumn[] {
  return COLUMNS[list]
}

export function columnText({ field }: ListColumn): string {
  return FIELD_WORDS[field]
}

/** The address of a row's page. */
export function doctorHref(rowId: string): string {
  return `/console/doctors/${encodeURIComponent(rowId)}`
}

/** How a row is called where it needs a name: its number, otherwise its person, otherwise its id. */
export function rowName(id: string, { gmcReferenceNumber, tcsPersonId }: AssembledDocument): string {
  if (gmcReferenceNumber !== null) return gmcReferenceNumber
  return tcsPersonId !== null && traineeRowId(tcsPersonId) === id ? `Person ${tcsPersonId}` : id
}

export function cellsOf(list: ConsoleList, { id, document }: ListedRow, bodies: DesignatedBodies): readonly Cell[] {
  return columnsOf(list).map(({ field, below }) => {
    if (field === 'gmcReferenceNumber') return { text: rowName(id, document), href: doctorHref(id) }
    const value = document[field]
    const isBody = field === 'designatedBody' || field === 'tcsDesignatedBody'
    if (isBody && typeof value === 'string') return withLine(bodyName(value, bodies), value)
    const text = valueInWords(field, value, bodies)
    return below === undefined || text === NOT_GIVEN ? { text } : withLine(text, document[below])
  })
}

function withLine(text: string, line: string | null): Cell {
  return line === null || line === text ? { text } : { text, lines: [line] }
}
