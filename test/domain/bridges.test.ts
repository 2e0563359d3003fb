import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bridges } from '../../src/domain/bridges.ts'
import { doctorRowId, rowsOfNumber, type Row } from '../../src/domain/row.ts'
import { aDoctor, aTrainee, someParts } from './examples.ts'

const [ONE, TWO, THREE] = ['1111111', '2222222', '3333333'] as const

/** The row of a person with a number; with a doctor unless said otherwise. */
function joined(tcsPersonId: number, number: string | null, { isDoctor = true } = {}): Row[] {
  const doctor = isDoctor && number !== null ? aDoctor({ gmcReferenceNumber: number }) : null
  const parts = { doctor, outcome: 'Approved', reason: 'Why' } as const
  return rowsOfNumber([aTrainee({ tcsPersonId, gmcReferenceNumber: number })], parts)
}

/** The row of a doctor without a trainee. */
function own(number: string): Row[] {
  return rowsOfNumber([], { doctor: aDoctor({ gmcReferenceNumber: number }), outcome: 'Approved', reason: 'Why' })
}

/** The row of one doctor, in which another program wrote another's number. */
function relabelled(number: string, other: string): Row[] {
  return own(number).map(({ id, parts }) => ({
    id,
    parts: { ...parts, doctor: aDoctor({ gmcReferenceNumber: other }) },
  }))
}

describe('a doctor needs a row meanwhile', () => {
  const cases: readonly (readonly [string, readonly Row[], readonly Row[], readonly Row[]])[] = [
    [
      'if one replaced row leaves the number and another gets it',
      [...joined(1, ONE), ...joined(2, TWO)],
      [...joined(1, TWO), ...joined(2, THREE)],
      own(TWO),
    ],
    [
      'for both numbers of a swap',
      [...joined(1, ONE), ...joined(2, TWO)],
      [...joined(1, TWO), ...joined(2, ONE)],
      [...own(TWO), ...own(ONE)],
    ],
    [
      'once, if two rows get the number',
      [...joined(1, ONE), ...joined(2, TWO), ...joined(3, ONE)],
      [...joined(1, TWO), ...joined(2, null), ...joined(3, TWO)],
      own(TWO),
    ],
    ['but not if no row gets the number', joined(1, ONE), [...joined(1, TWO), ...own(ONE)], []],
    [
      'but not if another row keeps the number',
      [...joined(1, ONE), ...joined(2, TWO), ...joined(3, TWO)],
      [...joined(1, TWO), ...joined(2, THREE), ...joined(3, TWO)],
      [],
    ],
    [
      'but not if a row with the number is created',
      [...joined(1, ONE), ...joined(2, TWO)],
      [...joined(1, TWO), ...joined(2, THREE), ...joined(3, TWO)],
      [],
    ],
    [
      'but not if the row that leaves is deleted, which is last',
      [...joined(1, ONE), ...joined(2, TWO)],
      joined(1, TWO),
      [],
    ],
    [
      'but not if its own row is there, which goes last',
      [...joined(1, ONE), ...joined(2, TWO), ...own(TWO)],
      [...joined(1, TWO), ...joined(2, THREE)],
      [],
    ],
    [
      'but not if its own row is there without its number: a replacement mends it',
      [...relabelled(THREE, TWO), { id: doctorRowId(TWO), parts: someParts({}) }],
      [...own(THREE), ...own(TWO)],
      [],
    ],
    [
      'but not if the number has no doctor',
      [...joined(1, ONE), ...joined(2, TWO, { isDoctor: false })],
      [...joined(1, TWO, { isDoctor: false }), ...joined(2, THREE)],
      [],
    ],
    ['but not if nothing changes', joined(1, ONE), joined(1, ONE), []],
  ]
  for (const [what, before, after, expected] of cases) {
    test(what, () => assert.deepEqual(bridges(before, after), expected))
  }
})
