import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { bodyOf, comparedValue, rowDifference, type ComparedRow } from '../../src/domain/comparison.ts'
import type { Parts } from '../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee } from './examples.ts'
import { comparedRow, differencesOf, twoGenerations } from './two-generations.ts'

const PARTS: Parts = { trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved', reason: null }
const rowWith = (parts: Partial<Parts>, differing: Partial<ComparedRow> = {}) =>
  comparedRow(aRow('tcs-1005', { ...PARTS, ...parts }), differing)
const SAME = rowWith({})

function fieldsOf(after: ComparedRow, before: ComparedRow = SAME): readonly string[] | null {
  return rowDifference(before, after)?.fields ?? null
}

describe('the difference of two rows', () => {
  test('is none if they have the same fields, parts and keys', () => {
    assert.equal(rowDifference(SAME, rowWith({})), null)
  })

  test('names fields of the index in the order of their table', () => {
    const doctor = aDoctor({ admin: 'b@example.nhs.uk', designatedBodyCode: null, doctorStatus: 'COMPLETED' })
    assert.deepEqual(fieldsOf(rowWith({ doctor })), ['designatedBody', 'tisStatus', 'admin', 'connectionStatus'])
    assert.deepEqual(fieldsOf(rowWith({ outcome: 'Rejected', reason: 'why' })), ['gmcStatus', 'exceptionReason'])
  })

  test('names a field of a part only if no field of the index shows it', () => {
    const doctor = aDoctor({ doctorFirstName: 'Another', sanction: 'Yes', dateAdded: null })
    assert.deepEqual(fieldsOf(rowWith({ doctor })), ['doctorFirstName', 'doctor.dateAdded', 'doctor.sanction'])
    assert.deepEqual(fieldsOf(rowWith({ trainee: aTrainee({ doctorFirstName: 'A' }) })), ['trainee.doctorFirstName'])
  })

  test('names parts that a stored document does not follow', () => {
    const { document } = SAME
    assert.deepEqual(fieldsOf(rowWith({ outcome: null }, { document })), ['outcome'])
    assert.deepEqual(fieldsOf(rowWith({ reason: 'why' }, { document })), ['reason'])
    assert.deepEqual(fieldsOf(rowWith({}, { document: { ...document, admin: 'altered' } })), ['admin'])
  })

  test('names keys that are wrong on one side', () => {
    assert.deepEqual(fieldsOf(rowWith({}, { wrongKeys: ['number', 'exception'] })), ['key.exception', 'key.number'])
    assert.equal(fieldsOf(rowWith({}, { wrongKeys: ['number'] }), rowWith({}, { wrongKeys: ['number'] })), null)
  })

  test('names no field of parts that cannot be read', () => {
    const row = aRow('tcs-1005', {})
    assert.deepEqual(fieldsOf({ ...SAME, row, wrongKeys: ['parts'] }), ['key.parts'])
  })

  test('has both values of each field', () => {
    const doctor = aDoctor({ sanction: null, designatedBodyCode: null })
    const after = rowWith({ doctor, outcome: null }, { wrongKeys: ['number'] })
    const values = (row: ComparedRow) => (fieldsOf(after) ?? []).map((field) => [field, comparedValue(row, field)])
    assert.deepEqual(values(SAME), [
      ['designatedBody', '1-1RSSQ1B'],
      ['gmcStatus', 'Approved'],
      ['connectionStatus', 'Yes'],
      ['doctor.sanction', 'No'],
      ['key.number', 'right'],
    ])
    assert.deepEqual(values(after), [
      ['designatedBody', null],
      ['gmcStatus', null],
      ['connectionStatus', 'No'],
      ['doctor.sanction', null],
      ['key.number', 'wrong'],
    ])
  })
})

test('a row counts under the body of the GMC, or else under that of TCS', () => {
  assert.equal(bodyOf(SAME.document), '1-1RSSQ1B')
  assert.equal(bodyOf(rowWith({ doctor: null }).document), '1-1RUZUSF')
  assert.equal(bodyOf(rowWith({ doctor: null, trainee: aTrainee({ tcsDesignatedBody: null }) }).document), '')
})

test('a generation does not differ from itself', () => {
  fc.assert(fc.property(twoGenerations, ({ before }) => assert.deepEqual(differencesOf(before, before), [])))
})

test('comparing the other way round swaps missing and surplus, and the sides', () => {
  const swapped = { missing: 'surplus', surplus: 'missing', different: 'different' } as const
  fc.assert(
    fc.property(twoGenerations, ({ before, after }) => {
      const there = differencesOf(before, after)
      const back = differencesOf(after, before)
      assert.deepEqual(
        back,
        there.map((each) => ({ ...each, kind: swapped[each.kind], before: each.after, after: each.before })),
      )
    }),
  )
})
