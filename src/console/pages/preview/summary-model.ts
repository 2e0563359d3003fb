import type { ComparisonSummary, Movement } from '../../../domain/comparison.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import { FIELDS, type Field } from '../../../domain/fields.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import type { Link } from '../../frame/page.ts'
import type { Table } from '../../components/table.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { bodyName } from '../../words/bodies.ts'
import { FIELD_WORDS } from '../../words/fields.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { instant, type Instant } from '../../words/instants.ts'
import { count, counted } from '../../words/numbers.ts'
import { indexOf, MOVES, NO_BODY, rowsHref, type PreviewList } from './address.ts'
import type { PreviewOf } from './sides.ts'

export interface SummaryModel {
  /** What it comes to, in a sentence. */
  readonly sentence: string
  readonly comparedWith: { readonly text: string; readonly link: Link } | null
  readonly workedOut: Instant
  /** What needs a look, the worst first, and how many more there are. */
  readonly warnings: readonly string[]
  /** Null if nothing moves in any list. */
  readonly bodies: BodiesTable | null
  /** How many bodies have no row in the table. */
  readonly unmoved: string | null
  readonly fields: Table | null
  /** Why there are no pages of rows; null if there are. */
  readonly noRows: string | null
}

/** Designated bodies by lists. */
export interface BodiesTable {
  readonly lists: readonly string[]
  readonly rows: readonly BodyRow[]
}

export interface BodyRow {
  readonly name: string
  readonly code: string | null
  readonly cells: readonly {
    readonly text: string
    /** Null for 0, and without pages of rows. */
    readonly href: string | null
    /** For screen readers and on phones: Connected, leave. */
    readonly heading: string
  }[]
}

/** What the rows of the summary are of, and whether there are pages of rows. */
export interface SummaryContext {
  readonly run: Run
  readonly of: PreviewOf['kind']
  /** The run that it is compared with; null if its record is gone. */
  readonly other: Run | null
  readonly at: number
  readonly hasRows: boolean
  readonly bodies: DesignatedBodies
  /** Connected rows of each body before; null if that is not known. */
  readonly before: Readonly<Record<string, number>> | null
  readonly now: number
}

/** Its rows are those of the recommendation list. */
const LISTS: readonly PreviewList[] = ['recommendation', 'connected', 'disconnected', 'exception']
const WORDS = { enter: 'Enter', leave: 'Leave', change: 'Change' } as const
const MOST_FIELDS = 20
const MOST_WARNINGS = 5
/** A body whose connected list shrinks by more than this share is worth a look; so is one that loses all. */
const LOSS = 0.1
/** Below this many doctors, a share says nothing. */
const FEWEST_LOST = 5

export function summaryModel(summary: ComparisonSummary, context: SummaryContext): SummaryModel {
  const { run, of, other, at, hasRows, bodies, now } = context
  const codes = [...new Set(LISTS.flatMap((list) => Object.keys(summary.lists[indexOf(list)].bodies)))]
  const moved = codes.map((code) => bodyRow(code, summary, context)).toSorted(byName)
  const unmoved = bodies.filter(({ code }) => !codes.includes(code)).length
  const all = [...moved.map(({ row }) => row), allRow(summary, context)]
  return {
    sentence: sentenceOf(summary, of),
    comparedWith:
      other === null ? null : { text: 'Compared with', link: { text: runName(other), href: runPath(other.id) } },
    workedOut: instant(at, now),
    warnings: of === 'held back' ? warningsOf(summary, context) : [],
    bodies: codes.length === 0 ? null : { lists: LISTS.map((list) => LIST_NAMES[indexOf(list)]), rows: all },
    unmoved:
      unmoved === 0 || codes.length === 0 ? null : `${counted(unmoved, 'other body', 'other bodies')} without changes`,
    fields: fieldsTable(summary),
    noRows: hasRows ? null : `What ${runName(run)} built is no longer kept, so its rows cannot be shown.`,
  }
}

