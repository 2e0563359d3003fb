import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { harmlessToJavaLists, harmToJavaLists } from '../../src/domain/java-lists.ts'
import { LIST_NAMES } from '../../src/domain/lists.ts'
import type { Row } from '../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee, TODAY } from './examples.ts'

const trainee = (differing: Parameters<typeof aTrainee>[0] = {}, parts: Partial<Row['parts']> = {}): Row =>
  aRow('tcs-1005', { trainee: aTrainee(differing), doctor: aDoctor(), ...parts })
/** Of both Java services that write lists. */
const JAVA = { lists: LIST_NAMES, today: TODAY }
const harm = (row: Row) => harmToJavaLists(row, false, JAVA)

describe('a Java service that writes lists does no harm with', () => {
  for (const [what, row] of [
    ['a trainee with a doctor', trainee()],
    ['a doctor without a trainee', aRow('gmc-7761120', { doctor: aDoctor() })],
    ['a trainee without a doctor', trainee({}, { doctor: null })],
    ['an exception with a reason', trainee({}, { reason: 'Doctor already associated' })],
    ['a visitor with a reason', trainee({ programmeMembershipType: 'Visitor' }, { reason: 'Not found' })],
    ['a membership that ends tomorrow', trainee({ programmeMembershipEndDate: '2026-06-02' })],
    [
      'an ended membership of a doctor without a body: it is no exception',
      trainee({ programmeMembershipEndDate: '2026-01-01' }, { doctor: aDoctor({ designatedBodyCode: null }) }),
    ],
  ] as const) {
    test(what, () => assert.equal(harm(row), null))
  }
})

describe('a Java service that writes lists does harm with', () => {
  const doctor = null
  for (const [what, row, expected] of [
    [
      'a trainee whose number is UNKNOWN',
      trainee({ gmcReferenceNumber: 'UNKNOWN' }, { doctor }),
      'no number of its own',
    ],
    ['a number with a remark', trainee({ gmcReferenceNumber: '7761120 (old)' }, { doctor }), 'no number of its own'],
    ['a trainee without a number', trainee({ gmcReferenceNumber: null }, { doctor }), 'no number of its own'],
    [
      'a doctor whose _id is text',
      aRow('gmc-N/A', { doctor: aDoctor({ gmcReferenceNumber: 'N/A' }) }),
      'no number of its own',
    ],
    ['a visitor without a reason', trainee({ programmeMembershipType: 'VISITOR' }), 'exception without a reason'],
    [
      'a membership that has ended',
      trainee({ programmeMembershipEndDate: '2026-05-31' }),
      'exception without a reason',
    ],
    [
      'a membership that ends today: its clock may be ahead',
      trainee({ programmeMembershipEndDate: TODAY }),
      'exception without a reason',
    ],
  ] as const) {
    test(what, () => assert.equal(harm(row), expected))
  }

  test('each of two rows that share a number, also if only one of them changed', () => {
    const one = trainee()
    const other = aRow('tcs-2000', { trainee: aTrainee({ tcsPersonId: 2000 }), doctor: aDoctor() })
    const alone = aRow('tcs-3', { trainee: aTrainee({ tcsPersonId: 3, gmcReferenceNumber: '7000003' }) })
    assert.deepEqual(harmlessToJavaLists([one, other, alone], [], JAVA), [alone])
    assert.deepEqual(harmlessToJavaLists([one, alone], [one, other, alone], JAVA), [alone])
    assert.deepEqual(harmlessToJavaLists([one], [one], JAVA), [one], 'a row does not share a number with itself')
    assert.equal(harmToJavaLists(one, true, JAVA), 'shared number')
  })

  test('an exception without a reason only where it is a connection: recommendation does not write exceptions', () => {
    const recommendation = { lists: ['recommendationindex'] as const, today: TODAY }
    const visitor = trainee({ programmeMembershipType: 'Visitor' })
    assert.equal(harmToJavaLists(visitor, false, recommendation), null)
    assert.equal(harmToJavaLists(visitor, true, recommendation), 'shared number')
  })
})
