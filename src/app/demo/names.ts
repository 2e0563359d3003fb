import { Deck } from './deck.ts'
import type { Draws } from './random.ts'

/** Hyphens, apostrophes, particles, marks, several scripts, and the surname Null. */
export const SURNAMES = [
  'Smith-Jones',
  'Müller',
  'Adeyemi',
  'Wang',
  "D'Souza",
  'MacDonald',
  'Jones',
  'Okafor',
  'Ó Súilleabháin',
  'Taylor',
  'Brown',
  'García',
  'Evans',
  'Patel',
  'Nguyễn',
  "O'Brien",
  'Khan',
  'van der Berg',
  'Smith',
  'Null',
] as const

export const FORENAMES = [
  'Björn',
  'Tunde',
  'محمد',
  'Zoë',
  'Priya',
  'Mary-Jane',
  'Ravi',
  'Fatima',
  'Ieuan',
  'John',
  'José',
  'Anna',
  'Grace',
  'Łukasz',
  'Chloé',
  'Olu',
  'Wei',
  'Siân',
  'Aisha',
  '李',
  'Niamh',
  'Eve',
] as const

export interface Names {
  readonly surname: string | null
  readonly forenames: string | null
}

/** Names as TCS holds them: either can be missing on its own. */
export function personNames(draws: Draws): () => Names {
  const surnames = new Deck(draws, [
    ['given', 1196],
    [null, 3],
    ['\u00a0', 1],
  ])
  const forenames = new Deck(draws, [
    ['given', 1193],
    [null, 6],
    [' ', 1],
  ])
  return () => {
    const surname = surnames.deal()
    const forename = forenames.deal()
    return {
      surname: surname === 'given' ? draws.pick(SURNAMES) : surname,
      forenames: forename === 'given' ? draws.pick(FORENAMES) : forename,
    }
  }
}

/** Names as the GMC holds them: upper-case, and missing together. */
export function doctorNames(draws: Draws): () => Names {
  const kinds = new Deck(draws, [
    ['given', 1196],
    ['missing', 6],
    ['blank', 1],
  ])
  return () => {
    const kind = kinds.deal()
    if (kind === 'missing') return { surname: null, forenames: null }
    const surname = draws.pick(SURNAMES).toUpperCase()
    return { surname, forenames: kind === 'blank' ? ' ' : draws.pick(FORENAMES).toUpperCase() }
  }
}
