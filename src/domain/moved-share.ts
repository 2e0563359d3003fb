import type { ComparisonSummary, Movement } from './comparison.ts'
import type { LikenessSettings } from './likeness.ts'
import { INDEX_NAMES, type IndexName } from './lists.ts'

/** How many rows live has in each list, and of each designated body: '' for rows without one. */
export interface LiveSizes {
  readonly lists: Readonly<Record<IndexName, number>>
  readonly bodies: Readonly<Record<string, number>>
}

/** Rows that enter or leave a list or a body. */
export interface Moved {
  /** `connectedindex`, or `body 1-1RSSQ05`. */
  readonly what: string
  readonly enter: number
  readonly leave: number
  /** How many rows live has there. */
  readonly of: number
}

type Floor = Pick<LikenessSettings, 'fewestRows' | 'fewestShare'>

/** Below this many rows, a movement is not judged: as for likeness. */
function floorOf({ rows }: Pick<ComparisonSummary, 'rows'>, { fewestRows, fewestShare }: Floor): number {
  return Math.max(fewestRows, fewestShare * rows.before)
}

/** Whether any list or body moves enough to be judged; if not, the sizes of live need not be known. */
export function movesEnough(summary: ComparisonSummary, settings: Floor): boolean {
  const floor = floorOf(summary, settings)
  const lists = INDEX_NAMES.map((name) => summary.lists[name].all)
  const bodies = Object.values(summary.lists.masterdoctorindex.bodies)
  return [...lists, ...bodies].some((movement) => movedIn(movement) >= floor)
}

/**
 * The lists, and the bodies of doctors, that a generation would move more than a share of: rows that enter and rows that leave,
 * against those that live has there. The largest share first. As for likeness, fewer rows than max(`fewestRows`, `fewestShare` of the
 * live rows) are not judged, and nothing is if live has fewer.
 */
export function movedBeyond(
  summary: ComparisonSummary,
  live: LiveSizes,
  share: number,
  settings: Floor,
): readonly Moved[] {
  const floor = floorOf(summary, settings)
  if (summary.rows.before < floor) return []
  const lists = INDEX_NAMES.map((name): Moved => ({
    what: name,
    ...sides(summary.lists[name].all),
    of: live.lists[name],
  }))
  const bodies = Object.entries(summary.lists.masterdoctorindex.bodies).map(([body, movement]): Moved => ({
    what: body === '' ? 'doctors without a body' : `body ${body}`,
    ...sides(movement),
    of: live.bodies[body] ?? 0,
  }))
  return [...lists, ...bodies]
    .filter((moved) => movedIn(moved) >= floor && movedIn(moved) > moved.of * share)
    .toSorted((a, b) => shareOf(b) - shareOf(a))
}

/** What moves too much, as text: the largest movement, and how many others there are. Null if nothing does. */
export function movedInWords(moved: readonly Moved[], share: number): string | null {
  const [most, ...others] = moved
  if (most === undefined) return null
  const rest = others.length === 0 ? '' : `; and ${others.length} other ${others.length === 1 ? 'figure' : 'figures'}`
  const { what, enter, leave, of } = most
  const limit = `${Math.round(share * 1000) / 10} %`
  return `more than ${limit} would move: ${what}: ${enter} would enter and ${leave} would leave, of ${of} in live${rest}`
}

function sides({ enter, leave }: Movement): Pick<Moved, 'enter' | 'leave'> {
  return { enter, leave }
}

function movedIn({ enter, leave }: Pick<Movement, 'enter' | 'leave'>): number {
  return enter + leave
}

function shareOf(moved: Moved): number {
  return moved.of === 0 ? Infinity : movedIn(moved) / moved.of
}
