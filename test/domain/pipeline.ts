import { lookupFor, reasonsToRead, writesOf, type Change } from '../../src/domain/changes.ts'
import { joinNumber } from '../../src/domain/join.ts'
import { numberOfRow, traineeRowId, type Row } from '../../src/domain/row.ts'
import type { RowWrite } from '../../src/domain/row-write.ts'
import type { MemoryGeneration } from './generation.ts'
import type { World } from './world.ts'

function currentRow(generation: MemoryGeneration, change: Change): Row | null {
  const [current = null] = change.kind === 'trainee' ? generation.get([traineeRowId(change.tcsPersonId)]) : []
  return current
}

/** The writes that a change asks for, given the rows that it has to be given. */
export function writesFor(generation: MemoryGeneration, change: Change): readonly RowWrite[] {
  const { ids, numbers } = lookupFor(change, currentRow(generation, change))
  return writesOf(generation.lookUp(ids, numbers), change)
}

/** Applies a change alone; what it writes is found by number once it is made visible. */
export function applyAlone(generation: MemoryGeneration, change: Change): void {
  generation.writeAll(writesFor(generation, change))
}

/** Applies a change, and after it the reasons of its numbers, read afresh. Gives all changes that were applied. */
export function apply(generation: MemoryGeneration, change: Change, world: World, written: () => void): Change[] {
  const numbers = reasonsToRead(change, currentRow(generation, change))
  const changes = [change, ...numbers.map((number) => world.reasonChange(number))]
  for (const each of changes) {
    applyAlone(generation, each)
    written()
  }
  return changes
}

/** Joins anew the numbers of all rows that a change has marked. */
export function settle(generation: MemoryGeneration): void {
  generation.makeVisible()
  const marked = generation.rows.filter(({ marks }) => Object.keys(marks).length > 0)
  const numbers = new Set(marked.map(numberOfRow).filter((number) => number !== null))
  for (const number of numbers) generation.writeAll(joinNumber(generation.search([number]), number))
  generation.makeVisible()
}
