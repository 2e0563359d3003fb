import type { Installation, Run } from '../../../ports/run-ledger.ts'
import type { Figure } from '../../charts/figure.ts'
import { pagination, type PageOf, type Pagination } from '../../components/pagination.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { valueOf, type Reading } from '../../frame/reading.ts'
import { secondsOf } from '../../runs/progress.ts'
import { runPath, runTime } from '../../runs/run-name.ts'
import { reasonOf } from '../../runs/sentence.ts'
import { duration } from '../../words/durations.ts'
import { dayInWords } from '../../words/instants.ts'
import { count, counted, difference, NOT_KNOWN } from '../../words/numbers.ts'
import { person } from '../../words/people.ts'
import { runTags, type Kept } from '../../words/states.ts'
import { historyFigures } from './charts.ts'
import { hrefOf, isFiltered, matching, OUTCOMES, type HistoryFilter, type Outcome } from './query.ts'

export interface HistoryModel {
  readonly figures: readonly Figure[]
  readonly filter: FilterForm
  /** `24 runs`. */
  readonly found: string
  readonly order: Link
  readonly table: Table | null
  /** In place of the table. */
  readonly empty: string | null
  /** Why the runs are not known; null if they are. */
  readonly unknown: string | null
  readonly pages: Pagination | null
  readonly start: Link | null
  readonly noActions: string | null
}

interface FilterForm {
  readonly states: readonly { readonly value: Outcome; readonly text: string; readonly checked: boolean }[]
  readonly how: HistoryFilter['how']
  readonly typed: HistoryFilter['typed']
  readonly order: string
  readonly isFiltered: boolean
}

export interface HistoryFacts {
  readonly runs: Reading<readonly Run[]>
  readonly installation: Reading<Installation>
}

const ROWS_A_PAGE = 25

const STATE_NAMES = {
  live: 'Live',
  'held back': 'Held back',
  failed: 'Failed',
  cancelled: 'Cancelled',
  verified: 'Verifications',
} as const satisfies Readonly<Record<Outcome, string>>

/** Which page is shown: the last one beyond the end. */
export function pageShown(found: number, { page }: Pick<HistoryFilter, 'page'>): PageOf {
  const pages = Math.max(1, Math.ceil(found / ROWS_A_PAGE))
  return { page: Math.min(page, pages), pages }
}

export function historyModel(
  { runs, installation }: HistoryFacts,
  filter: HistoryFilter,
  { mayOperate }: { readonly mayOperate: boolean },
): HistoryModel {
  const all = valueOf(runs) ?? []
  const found = matching(all, filter)
  const shown = pageShown(found.length, filter)
  const onPage = found.slice((shown.page - 1) * ROWS_A_PAGE, shown.page * ROWS_A_PAGE)
  return {
    figures: historyFigures(matching(all, { ...filter, order: '' })),
    filter: {
      states: OUTCOMES.map((value) => ({ value, text: STATE_NAMES[value], checked: filter.states.includes(value) })),
      how: filter.how,
      typed: filter.typed,
      order: filter.order,
      isFiltered: isFiltered(filter),
    },
    found: counted(found.length, 'run'),
    order:
      filter.order === 'took'
        ? { text: 'Newest first', href: hrefOf({ ...filter, order: '' }, {}) }
        : { text: 'Slowest first', href: hrefOf(filter, { order: 'took' }) },
    table: onPage.length === 0 ? null : runsTable(onPage, { all, kept: valueOf(installation), filter }),
    empty: emptyText(runs, filter, found.length),
    unknown: runs.known ? null : `${runs.reason} (${runs.code})`,
    pages: pagination(shown, (page) => hrefOf(filter, { page })),
    start: mayOperate ? { text: 'Start a run', href: '/console/runs/new' } : null,
    noActions: mayOperate ? null : 'Only operators can start a run.',
  }
}

function emptyText(runs: Reading<unknown>, filter: HistoryFilter, found: number): string | null {
  if (!runs.known || found > 0) return null
  return isFiltered(filter) ? 'No runs match.' : 'No runs yet. A run reads the sources and builds the lists.'
}

interface TableContext {
  /** All runs, newest first. */
  readonly all: readonly Run[]
  readonly kept: Kept | null
  readonly filter: HistoryFilter
}

function runsTable(runs: readonly Run[], context: TableContext): Table {
  const before = rowsBefore(context.all)
  return {
    id: 'runs',
    caption: context.filter.order === 'took' ? 'Runs, the slowest first' : 'Runs, newest first',
    isCaptionHidden: true,
    columns: [
      { text: 'Run' },
      { text: 'State' },
      { text: 'Data of' },
      { text: 'Took' },
      { text: 'Rows', isNumeric: true },
      { text: 'Failed rows', isNumeric: true },
      { text: 'Asked for by' },
      { text: 'Note' },
    ],
    rows: runs.map((run) => [
      { text: runTime(run), href: runPath(run.id) },
      { tags: runTags(run, context.kept) },
      { text: dayInWords(run.day) },
      tookCell(run),
      rowsCell(run, before.get(run.id) ?? null),
      { text: count(failedRows(run)) },
      { text: person(run.requestedBy) },
      { text: noteOf(run) },
    ]),
  }
}

function tookCell(run: Run): Cell {
  const seconds = secondsOf(run)
  return { text: seconds === null ? 'In progress' : duration(seconds) }
}

function rowsCell({ evidence, state }: Run, before: number | null): Cell {
  const rows = evidence?.profile.indexes.masterdoctorindex ?? null
  if (rows === null) return { text: state === 'failed' || state === 'cancelled' ? 'None made' : NOT_KNOWN }
  return { text: count(rows), ...(before !== null && { lines: [difference(rows, before)] }) }
}

/** The rows of the run before that made any, by the id of the run. */
function rowsBefore(newestFirst: readonly Run[]): ReadonlyMap<string, number> {
  const before = new Map<string, number>()
  let latest: number | null = null
  for (const { id, evidence, purpose } of newestFirst.toReversed()) {
    if (latest !== null) before.set(id, latest)
    if (purpose !== 'verify') latest = evidence?.profile.indexes.masterdoctorindex ?? latest
  }
  return before
}

function failedRows({ stages }: Run): number {
  return Object.values(stages).reduce((sum, progress) => sum + progress.failedRows, 0)
}

const LONGEST_NOTE = 80

/** Why a person decided, or what went wrong: the first 80 characters. */
function noteOf({ decision, failure, expect }: Run): string {
  const note = decision !== null && decision.why !== '' ? decision.why : failure === null ? expect : reasonOf(failure)
  const points = Array.from(note ?? '')
  return points.length <= LONGEST_NOTE ? (note ?? '') : `${points.slice(0, LONGEST_NOTE - 1).join('')}…`
}
