import type { SourceTables } from '../../ports/source-filling.ts'
import { Deck } from './deck.ts'
import { personNumbers, type NumberBook } from './gmc-numbers.ts'
import { personNames } from './names.ts'
import { Draws } from './random.ts'

/** The rows of one person, but for the memberships. */
export interface PersonRows {
  readonly contact: SourceTables['ContactDetails']
  /** Null where the person has no such row. */
  readonly gmcDetails: SourceTables['GmcDetails'] | null
  readonly person: SourceTables['Person']
}

/** The number of persons for this number of doctors. */
export function personCount(doctors: number): number {
  return Math.max(1, Math.floor((doctors * 1200) / 1203))
}

/** Persons; call it with ascending indexes. Their ids ascend with gaps. */
export function persons(seed: number, book: NumberBook): (index: number) => PersonRows {
  const draws = new Draws(seed, 'persons')
  const roles = new Deck(draws, [
    ['DR in Training', 1160],
    ['Placeholder', 20],
    ['Dummy record', 9],
    ['DR in Training,Visitor', 7],
    [null, 4],
  ])
  const names = personNames(new Draws(seed, 'names of persons'))
  const numbers = personNumbers(seed, book)
  return (index) => {
    const id = 1000 + 3 * index + draws.below(3)
    const number = numbers(index)
    return {
      contact: { id, ...names() },
      gmcDetails: number === 'none' ? null : { id, gmcNumber: number.gmcNumber },
      person: { id, role: roles.deal() },
    }
  }
}
