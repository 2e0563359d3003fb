import type { ListName } from '../../domain/lists.ts'
import type { RowId } from '../../domain/row.ts'
import type { TableDifference } from '../../domain/table-difference.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import { compareWithMaster, tablesOf } from '../compare/compare-tables.ts'

type Store = Pick<IndexStore, 'get' | 'generations' | 'tableRowsOf'>

/**
 * The rows with these ids that the tables of a generation do not have as its master requires; null if its lists are views. What
 * differs is read twice: a change writes tables first.
 */
export async function tableDrift(
  store: Store,
  generation: GenerationId,
  ids: readonly RowId[],
): Promise<readonly TableDifference[] | null> {
  const tables = await tablesOf(store, generation)
  if (tables === null) return null
  const { differences: first } = await compareWithMaster(store, tables, ids)
  if (first.length === 0) return first
  const again = await compareWithMaster(store, tables, [...new Set(first.map(({ id }) => id))])
  return again.differences
}

/** What differs, in sentences; the last one says what to do, as `remedy`. None if nothing differs. */
export function tableSentences(differences: readonly TableDifference[], remedy: string): readonly string[] {
  if (differences.length === 0) return []
  const alike = Map.groupBy(differences, ({ id, kind, fields }) => JSON.stringify([id, kind, fields]))
  return [
    ...[...alike.values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : sentenceOf(first, [first.list, ...others.map(({ list }) => list)]),
    ),
    `Another program changed the table, such as a Java service that writes this list. ${remedy}`,
  ]
}

function sentenceOf({ id, kind, fields }: TableDifference, lists: readonly ListName[]): string {
  const isOne = lists.length === 1
  const tables = `The ${isOne ? 'table' : 'tables'} ${listed(lists)}`
  switch (kind) {
    case 'missing':
      return `${tables} ${isOne ? 'lacks' : 'lack'} the row ${id} although the master has it.`
    case 'surplus':
      return `${tables} ${isOne ? 'has' : 'have'} the row ${id} although it does not belong there by the master.`
    case 'different':
      return `${tables} ${isOne ? 'has' : 'have'} other values of the row ${id} than the master: ${fields.join(', ')}.`
  }
}

function listed(lists: readonly ListName[]): string {
  return lists.length < 2 ? lists.join('') : `${lists.slice(0, -1).join(', ')} and ${lists.at(-1) ?? ''}`
}
