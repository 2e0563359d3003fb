import { duration, durationRange } from '../words/durations.ts'
import { counted, listed } from '../words/numbers.ts'
import { BLUE, chart, DARK_BLUE, GREY, label, legend, RED, SIZES, type ChartSize, type Plot } from './frame.ts'
import { element } from './svg.ts'

/** How a run ended, as far as its bar shows it. */
export type Outcome = 'finished' | 'held back' | 'failed' | 'cancelled'

export const PARTS = ['Trainees', 'Doctors', 'Lists', 'Checks'] as const
export type Part = (typeof PARTS)[number]

/** How long a run took, and how long in each part. The parts of a run that finished or was held back add up to its length. */
export interface RunDuration {
  /** The run, as in its table: `26 November 2026 at 5:04am`. */
  readonly name: string
  /** Beneath the bar, if it is the first or last: `26 November`. */
  readonly axis: string
  readonly outcome: Outcome
  readonly seconds: number
  readonly parts: Readonly<Record<Part, number>>
}

/** The sentence to take away: how long the runs took, and how many did not go well. */
export function durationsSentence(runs: readonly RunDuration[]): string {
  const finished = runs.filter(({ outcome }) => outcome === 'finished' || outcome === 'held back')
  const seconds = finished.map((run) => run.seconds)
  const troubled = listed(
    TROUBLES.flatMap(([outcome, verb]) => {
      const number = runs.filter((run) => run.outcome === outcome).length
      return number === 0 ? [] : [`${number} ${number === 1 ? verb.one : verb.many}`]
    }),
  )
  const subject = runs.length === 1 ? 'The last run' : `The last ${counted(runs.length, 'run')}`
  const took =
    finished.length === 0 ? 'did not finish' : `took ${durationRange(Math.min(...seconds), Math.max(...seconds))}`
  return `${subject} ${took}.${troubled === '' ? '' : ` ${troubled}.`}`
}

const TROUBLES: readonly (readonly [Outcome, { readonly one: string; readonly many: string }])[] = [
  ['failed', { one: 'failed', many: 'failed' }],
  ['held back', { one: 'was held back', many: 'were held back' }],
  ['cancelled', { one: 'was cancelled', many: 'were cancelled' }],
]

/** At least 3:1 to the page, and apart from each other for people who see red and green alike. */
export const COLOURS = {
  Trainees: BLUE,
  Doctors: DARK_BLUE,
  Lists: '#008a70',
  Checks: '#b45309',
} as const satisfies Readonly<Record<Part, string>>

/** Bars of the latest runs, oldest first. The runs are given oldest first too. */
export function durationsChart(id: string, runs: readonly RunDuration[], size: ChartSize): string {
  const shown = runs.slice(-SIZES[size].runs)
  const most = Math.max(...shown.map(({ seconds }) => seconds))
  const unit = unitFor(most)
  const frame = {
    id,
    size,
    title: 'How long runs took',
    description: `${durationsSentence(shown)} F: failed. C: cancelled. H: held back.`,
    most: most / unit.seconds,
    unit: unit.name,
    axisLabel: String,
    from: shown.at(0)?.axis ?? '',
    to: shown.at(-1)?.axis ?? '',
  }
  return chart(frame, (plot) => [
    hatching(id),
    ...legend(PARTS.map((name) => ({ name, colour: COLOURS[name] }))),
    ...shown.flatMap((run, index) => bar(id, run, { plot, index, runs: shown.length, unit: unit.seconds })),
  ])
}

function unitFor(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 120) return { name: 'seconds', seconds: 1 }
  return seconds < 7_200 ? { name: 'minutes', seconds: 60 } : { name: 'hours', seconds: 3_600 }
}

function hatching(id: string): string {
  const attributes = { id: `${id}-hatch`, width: 6, height: 6, patternUnits: 'userSpaceOnUse' }
  return element(
    'pattern',
    attributes,
    element('rect', { width: 6, height: 6, fill: '#ffffff' }),
    element('path', { d: 'M0 6 L6 0', stroke: RED, 'stroke-width': 2 }),
  )
}

const MARKS: Readonly<Partial<Record<Outcome, string>>> = { failed: 'F', cancelled: 'C', 'held back': 'H' }

interface Place {
  readonly plot: Plot
  readonly index: number
  readonly runs: number
  readonly unit: number
}

function bar(id: string, run: RunDuration, { plot, index, runs, unit }: Place): string[] {
  const width = Math.min(40, ((plot.right - plot.left) / runs) * 0.7)
  const x = plot.x(index, runs)
  const of = (from: number, to: number) => {
    const [top, bottom] = [plot.y(to / unit), plot.y(from / unit)]
    return { x: x - width / 2, y: top, width, height: Math.max(bottom - top, 0.5), 'data-seconds': String(to - from) }
  }
  const mark = MARKS[run.outcome]
  const marked =
    mark === undefined ? [] : [label({ x, y: plot.y(run.seconds / unit) - 4, 'text-anchor': 'middle' }, mark)]
  if (run.outcome === 'failed') {
    return [
      element('rect', { ...of(0, run.seconds), fill: `url(#${id}-hatch)`, stroke: RED, 'stroke-width': 2 }),
      ...marked,
    ]
  }
  if (run.outcome === 'cancelled') {
    return [element('rect', { ...of(0, run.seconds), fill: '#ffffff', stroke: GREY, 'stroke-width': 2 }), ...marked]
  }
  return [...stacked(run, of), ...marked]
}

/** The parts from the bottom up. */
function stacked(run: RunDuration, of: (from: number, to: number) => Record<string, string | number>): string[] {
  const outline = { stroke: '#ffffff', 'stroke-width': 1 }
  let from = 0
  return PARTS.flatMap((part) => {
    const start = from
    from += run.parts[part]
    return from === start ? [] : [element('rect', { ...of(start, from), fill: COLOURS[part], ...outline })]
  })
}

/** The same figures as a table, newest first. */
export function durationsTable(runs: readonly RunDuration[]): { head: readonly string[]; rows: readonly string[][] } {
  const rows = runs
    .toReversed()
    .map((run) => [
      run.name,
      ENDED[run.outcome],
      duration(run.seconds),
      ...PARTS.map((part) => (run.parts[part] === 0 ? '0 seconds' : duration(run.parts[part]))),
    ])
  return { head: ['Run', 'Ended', 'Took', ...PARTS], rows }
}

const ENDED = {
  finished: 'Finished',
  'held back': 'Held back',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Readonly<Record<Outcome, string>>
