import type { ComparisonSummary, Movement } from '../../../domain/comparison.ts'
import { byIndex, INDEX_NAMES, type IndexName } from '../../../domain/lists.ts'
import type { Table } from '../../components/table.ts'
import { LIST_NAMES } from '../../words/lists.ts'
import { count, difference } from '../../words/numbers.ts'

export type ListCounts = Readonly<Record<IndexName, number>>
export type ListMoves = Readonly<Record<IndexName, Pick<Movement, 'enter' | 'leave'>>>

/** What moving the lists from one generation to another does. Null where it is not known. */
export interface ListEffects {
  readonly now: ListCounts | null
  readonly afterwards: ListCounts | null
  readonly moves: ListMoves | null
}

/** Who enters and leaves each list, of a comparison. */
export function movesOf({ lists }: Pick<ComparisonSummary, 'lists'>): ListMoves {
  return byIndex((list) => lists[list].all)
}

/** The same of going back: who entered then leaves now, and the other way round. */
export function movesBackOf({ lists }: Pick<ComparisonSummary, 'lists'>): ListMoves {
  return byIndex((list) => ({ enter: lists[list].all.leave, leave: lists[list].all.enter }))
}

/** The table of a decision: how many rows each list has now and afterwards, and who enters and leaves if that is known. */
export function effectsTable({ now, afterwards, moves }: ListEffects): Table {
  const figures = ['Now', 'Afterwards', 'Difference', ...(moves === null ? [] : ['Enter', 'Leave'])]
  return {
    id: 'effects',
    caption: 'What happens to the lists',
    columns: [{ text: 'List' }, ...figures.map((text) => ({ text, isNumeric: true }))],
    rows: INDEX_NAMES.map((list) => [
      { text: LIST_NAMES[list] },
      { text: count(now?.[list]) },
      { text: count(afterwards?.[list]) },
      { text: difference(afterwards?.[list], now?.[list]) },
      ...(moves === null ? [] : [{ text: count(moves[list].enter) }, { text: count(moves[list].leave) }]),
    ]),
  }
}

/** Of each list that gets smaller, by how much. */
export function shrinking({ now, afterwards }: ListEffects): readonly string[] {
  if (now === null || afterwards === null) return []
  return INDEX_NAMES.filter((list) => afterwards[list] < now[list]).map((list) => {
    const fewer = count(now[list] - afterwards[list])
    return `${LIST_NAMES[list]}: ${fewer} fewer, ${count(afterwards[list])} in place of ${count(now[list])}.`
  })
}
