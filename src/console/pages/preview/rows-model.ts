import { comparedValue, rowDifference, type ComparedRow } from '../../../domain/comparison.ts'
import type { Day } from '../../../domain/day.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import { INDEX_FIELDS } from '../../../domain/lists.ts'
import type { RowId } from '../../../domain/row.ts'
import { pagination, type Pagination } from '../../components/pagination.ts'
import type { Cell, Table } from '../../components/table.ts'
import { bodyChoices, bodyInWords, type Choice } from '../../words/bodies.ts'
import { FIELD_WORDS, NOT_GIVEN, valueInWords } from '../../words/fields.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { count, counted } from '../../words/numbers.ts'
import { indexOf, MOVES, NO_BODY, rowsHref, type RowsAddress } from './address.ts'
import type { MovedRow } from './moved-rows.ts'
import { whyMoved } from './why.ts'

export const ROWS_PER_PAGE = 20
/** How many fields of a row are shown. */
const MOST_FIELDS = 5

export interface RowsModel {
  readonly summary: string
  readonly action: string
  readonly sides: readonly Choice[]
  readonly bodies: readonly Choice[]
  readonly q: string
  readonly clear: string | null
  readonly table: Table | null
  readonly empty: string | null
  readonly pagination: Pagination | null
  /** Null if there is nothing to download. */
  readonly download: string | null
  readonly note: string | null
}

/** The two sides of a row, as they are now. */
export interface RowSides {
  readonly id: RowId
  readonly before: ComparedRow | null
  readonly after: ComparedRow | null
}

const SIDES = { enter: 'Enter the list', leave: 'Leave the list', change: 'Stay, with other values' } as const
const VERBS = {
  enter: ['enters', 'enter'],
  leave: ['leaves', 'leave'],
  change: ['stays in', 'stay in'],
} as const satisfies Readonly<Record<RowsAddress['side'], readonly [string, string]>>

export function pagesOf(found: readonly MovedRow[]): number {
  return Math.max(1, Math.ceil(found.length / ROWS_PER_PAGE))
}

export function rowsModel(
  address: RowsAddress,
  found: readonly MovedRow[],
  shown: readonly RowSides[],
  { day, bodies, hasAll }: { readonly day: Day; readonly bodies: DesignatedBodies; readonly hasAll: boolean },
): RowsModel {
  const { id, list, side, body, q, page } = address
  const name = LIST_NAMES[indexOf(list)]
  const whose = body === '' ? '' : body === NO_BODY ? ' without a designated body' : ` of ${bodyInWords(body, bodies)}`
  const [one, several] = VERBS[side]
  const what = `${counted(found.length, 'doctor')}${whose} ${found.length === 1 ? one : several} the ${name.toLowerCase()} list`
  const pages = pagesOf(found)
  return {
    summary: `${what}${side === 'change' ? ', with other values' : ''}${q === '' ? '' : ` and match “${q}”`}.`,
    action: rowsHref({ id, list, side: 'enter', body: '', q: '', page: 1 }).replace(/\?.*$/, ''),
    sides: MOVES.map((each) => ({ value: each, text: SIDES[each], selected: each === side })),
    bodies: [
      ...bodyChoices(bodies, body === '' || body === NO_BODY ? null : body, 'All').map((choice) =>
        body === NO_BODY ? { ...choice, selected: false } : choice,
      ),
      { value: NO_BODY, text: 'No designated body', selected: body === NO_BODY },
    ],
    q,
    clear: body === '' && q === '' ? null : rowsHref({ ...address, body: '', q: '', page: 1 }),
    table: shown.length === 0 ? null : tableOf(address, shown, day, bodies),
    empty: shown.length > 0 ? null : 'No rows match.',
    pagination: pagination({ page, pages }, (each) => rowsHref({ ...address, page: each })),
    download: found.length === 0 ? null : rowsHref({ ...address, page: 1 }, '/download'),
    note: hasAll ? null : `Only the first ${count(found.length)} rows are listed. The command reval compare has all.`,
  }
}

function tableOf({ list, side }: RowsAddress, shown: readonly RowSides[], day: Day, bodies: DesignatedBodies): Table {
  return {
    id: 'rows',
    caption: 'Rows',
    isCaptionHidden: true,
    columns: [{ text: 'GMC number' }, { text: 'Name' }, { text: 'Why' }, { text: 'What changes' }],
    rows: shown.map(({ id, before, after }) => {
      const document = (after ?? before)?.document ?? null
      const difference = before === null && after === null ? null : rowDifference(before, after)
      const name = [document?.doctorFirstName, document?.doctorLastName].filter((part) => part != null).join(' ')
      const why =
        difference === null
          ? 'The same on both sides now: a change came in meanwhile'
          : whyMoved(difference, { list: indexOf(list), move: side, day, bodies })
      return [
        { text: document?.gmcReferenceNumber ?? id, href: `/console/doctors/${encodeURIComponent(id)}` },
        { text: name === '' ? NOT_GIVEN : name },
        { text: why },
        changesOf(difference?.fields ?? [], before, after, list, bodies),
      ]
    }),
  }
}

/** The fields that the list shows, before and after. */
function changesOf(
  fields: readonly string[],
  before: ComparedRow | null,
  after: ComparedRow | null,
  list: RowsAddress['list'],
  bodies: DesignatedBodies,
): Cell {
  if (before === null || after === null) return { text: before === null ? 'New' : 'Removed' }
  const shown = INDEX_FIELDS[indexOf(list)].filter((field) => fields.includes(field))
  const lines = shown.slice(0, MOST_FIELDS).map((field) => {
    const [old, present] = [before, after].map((side) => valueInWords(field, comparedValue(side, field), bodies))
    return `${FIELD_WORDS[field]}: ${old ?? NOT_GIVEN} → ${present ?? NOT_GIVEN}`
  })
  const others = shown.length - lines.length
  return { lines: others > 0 ? [...lines, `and ${counted(others, 'other field')}`] : lines }
}
