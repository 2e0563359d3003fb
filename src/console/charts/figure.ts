import { durationsChart, durationsSentence, durationsTable, type RunDuration } from './run-durations.ts'
import { rowsChart, rowsSentence, rowsTable, type RunRows } from './run-rows.ts'
import { SIZES } from './frame.ts'

/** A chart as a page has it: the sentence to take away, two drawings of which one is shown, and the figures as a table. */
export interface Figure {
  readonly id: string
  readonly heading: string
  readonly caption: string
  /** SVG; every text in it is escaped. */
  readonly wide: string
  readonly narrow: string
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
}

/** How long the latest runs took, of runs given oldest first; null if there are none. */
export function durationsFigure(runs: readonly RunDuration[]): Figure | null {
  const shown = runs.slice(-SIZES.wide.runs)
  if (shown.length === 0) return null
  return {
    id: 'durations',
    heading: 'How long runs took',
    caption: durationsSentence(shown),
    wide: durationsChart('durations-wide', shown, 'wide'),
    narrow: durationsChart('durations-narrow', shown, 'narrow'),
    table: durationsTable(shown),
  }
}

/** The rows of the latest runs, given oldest first; null if none made rows. */
export function rowsFigure(runs: readonly RunRows[]): Figure | null {
  const shown = runs.slice(-SIZES.wide.runs)
  const caption = rowsSentence(shown)
  if (caption === null) return null
  return {
    id: 'rows',
    heading: 'Rows in the master list',
    caption,
    wide: rowsChart('rows-wide', shown, 'wide'),
    narrow: rowsChart('rows-narrow', shown, 'narrow'),
    table: rowsTable(shown),
  }
}
