import { count, counted } from '../words/numbers.ts'
import { BLUE, chart, SIZES, type ChartSize, type Plot } from './frame.ts'
import { element } from './svg.ts'

/** How many rows a run put into the master list; null if it made none. */
export interface RunRows {
  readonly name: string
  readonly axis: string
  readonly rows: number | null
}

/** The sentence to take away; null if no run made rows. */
export function rowsSentence(runs: readonly RunRows[]): string | null {
  const made = runs.flatMap(({ rows }) => (rows === null ? [] : [rows]))
  const [first, last] = [made.at(0), made.at(-1)]
  if (first === undefined || last === undefined) return null
  if (made.length === 1) return `The master list has ${counted(last, 'row')}.`
  if (first === last)
    return `The master list has ${counted(last, 'row')}, as many as after the first of ${made.length} runs.`
  const verb = last > first ? 'grew' : 'shrank'
  return `The master list ${verb} from ${count(first)} to ${counted(last, 'row')} over ${made.length} runs.`
}

/** A line with a point for each of the latest runs, oldest first, with gaps where a run made no rows. */
export function rowsChart(id: string, runs: readonly RunRows[], size: ChartSize): string {
  const shown = runs.slice(-SIZES[size].runs)
  const frame = {
    id,
    size,
    title: 'Rows in the master list',
    description: rowsSentence(shown) ?? 'No run made rows.',
    most: Math.max(0, ...shown.map(({ rows }) => rows ?? 0)),
    unit: 'rows',
    whole: true,
    axisLabel: count,
    from: shown.at(0)?.axis ?? '',
    to: shown.at(-1)?.axis ?? '',
  }
  return chart(frame, (plot) => [...lines(shown, plot), ...points(shown, plot)])
}

function points(runs: readonly RunRows[], plot: Plot): string[] {
  return runs.flatMap(({ rows }, index) => {
    if (rows === null) return []
    const place = { cx: plot.x(index, runs.length), cy: plot.y(rows) }
    return [element('circle', { ...place, r: 4, fill: BLUE, 'data-rows': String(rows) })]
  })
}

function lines(runs: readonly RunRows[], plot: Plot): string[] {
  return runs.slice(1).flatMap(({ rows }, before) => {
    const earlier = runs[before]?.rows ?? null
    if (rows === null || earlier === null) return []
    const [x1, x2] = [plot.x(before, runs.length), plot.x(before + 1, runs.length)]
    return [element('line', { x1, y1: plot.y(earlier), x2, y2: plot.y(rows), stroke: BLUE, 'stroke-width': 2 })]
  })
}

/** The same figures as a table, newest first. */
export function rowsTable(runs: readonly RunRows[]): { head: readonly string[]; rows: readonly string[][] } {
  return { head: ['Run', 'Rows'], rows: runs.toReversed().map(({ name, rows }) => [name, count(rows)]) }
}
