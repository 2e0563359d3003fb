import { numberOfRow, rowsOfNumber, type Row } from '../../../src/domain/row.ts'

/**
 * The rows to create, and to read again, before rows are replaced: the order of `differences` alone does not survive a
 * crash among replacements. Where one trainee leaves a number by the same call by which another comes to it, nothing may
 * lead to the number in between: the one has left it already, and the other, whose person may be gone by the time the
 * change comes again, is not there yet. So the doctor has a row of its own meanwhile. None where some row has the
 * number all along: one that is created, that keeps the number, or that is deleted last.
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
  const rows = bridged.flatMap(({ parts }) => rowsOfNumber([], parts))
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}
