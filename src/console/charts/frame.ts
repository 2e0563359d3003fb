import { axisUpTo } from './axis.ts'
import { element, text } from './svg.ts'

/** A drawing for wide pages, of up to thirty runs, and one for phones, of up to ten. */
export type ChartSize = 'wide' | 'narrow'

export const SIZES = {
  wide: { width: 720, height: 240, runs: 30 },
  narrow: { width: 320, height: 220, runs: 10 },
} as const satisfies Readonly<Record<ChartSize, { width: number; height: number; runs: number }>>

export const INK = '#212b32'
export const BLUE = '#005eb8'
export const DARK_BLUE = '#002f5c'
export const GREY = '#4c6272'
export const RED = '#d5281b'

/** At the width at which a drawing is shown, which is its own. */
export const FONT_SIZE = 14
const FONT = { 'font-size': FONT_SIZE, 'font-family': 'arial, sans-serif', fill: INK }

/** The part of a drawing in which values are shown, and how values become coordinates. */
export interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** Where a value is drawn. */
  readonly y: (value: number) => number
  /** The middle of the place of a run, of `runs` in all. */
  readonly x: (index: number, runs: number) => number
}

export interface ChartFrame {
  readonly id: string
  readonly size: ChartSize
  readonly title: string
  readonly description: string
  /** The largest value. */
  readonly most: number
  /** What the axis counts, such as seconds. */
  readonly unit: string
  readonly axisLabel: (value: number) => string
  readonly whole?: boolean
  /** Beneath the first and the last run. */
  readonly from: string
  readonly to: string
}

const ABOVE_PLOT = 48
const BELOW_PLOT = 28
const RIGHT_OF_PLOT = 8
/** Of Arial at this size, generously. */
const CHARACTER_WIDTH = 8

/** A whole drawing: its names for screen readers, the axes, and what `drawn` adds. */
export function chart(frame: ChartFrame, drawn: (plot: Plot) => readonly string[]): string {
  const { id, size, title, description } = frame
  const { width, height } = SIZES[size]
  const axis = axisUpTo(frame.most, { whole: frame.whole ?? false })
  const labels = axis.lines.map(frame.axisLabel)
  const left = Math.max(...labels.map((each) => each.length)) * CHARACTER_WIDTH + 12
  const plot = plotOf(left, width, height, axis.top)
  const attributes = {
    class: `reval-chart reval-chart--${size}`,
    role: 'img',
    'aria-labelledby': `${id}-title ${id}-description`,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
  }
  const content = [
    element('title', { id: `${id}-title` }, text(title)),
    element('desc', { id: `${id}-description` }, text(description)),
    ...axis.lines.flatMap((line, index) => axisLine(plot, line, labels[index] ?? '')),
    label({ x: 0, y: ABOVE_PLOT - 14 }, frame.unit),
    ...ends(plot, height, frame),
    ...drawn(plot),
  ]
  return element('svg', attributes, ...content)
}

function plotOf(left: number, width: number, height: number, most: number): Plot {
  const [top, bottom, right] = [ABOVE_PLOT, height - BELOW_PLOT, width - RIGHT_OF_PLOT]
  return {
    left,
    right,
    top,
    bottom,
    y: (value) => bottom - (value / most) * (bottom - top),
    x: (index, runs) => left + ((index + 0.5) * (right - left)) / runs,
  }
}

function axisLine({ left, right, y }: Plot, value: number, shown: string): string[] {
  const at = y(value)
  const stroke = value === 0 ? INK : '#d8dde0'
  return [
    element('line', { x1: left, y1: at, x2: right, y2: at, stroke, 'stroke-width': 1 }),
    label({ x: left - 6, y: at + 5, 'text-anchor': 'end' }, shown),
  ]
}

function ends({ left, right }: Plot, height: number, { from, to }: ChartFrame): string[] {
  const y = height - 8
  if (from === to) return [label({ x: (left + right) / 2, y, 'text-anchor': 'middle' }, from)]
  return [label({ x: left, y }, from), label({ x: right, y, 'text-anchor': 'end' }, to)]
}

/** Text of a drawing, in the one size that all of it has. */
export function label(place: Readonly<Record<string, string | number>>, shown: string): string {
  return element('text', { ...FONT, ...place }, text(shown))
}

/** The parts of a stacked bar by colour, above the plot. */
export function legend(parts: readonly { readonly name: string; readonly colour: string }[]): string[] {
  let x = 0
  return parts.flatMap(({ name, colour }) => {
    const start = x
    x += 12 + 5 + name.length * 7.3 + 10
    return [
      element('rect', { x: start, y: 3, width: 12, height: 12, fill: colour }),
      label({ x: start + 17, y: 14 }, name),
    ]
  })
}
