import type { SourceTables } from '../../ports/source-filling.ts'
import { Deck } from './deck.ts'
import { Draws } from './random.ts'

type ExceptionLog = SourceTables['exceptionLogs']

const TIMESTAMP = '2026-05-01T10:00:00Z'

/** Documents of `exceptionLogs`: why connecting a doctor failed. */
export interface Reasons {
  /** A doctor's, which most do not have: empty then. */
  ofDoctor(storedId: string): ExceptionLog[]
  /** A reason with text. */
  one(storedId: string): ExceptionLog
}

export function reasons(seed: number): Reasons {
  const draws = new Draws(seed, 'reasons')
  const texts = new Deck(draws, [
    ['none', 1183],
    ['Missing or invalid designated body', 8],
    ['Doctor already has a designated body', 4],
    ['   ', 4],
    ['Internal error at the GMC', 2],
    ['Doctor is not known to the GMC', 1],
    ['', 1],
  ])
  return {
    ofDoctor: (storedId) => {
      const errorMessage = texts.deal()
      return errorMessage === 'none' ? [] : [{ storedId, errorMessage, timestamp: TIMESTAMP }]
    },
    one: (storedId) => ({ storedId, errorMessage: 'Doctor is not known to the GMC', timestamp: TIMESTAMP }),
  }
}
