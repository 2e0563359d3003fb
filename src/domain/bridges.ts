import { numberOfRow, rowsOfNumber, type Row } from './row.ts'

/**
 * The rows to create, and read again, before rows are replaced, because the order of `differences` alone does not
 * survive a crash among replacements. If one trainee leaves a number in the same call in which another joins it, no key
 * may lead to the number in between: the first has left, and the second may be gone when the change is redelivered. So
 * the doctor gets its own row meanwhile. Not needed if some row has the number throughout: one that is created, keeps
 * the number, or is deleted last. Nor if that row exists, which another program has damaged: its id leads to the number.
 */
export function bridges(before: readonly Row[], after: readonly Row[]): Row[] {
  const wanted = new Map(after.map((row) => [row.id, row]))
  const known = new Set(before.map(({ id }) => id))
  const leaves = (row: Row): boolean => {
    const next = wanted.get(row.id)
    return next !== undefined && numberOfRow(next) !== numberOfRow(row)
  }
  const left = new Set(before.filter(leaves).map(numberOfRow))
  const held = new Set([
    ...before.filter((row) => !leaves(row)).map(numberOfRow),
    ...after.filter(({ id }) => !known.has(id)).map(numberOfRow),
  ])
  const bridged = after.filter((row) => left.has(numberOfRow(row)) && !held.has(numberOfRow(row)))
  const rows = bridged.flatMap(({ parts }) => rowsOfNumber([], parts)).filter(({ id }) => !known.has(id))
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}
