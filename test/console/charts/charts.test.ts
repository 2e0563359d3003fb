import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { axisUpTo } from '../../../src/console/charts/axis.ts'
import { durationsFigure, rowsFigure, type Figure } from '../../../src/console/charts/figure.ts'
import { COLOURS, type Outcome, type RunDuration } from '../../../src/console/charts/run-durations.ts'
import type { RunRows } from '../../../src/console/charts/run-rows.ts'

/** A day of October for each run; takes a second more each time. */
function durations(outcomes: readonly Outcome[]): RunDuration[] {
  return outcomes.map((outcome, index) => ({
    name: `${index + 1} October 2026 at 5:04am`,
    axis: `${index + 1} October`,
    outcome,
    seconds: 20 + index,
    parts: { Trainees: 4, Doctors: 10, Lists: 1, Checks: 5 + index },
  }))
}

const rowsOf = (counts: readonly (number | null)[]): RunRows[] =>
  counts.map((rows, index) => ({ name: `run ${index + 1}`, axis: `${index + 1} October`, rows }))

const drawings = (figure: Figure | null): readonly string[] => (figure === null ? [] : [figure.wide, figure.narrow])

/** The attributes of the elements of a name, in order. */
function elements(svg: string, name: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries([...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
  )
}

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, shown = '']) => shown)

test('without runs there is no figure', () => {
  assert.equal(durationsFigure([]), null)
  assert.equal(rowsFigure([]), null)
  assert.equal(rowsFigure(rowsOf([null, null])), null)
})

test('the caption is the sentence to take away', () => {
  const caption = (outcomes: readonly Outcome[]) => durationsFigure(durations(outcomes))?.caption
  assert.equal(caption(['finished']), 'The last run took 20 seconds.')
  assert.equal(
    caption(['finished', 'failed', 'held back', 'failed', 'cancelled', 'finished']),
    'The last 6 runs took 20 to 25 seconds. 2 failed, 1 was held back and 1 was cancelled.',
  )
  assert.equal(caption(['failed', 'failed']), 'The last 2 runs did not finish. 2 failed.')
  assert.equal(rowsFigure(rowsOf([100, null, 90]))?.caption, 'The master list shrank from 100 to 90 rows over 2 runs.')
  assert.equal(rowsFigure(rowsOf([22_460]))?.caption, 'The master list has 22,460 rows.')
})

test('the wide drawing has the last thirty runs, the narrow one the last ten, the table those of the wide one', () => {
  const figure = durationsFigure(durations(Array.from({ length: 31 }, () => 'cancelled' as const)))
  const [wide = '', narrow = ''] = drawings(figure)
  assert.equal(texts(wide).filter((shown) => shown === 'C').length, 30)
  assert.equal(texts(narrow).filter((shown) => shown === 'C').length, 10)
  assert.equal(figure?.table.rows.length, 30)
  assert.equal(figure.table.rows[0]?.[0], '31 October 2026 at 5:04am')
  assert.ok(texts(narrow).includes('22 October') && texts(narrow).includes('31 October'))
})

test('the heights of a bar are its seconds, on the scale of the axis', () => {
  const runs = durations(['finished', 'failed', 'finished', 'cancelled'])
  for (const svg of drawings(durationsFigure(runs))) {
    const bars = elements(svg, 'rect').filter((each) => 'data-seconds' in each)
    const perSecond = bars.map((each) => Number(each.height) / Number(each['data-seconds']))
    const [first = NaN] = perSecond
    assert.ok(perSecond.every((each) => Math.abs(each - first) < 0.15))
    const totals = Map.groupBy(bars, ({ x }) => x)
    const drawn = [...totals.values()].map((segments) =>
      segments.reduce((sum, each) => sum + Number(each['data-seconds']), 0),
    )
    assert.deepEqual(drawn, [20, 21, 22, 23])
  }
})

test('a failed run is hatched and marked, a cancelled one outlined and marked, a held-back one marked', () => {
  const [wide = ''] = drawings(durationsFigure(durations(['finished', 'failed', 'cancelled', 'held back'])))
  const fills = elements(wide, 'rect').map(({ fill }) => fill)
  assert.equal(fills.filter((fill) => fill === 'url(#durations-wide-hatch)').length, 1)
  assert.deepEqual(
    texts(wide).filter((shown) => /^[FCH]$/.test(shown)),
    ['F', 'C', 'H'],
  )
})

