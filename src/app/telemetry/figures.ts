import type { FigureName } from './metric-table.ts'

/** One value of a metric that is read when somebody scrapes. */
export interface Figure {
  readonly metric: FigureName
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
}

/** Reads figures. What cannot be read is left out; never rejects, and does not wait for long. */
export type FigureSource = () => Promise<readonly Figure[]>

export function figure(metric: FigureName, value: number | boolean, labels: Figure['labels'] = {}): Figure {
  return { metric, value: Number(value), labels }
}

/** A figure, or none if the value is not known. */
export function known(
  metric: FigureName,
  value: number | null | undefined,
  labels: Figure['labels'] = {},
): readonly Figure[] {
  return value === null || value === undefined ? [] : [figure(metric, value, labels)]
}
