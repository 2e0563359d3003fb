import type { AssembledDocument } from './assemble.ts'
import { bodyOf, type ComparisonSummary, type ListMovements, type Movement, type RowDifference } from './comparison.ts'
import type { Day } from './day.ts'
import { belongsTo, INDEX_FIELDS, INDEX_NAMES, type IndexName } from './lists.ts'

/** What happens to a row in a list. */
export type Move = keyof Movement

/** What a difference does to a list; null if the list shows the same as before. */
export function moveIn(list: IndexName, { before, after }: RowDifference, today: Day): Move | null {
  const old = before !== null && belongsTo(list, before.document, today) ? before.document : null
  const present = after !== null && belongsTo(list, after.document, today) ? after.document : null
  if (old === null) return present === null ? null : 'enter'
  if (present === null) return 'leave'
  return bodyOf(old) !== bodyOf(present) || showsChange(list, old, present) ? 'change' : null
}

function showsChange(list: IndexName, before: AssembledDocument, after: AssembledDocument): boolean {
  return INDEX_FIELDS[list].some((field) => before[field] !== after[field])
}

/** Limits the differences to those that move in a list, those of a designated body, or both. Without either, all differences. */
export interface Scope {
  readonly list: IndexName | null
  /** A code; '' for rows without a body. */
  readonly body: string | null
}

/** Whether a difference is in the scope: of a body, if the row counts under it before or after. */
export function isInScope(difference: RowDifference, { list, body }: Scope, today: Day): boolean {
  const { before, after } = difference
  if (list !== null && moveIn(list, difference, today) === null) return false
  if (body === null) return true
  const sides = [before, after].filter((side) => side !== null)
  return sides.some(({ document }) => bodyOf(document) === body && (list === null || belongsTo(list, document, today)))
}

interface Counted {
  enter: number
  leave: number
  change: number
}

const nothing = (): Counted => ({ enter: 0, leave: 0, change: 0 })

/** Adds up a comparison. Its size does not grow with the rows. */
export class ComparisonTally {
  readonly #today: Day
  readonly #rows = { before: 0, after: 0 }
  readonly #kinds = { missing: 0, surplus: 0, different: 0 }
  readonly #fields = new Map<string, number>()
  readonly #lists = new Map(INDEX_NAMES.map((list) => [list, { all: nothing(), bodies: new Map<string, Counted>() }]))

  /** `today`: the day for which the lists of both sides are read. */
  constructor(today: Day) {
    this.#today = today
  }

  addRows({ before, after }: { readonly before: number; readonly after: number }): void {
    this.#rows.before += before
    this.#rows.after += after
  }

  add(difference: RowDifference): void {
    this.#kinds[difference.kind] += 1
    for (const field of difference.fields) this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1)
    for (const list of INDEX_NAMES) this.#move(list, difference)
  }

  #move(list: IndexName, difference: RowDifference): void {
    const move = moveIn(list, difference, this.#today)
    const counted = this.#lists.get(list)
    if (move === null || counted === undefined) return
    counted.all[move] += 1
    const { before, after } = difference
    const from = move === 'enter' || before === null ? null : bodyOf(before.document)
    const to = move === 'leave' || after === null ? null : bodyOf(after.document)
    if (from !== null && from === to) {
      countIn(counted.bodies, from, 'change')
      return
    }
    if (from !== null) countIn(counted.bodies, from, 'leave')
    if (to !== null) countIn(counted.bodies, to, 'enter')
  }

  /** Fields by how often they differ, bodies by code. */
  summary(): ComparisonSummary {
    const fields = [...this.#fields].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
    const lists = [...this.#lists].map(([list, { all, bodies }]) => [list, { all: { ...all }, bodies: sorted(bodies) }])
    return {
      rows: { ...this.#rows },
      ...this.#kinds,
      fields: Object.fromEntries(fields),
      // One entry per index.
      lists: Object.fromEntries(lists) as Record<IndexName, ListMovements>,
    }
  }
}

function countIn(bodies: Map<string, Counted>, body: string, move: Move): void {
  const counted = bodies.get(body) ?? nothing()
  counted[move] += 1
  bodies.set(body, counted)
}

function sorted(bodies: ReadonlyMap<string, Counted>): Record<string, Movement> {
  return Object.fromEntries(
    [...bodies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([body, counted]) => [body, { ...counted }]),
  )
}
