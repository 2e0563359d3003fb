import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import { numberOfRow, type Row } from '../../../src/domain/row.ts'

/**
 * Whose row may have changed: a person in TCS, a GMC number, or a doctor whose `_id` is other text. A string, so that
 * sets compare it.
 */
export type Key = `person ${number}` | `number ${GmcNumber}` | `text ${string}`

export function personKey(personId: number): Key {
  return `person ${personId}`
}

export function numberKey(number: GmcNumber): Key {
  return `number ${number}`
}

export function textKey(storedId: string): Key {
  return `text ${storedId}`
}

/** The people, numbers and other texts among the keys. */
export function sortedOut(keys: Iterable<Key>): { persons: number[]; numbers: GmcNumber[]; texts: string[] } {
  const all = [...keys]
  const of = (kind: string) => all.filter((key) => key.startsWith(`${kind} `)).map((key) => key.slice(kind.length + 1))
  const numbers = of('number').map(gmcNumber)
  return { persons: of('person').map(Number), numbers: numbers.filter((each) => each !== null), texts: of('text') }
}

/** The keys of a row: its person and its number. */
export function keysOfRow(row: Row): Key[] {
  const { trainee } = row.parts
  const number = numberOfRow(row)
  return [
    ...(trainee === null ? [] : [personKey(trainee.tcsPersonId)]),
    ...(number === null ? [] : [numberKey(number)]),
  ]
}
