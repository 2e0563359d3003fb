import { bodyOf, type RowDifference } from '../../../domain/comparison.ts'
import { moveIn, type Move } from '../../../domain/comparison-tally.ts'
import type { Day } from '../../../domain/day.ts'
import { INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import type { RowId } from '../../../domain/row.ts'

/** A row that differs between two generations: enough to find it again. Its values stay in the generations. */
export interface MovedRow {
  readonly id: RowId
  /** GMC numbers and names of both sides in lower case, to search in. */
  readonly text: string
  /** In the order of `INDEX_NAMES`. */
  readonly moves: readonly (Move | null)[]
  /** The body that it counts under; null where it is not. */
  readonly from: string | null
  readonly to: string | null
}

/** What a person looks at: what happens in a list, of a designated body ('' for rows without one), that a text is in. */
export interface RowFilter {
  readonly list: IndexName
  readonly move: Move
  readonly body: string | null
  readonly q: string
}

/** Null if no list shows the difference. */
export function movedRow(difference: RowDifference, day: Day): MovedRow | null {
  const moves = INDEX_NAMES.map((list) => moveIn(list, difference, day))
  if (moves.every((move) => move === null)) return null
  const { id, before, after } = difference
  const texts = [before, after].flatMap((side) =>
    side === null
      ? []
      : [side.document.gmcReferenceNumber, side.document.doctorFirstName, side.document.doctorLastName],
  )
  return {
    id,
    text: [...new Set(texts)].join(' ').toLowerCase(),
    moves,
    from: before === null ? null : bodyOf(before.document),
    to: after === null ? null : bodyOf(after.document),
  }
}

/** Of a body, a doctor who moves to another leaves the one and enters the other, as in the figures. */
export function isShown({ text, moves, from, to }: MovedRow, { list, move, body, q }: RowFilter): boolean {
  const own = moves[INDEX_NAMES.indexOf(list)] ?? null
  if (
    own === null ||
    !q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  )
    return false
  if (body === null) return own === move
  const isBetween = own === 'change' && from !== to
  switch (move) {
    case 'enter':
      return (own === 'enter' || isBetween) && to === body
    case 'leave':
      return (own === 'leave' || isBetween) && from === body
    case 'change':
      return own === 'change' && !isBetween && to === body
  }
}