function sentenceOf(summary: ComparisonSummary, of: PreviewOf['kind']): string {
  const { enter, leave } = summary.lists.masterdoctorindex.all
  const { different } = summary
  if (enter + leave + different === 0) {
    return of === 'held back'
      ? 'This run would change nothing: every list is the same as now.'
      : 'Nothing changed: every list is the same.'
  }
  const [entered, left, changed] = [counted(enter, 'doctor'), count(leave), counted(different, 'row')]
  switch (of) {
    case 'held back':
      return `If this run goes live, ${entered} would enter the lists, ${left} would leave them, and ${changed} would have other values.`
    case 'previous':
      return `If you go back to this run, ${entered} would enter the lists, ${left} would leave them, and ${changed} would have other values.`
    default:
      return `With this run, ${entered} entered the lists, ${left} left them, and ${changed} got other values.`
  }
}

/** The bodies whose connected list loses much, or all. */
function warningsOf(summary: ComparisonSummary, { before, bodies }: SummaryContext): readonly string[] {
  const lost = Object.entries(summary.lists.connectedindex.bodies).flatMap(([code, { enter, leave }]) => {
    const had = before?.[code] ?? null
    const net = leave - enter
    if (had === null || net < FEWEST_LOST || net <= had * LOSS) return []
    return [{ name: code === '' ? 'No designated body' : bodyName(code, bodies), had, net }]
  })
  const worst = lost.toSorted((a, b) => b.net - a.net)
  const texts = worst
    .slice(0, MOST_WARNINGS)
    .map(({ name, had, net }) =>
      net >= had
        ? `${name} would have no connected doctors: it has ${count(had)} now.`
        : `${name} would lose ${count(net)} of ${count(had)} connected doctors.`,
    )
  const others = worst.length - texts.length
  return others > 0
    ? [...texts, `So would ${counted(others, 'other body', 'other bodies')}, by a smaller number.`]
    : texts
}

const NOTHING: Movement = { enter: 0, leave: 0, change: 0 }

function bodyRow(code: string, summary: ComparisonSummary, context: SummaryContext) {
  const name = code === '' ? 'No designated body' : bodyName(code, context.bodies)
  const cells = cellsOf((list) => summary.lists[indexOf(list)].bodies[code] ?? NOTHING, code || NO_BODY, context)
  return { code, row: { name, code: code === '' || name === code ? null : code, cells } }
}

function allRow(summary: ComparisonSummary, context: SummaryContext): BodyRow {
  return { name: 'All', code: null, cells: cellsOf((list) => summary.lists[indexOf(list)].all, '', context) }
}

function cellsOf(
  movementIn: (list: PreviewList) => Movement,
  body: string,
  { run: { id }, hasRows }: SummaryContext,
): BodyRow['cells'] {
  return LISTS.flatMap((list) =>
    MOVES.map((side) => {
      const rows = movementIn(list)[side]
      return {
        text: count(rows),
        href: rows === 0 || !hasRows ? null : rowsHref({ id, list, side, body, q: '', page: 1 }),
        heading: `${LIST_NAMES[indexOf(list)]}, ${WORDS[side].toLowerCase()}`,
      }
    }),
  )
}

/** By name; rows without a body last. */
function byName(a: { code: string; row: BodyRow }, b: { code: string; row: BodyRow }): number {
  if ((a.code === '') !== (b.code === '')) return a.code === '' ? 1 : -1
  return a.row.name.localeCompare(b.row.name, 'en-GB')
}

function fieldsTable({ fields }: ComparisonSummary): Table | null {
  const rows = Object.entries(fields).slice(0, MOST_FIELDS)
  if (rows.length === 0) return null
  return {
    caption: 'Fields with other values',
    columns: [{ text: 'Field' }, { text: 'Rows', isNumeric: true }],
    rows: rows.map(([field, times]) => [{ text: fieldInWords(field) }, { text: count(times) }]),
  }
}

/** A field of the lists in words; a field of a part, or a key of the store, as it is. */
export function fieldInWords(field: string): string {
  const known: string | undefined = FIELDS.find((each) => each === field)
  return known === undefined ? field : FIELD_WORDS[known as Field]
}