test('every segment has the colour of a part of the legend, and its seconds are in the table', () => {
  const figure = durationsFigure(durations(['finished']))
  for (const svg of drawings(figure)) {
    const segments = elements(svg, 'rect').filter((each) => 'data-seconds' in each)
    assert.deepEqual(
      segments.map((each) => [
        each.fill,
        `${each['data-seconds']} ${each['data-seconds'] === '1' ? 'second' : 'seconds'}`,
      ]),
      Object.values(COLOURS).map((colour, index) => [colour, figure?.table.rows[0]?.[index + 3]]),
    )
  }
})

test('the colours of the parts stand out from the page and from each other', () => {
  const colours = Object.values(COLOURS).map(channels)
  for (const colour of colours) assert.ok(contrast(colour, channels('#f0f4f5')) >= 3)
  for (const [index, colour] of colours.entries())
    for (const other of colours.slice(index + 1)) {
      const distance = Math.hypot(...colour.map((value, channel) => value - (other[channel] ?? 0)))
      assert.ok(distance > 80, `${distance}`)
    }
})

/** Red, green and blue, each from 0 to 255. */
function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
}

/** As WCAG reckons it. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const [light = 0, dark = 0] = [a, b].map(luminance).toSorted((one, other) => other - one)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('points are at the rows of the table, with a gap where a run made none', () => {
  const [wide = ''] = drawings(rowsFigure(rowsOf([10, 20, null, 30, 40])))
  const circles = elements(wide, 'circle')
  assert.deepEqual(
    circles.map((each) => each['data-rows']),
    ['10', '20', '30', '40'],
  )
  const heights = circles.map(({ cy }) => Number(cy))
  assert.ok(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0) - ((heights[2] ?? 0) - (heights[3] ?? 0))) < 0.2)
  assert.equal(elements(wide, 'line').filter((each) => each['stroke-width'] === '2').length, 2)
})

test('a drawing needs no style, no script and no pointer, and its text is large enough and inside', () => {
  const hostile = durations(['finished', 'failed']).map((run) => ({ ...run, axis: '<script>"&\'' }))
  const figures = [durationsFigure(hostile), rowsFigure(rowsOf([1_000_000, null, 3]))]
  for (const svg of figures.flatMap(drawings)) {
    assert.doesNotMatch(svg, /\sstyle=|<style|<script|\son\w+=|<animate/)
    assert.match(svg, /^<svg class="reval-chart reval-chart--\w+" role="img" aria-labelledby="(\S+) (\S+)" width="\d+"/)
    const [{ width = '', height = '' } = {}] = elements(svg, 'svg')
    for (const each of elements(svg, 'text')) {
      assert.ok(Number(each['font-size']) >= 14)
      assert.ok(Number(each.x) >= 0 && Number(each.x) <= Number(width))
      assert.ok(Number(each.y) >= 10 && Number(each.y) <= Number(height))
    }
  }
})

test('ids of the drawings of a page are unique', () => {
  const page = [durationsFigure(durations(['failed', 'finished'])), rowsFigure(rowsOf([1, 2]))]
    .flatMap(drawings)
    .join('')
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
})

test('an axis begins at 0, has at most five lines at equal distances, and reaches the largest value', () => {
  assert.deepEqual(axisUpTo(26).lines, [0, 10, 20, 30])
  assert.deepEqual(axisUpTo(22_460, { whole: true }).lines, [0, 10_000, 20_000, 30_000])
  assert.deepEqual(axisUpTo(0, { whole: true }).lines, [0, 1])
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.boolean(), (most, whole) => {
      const { lines, top } = axisUpTo(most, { whole })
      assert.equal(lines[0], 0)
      assert.ok(lines.length >= 2 && lines.length <= 5)
      assert.ok(top >= most * (1 - 1e-6))
      if (whole) assert.ok(lines.every(Number.isInteger))
    }),
  )
})
