import type { Scope } from '../domain/comparison-tally.ts'
import type { DifferingRow } from '../app/comparison-output.ts'
import type { ComparisonSummary, Movement } from '../domain/comparison.ts'
import { INDEX_NAMES, type IndexName } from '../domain/lists.ts'
import { count, fieldNames, idText, indented, table } from './output.ts'

/** The most bodies that a table has. */
const MOST_BODIES = 30

const NO_MOVEMENT: Movement = { enter: 0, leave: 0, change: 0 }
const EVERYTHING: Scope = { list: null, body: null }

const sizeOf = ({ enter, leave, change }: Movement): number => enter + leave + change

function listsOf({ list }: Scope): readonly IndexName[] {
  return list === null ? INDEX_NAMES : [list]
}

/** How two generations differ, in one sentence. */
export function comparisonSentence(summary: ComparisonSummary, scope: Scope = EVERYTHING): string {
  const { missing, surplus, different, rows } = summary
  const differing = missing + surplus + different
  const where = [
    scope.list === null ? '' : ` in ${scope.list}`,
    scope.body === null ? '' : ` for ${bodyName(scope.body)}`,
  ]
  const of = `${count(rows.before)} rows before, ${count(rows.after)} after`
  if (differing === 0) return `Nothing differs${where.join('')}: ${of}`
  const verb = differing === 1 ? 'row differs' : 'rows differ'
  const kinds = `${count(missing)} missing, ${count(surplus)} surplus, ${count(different)} different`
  return `${count(differing)} ${verb}${where.join('')}: ${kinds} (${of})`
}

const bodyName = (body: string): string => (body === '' ? 'rows without a body' : `body ${body}`)

/** A comparison in figures: who moves in which list, by body too, and the fields that differ. */
export function summaryLines(summary: ComparisonSummary, scope: Scope = EVERYTHING): string[] {
  if (summary.missing + summary.surplus + summary.different === 0) return []
  return [
    ...listLines(summary, scope),
    ...(scope.body === null ? bodyLines(summary, scope) : []),
    ...fieldLines(summary),
  ]
}

/** Who moves in which list. */
export function listLines({ lists }: ComparisonSummary, scope: Scope = EVERYTHING): string[] {
  const rows = listsOf(scope).map((list) => {
    const { all, bodies } = lists[list]
    const { enter, leave, change } = scope.body === null ? all : (bodies[scope.body] ?? NO_MOVEMENT)
    return [list, count(enter), count(leave), count(change)]
  })
  return indented(table(['list', 'enter', 'leave', 'change'], rows))
}

/** A column for each list, since most bodies move in several. */
function bodyLines({ lists }: ComparisonSummary, scope: Scope): string[] {
  const columns = listsOf(scope)
  const sizes = new Map<string, number>()
  for (const list of columns) {
    for (const [body, movement] of Object.entries(lists[list].bodies))
      sizes.set(body, (sizes.get(body) ?? 0) + sizeOf(movement))
  }
  if (sizes.size === 0) return []
  const shown = [...sizes].sort(([, a], [, b]) => b - a).slice(0, MOST_BODIES)
  const rows = shown.map(([body]) => [
    body === '' ? '(none)' : body,
    ...columns.map((list) => movementText(lists[list].bodies[body] ?? NO_MOVEMENT)),
  ])
  return [
    'by designated body (+ enter, - leave, ~ change):',
    ...indented(table(['body', ...columns], rows)),
    ...(sizes.size > shown.length ? [`  and ${count(sizes.size - shown.length)} more bodies`] : []),
  ]
}

function movementText({ enter, leave, change }: Movement): string | null {
  const parts = [enter > 0 && `+${count(enter)}`, leave > 0 && `-${count(leave)}`, change > 0 && `~${count(change)}`]
  const shown = parts.filter((part) => part !== false)
  return shown.length === 0 ? null : shown.join(' ')
}

function fieldLines({ fields }: ComparisonSummary): string[] {
  const rows = Object.entries(fields).map(([field, times]) => [field, count(times)])
  return rows.length === 0 ? [] : indented(table(['field', 'rows that differ'], rows))
}

/** The first differences by id. */
export function differenceLines(first: readonly DifferingRow[], total: number): string[] {
  if (first.length === 0) return []
  const rows = first.map(({ kind, id, fields }) => [kind, idText(id), fieldNames(fields)])
  const title = first.length < total ? `first ${count(first.length)} of ${count(total)} rows:` : 'rows:'
  return [title, ...indented(table(['what', 'row', 'fields'], rows).slice(1))]
}
