import { lookupFor, reasonToRead, writesOf, type Change } from '../../src/domain/changes.ts'
import { joinNumber } from '../../src/domain/join.ts'
import { numberOfRow, traineeRowId, type Row } from '../../src/domain/row.ts'
import type { RowWrite } from '../../src/domain/row-write.ts'
import type { MemoryGeneration } from './generation.ts'
import type { World } from './world.ts'

/** The rows that a change has to be given. */
export function rowsFor(generation: MemoryGeneration, change: Change): Row[] {
  const [current = null] = change.kind === 'trainee' ? generation.get([traineeRowId(change.tcsPersonId)]) : []
  const { ids, numbers } = lookupFor(change, current)
  return generation.lookUp(ids, numbers)
}

export function writesFor(generation: MemoryGeneration, change: Change): readonly RowWrite[] {
  return writesOf(rowsFor(generation, change), change)
}

/** A change, and after it the reason of the number that it brings. */
export function withReason(world: World, change: Change): Change[] {
  const number = reasonToRead(change)
  return number === null ? [change] : [change, world.reasonChange(number)]
}

/** Applies a change as the live pipeline does: what it writes is visible before the next lookup. */
export function apply(generation: MemoryGeneration, change: Change): void {
  generation.writeAll(writesFor(generation, change))
  generation.makeVisible()
}

/** Joins anew the numbers of all rows that a change has marked. */
export function settle(generation: MemoryGeneration): void {
  generation.makeVisible()
  const marked = generation.rows.filter(({ marks }) => Object.keys(marks).length > 0)
  const numbers = new Set(marked.map(numberOfRow).filter((number) => number !== null))
  for (const number of numbers) generation.writeAll(joinNumber(generation.search([number]), number))
  generation.makeVisible()
}
