import { FAILURE_STAGES } from '../../../ports/run-ledger.ts'
import type { FoundFailure } from '../../../sync/failures/failure.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { runPath } from '../../runs/run-name.ts'
import { instant } from '../../words/instants.ts'
import { count, counted, NOT_KNOWN } from '../../words/numbers.ts'
import type { Choice } from '../../words/bodies.ts'
import { matching, MOST_FAILURES, ROWS, type FailureFilter, type FoundFailures, type Place } from './matching.ts'
import { codeInWords, failureHref, placeHref, placeInWords, placePath, remedyOf, whatFailed } from './words.ts'

export const FAILURES_PER_PAGE = 25

export interface FailuresModel {
  readonly sentence: string
  /** About the other places of failures. */
  readonly elsewhere: Link | null
  readonly byCode: Table | null
  readonly filter: {
    readonly action: string
    readonly codes: readonly Choice[]
    /** Empty for dead letters. */
    readonly stages: readonly Choice[]
    readonly q: string
    readonly clear: string | null
  } | null
  readonly empty: string | null
  readonly rows: Table | null
  readonly next: string | null
  /** Which of them to try again or to discard; null for people who may not. */
  readonly choose: {
    readonly action: string
    readonly fields: readonly { readonly name: string; readonly value: string }[]
    readonly all: string
    readonly isAll: boolean
  } | null
  readonly mayNot: string | null
}

export interface ListContext {
  readonly place: Place
  readonly filter: FailureFilter
  /** The id of the last failure of the page before; empty for the first page. */
  readonly after: string
  readonly elsewhere: Link | null
  readonly mayOperate: boolean
  /** Whether all that match were chosen, after an error. */
  readonly isAll: boolean
  readonly now: number
}

export function failuresModel(found: FoundFailures, context: ListContext): FailuresModel {
  const { place, filter, after, elsewhere, mayOperate, isAll, now } = context
  const all = found.failures
  const matched = matching(all, filter)
  const from = after === '' ? 0 : matched.findIndex(({ listed }) => listed.id === after) + 1
  const shown = matched.slice(from, from + FAILURES_PER_PAGE)
  const last = shown.at(-1)?.listed.id ?? ''
  const isFiltered = filter.code !== '' || filter.stage !== '' || filter.q !== ''
  const noun = place === ROWS ? 'failure' : 'dead letter'
  return {
    sentence: sentenceOf(found, place),
    elsewhere,
    byCode: all.length === 0 ? null : byCode(all, place, now),
    filter: all.length === 0 ? null : filterOf(all, context, isFiltered),
    empty: emptyText(all.length, matched.length, place),
    rows: shown.length === 0 ? null : rowsOf(shown, mayOperate, place, now),
    next: from + shown.length < matched.length ? placeHref(place, filter, last) : null,
    choose:
      mayOperate && shown.length > 0
        ? {
            action: '/console/failures/confirm',
            fields: Object.entries({ place, ...filter, after }).map(([name, value]) => ({ name, value })),
            all: `all ${counted(matched.length, noun)} ${matched.length === 1 ? 'that matches' : 'that match'}`,
            isAll,
          }
        : null,
    mayNot: mayOperate || all.length === 0 ? null : 'Only operators can try failures again or discard them.',
  }
}

function sentenceOf({ failures, hasMore }: FoundFailures, place: Place): string {
  if (hasMore) return `More than ${count(MOST_FAILURES)} are open. The first ${count(MOST_FAILURES)} are shown.`
  const total = failures.length
  if (place !== ROWS) return `${counted(total, 'dead letter')} in this queue.`
  const building = failures.filter(({ listed }) => listed.generation === 'in progress').length
  const during =
    building === 0 ? '' : ` ${count(building)} of them ${building === 1 ? 'is' : 'are'} of the run in progress.`
  return `${counted(total, 'failure')} open. Rows are missing or wrong in the lists because of them.${during}`
}

function emptyText(all: number, matched: number, place: Place): string | null {
  if (matched > 0) return null
  if (all > 0) return 'None match.'
  return place === ROWS ? 'No failures. Every row of the live run was written.' : 'No dead letters in this queue.'
}

function filterOf(
  all: readonly FoundFailure[],
  { place, filter }: ListContext,
  isFiltered: boolean,
): NonNullable<FailuresModel['filter']> {
  const codes = [...new Set(all.map(({ listed }) => listed.code))].toSorted()
  const stages = FAILURE_STAGES.filter((stage) => all.some(({ listed }) => listed.place === stage))
  return {
    action: placePath(place),
    codes: choices([['', 'All'], ...codes.map((code) => [code, codeInWords(code)] as const)], filter.code),
    stages:
      place === ROWS
        ? choices([['', 'All'], ...stages.map((stage) => [stage, placeInWords(stage)] as const)], filter.stage)
        : [],
    q: filter.q,
    clear: isFiltered ? placePath(place) : null,
  }
}

function choices(options: readonly (readonly [string, string])[], selected: string): readonly Choice[] {
  return options.map(([value, text]) => ({ value, text, selected: value === selected }))
}

/** The most frequent first. */
function byCode(all: readonly FoundFailure[], place: Place, now: number): Table {
  const groups = [...Map.groupBy(all, ({ listed }) => listed.code)].toSorted(([, a], [, b]) => b.length - a.length)
  return {
    id: 'by-code',
    caption: 'By reason',
    columns: [{ text: 'Reason' }, { text: 'Open', isNumeric: true }, { text: 'Since' }, { text: 'What to do' }],
    rows: groups.map(([code, some]) => {
      const times = some.flatMap(({ listed }) => (listed.at === null ? [] : [listed.at]))
      return [
        { text: codeInWords(code), href: placeHref(place, { code }), hiddenText: 'show these' },
        { text: count(some.length) },
        times.length === 0 ? { text: NOT_KNOWN } : { time: instant(Math.min(...times), now) },
        { text: remedyOf(code) },
      ]
    }),
  }
}

function rowsOf(shown: readonly FoundFailure[], mayOperate: boolean, place: Place, now: number): Table {
  const columns = [
    { text: 'What' },
    { text: 'Why' },
    ...(place === ROWS ? [{ text: 'Where' }] : []),
    { text: place === ROWS ? 'Since' : 'When' },
  ]
  return {
    id: 'failures',
    caption: place === ROWS ? 'Open failures' : 'Dead letters',
    isCaptionHidden: true,
    columns,
    rows: shown.map((failure): readonly Cell[] => {
      const { id, code, reason, at } = failure.listed
      const what = whatFailed(failure)
      const label = `Select ${what.text ?? id}`
      return [
        { ...what, href: failureHref(id), ...(mayOperate && { checkbox: { name: 'ids', value: id, label } }) },
        { text: codeInWords(code), lines: [reason] },
        ...(failure.kind === 'row' ? [whereOf(failure)] : []),
        at === null ? { text: NOT_KNOWN } : { time: instant(at, now) },
      ]
    }),
  }
}

function whereOf({ listed, row }: Extract<FoundFailure, { kind: 'row' }>): Cell {
  const generation = listed.generation === 'live' ? 'What is live' : 'The run in progress'
  return { text: placeInWords(listed.place), href: runPath(row.run), hiddenText: 'of its run', lines: [generation] }
}
