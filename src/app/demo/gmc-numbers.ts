import { Deck } from './deck.ts'
import { permutation } from './permutation.ts'
import { Draws } from './random.ts'

/** Every number of seven digits that does not begin with a zero. */
const NUMBERS = 9_000_000
const FIRST_NUMBER = 1_000_000

/** The most doctors a filling can have: a third of all numbers; the rest are for numbers the GMC does not know. */
export const MOST_DOCTORS = NUMBERS / 3

/** GMC numbers, each a function of an index: unique without anything being remembered, and in no order. */
export interface NumberBook {
  /** The number of the doctor of an index below `MOST_DOCTORS`, and of the trainee of the same index. */
  ofDoctor(index: number): string
  /** A number without a doctor: of a trainee whom the GMC does not know. */
  ofStranger(index: number): string
  /** An unused number. */
  ofNobody(index: number): string
}

export function numberBook(seed: number): NumberBook {
  const permuted = permutation(NUMBERS, new Draws(seed, 'GMC numbers'))
  const numberAt = (index: number): string => String(FIRST_NUMBER + permuted(index))
  return {
    ofDoctor: (index) => numberAt(index),
    ofStranger: (index) => numberAt(MOST_DOCTORS + index),
    ofNobody: (index) => numberAt(2 * MOST_DOCTORS + index),
  }
}

/** How many of 1,200 persons carry the number of another one. */
const SHARERS = 13
/** From how many persons on one of these can share a number. */
const LENDERS = 16

/** A `GmcDetails` row's number (null if the column is), or `none` where the person has no such row. */
export type PersonNumber = { readonly gmcNumber: string | null } | 'none'

/**
 * The numbers of the persons; call it with ascending indexes. Most persons have the number of the
 * doctor of their own index; the others leave that doctor without a trainee.
 */
export function personNumbers(seed: number, book: NumberBook): (index: number) => PersonNumber {
  const draws = new Draws(seed, 'numbers of persons')
  const kinds = new Deck(draws, [
    ['own', 1049],
    ['own, padded with U+00A0', 2],
    ['own, padded with spaces', 1],
    ['shared', SHARERS],
    ['stranger', 80],
    ['marked as old', 2],
    ['UNKNOWN', 3],
    ['Unknown', 3],
    ['unknown', 3],
    ['N/A', 4],
    ['NA', 2],
    ['na', 2],
    ['null', 20],
    ['none', 16],
  ])
  /** Some earlier persons with numbers of their own that are not shared yet. */
  const lenders: number[] = []
  let shared: number | null = null
  let sharers = 0

  return (index) => {
    const kind = kinds.deal()
    switch (kind) {
      case 'own':
        if (lenders.length < LENDERS) lenders.push(index)
        else if (draws.below(10) === 0) lenders[draws.below(LENDERS)] = index
        return { gmcNumber: book.ofDoctor(index) }
      case 'own, padded with U+00A0':
        return { gmcNumber: `${book.ofDoctor(index)}\u00a0` }
      case 'own, padded with spaces':
        return { gmcNumber: `  ${book.ofDoctor(index)} ` }
      case 'shared':
        sharers++
        // The last one of a deck makes three of two.
        if (sharers % SHARERS !== 0 || shared === null) {
          shared = lenders.splice(draws.below(lenders.length), 1)[0] ?? index
        }
        return { gmcNumber: book.ofDoctor(shared) }
      case 'stranger':
        return { gmcNumber: book.ofStranger(index) }
      case 'marked as old':
        return { gmcNumber: `${book.ofDoctor(index)} (old)` }
      case 'null':
        return { gmcNumber: null }
      case 'none':
        return 'none'
      default:
        return { gmcNumber: kind }
    }
  }
}
