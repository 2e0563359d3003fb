import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { doctorRowId, NO_NUMBER_PARTS, numberOfRow, rowsOfNumber, traineeRowId } from '../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee } from './examples.ts'

test('a row id contains the person id, or `_id` as stored', () => {
  assert.equal(traineeRowId(1005), 'tcs-1005')
  assert.equal(doctorRowId('7761120'), 'gmc-7761120')
  assert.equal(doctorRowId(' 7761120'), 'gmc- 7761120')
  assert.equal(doctorRowId('UNKNOWN'), 'gmc-UNKNOWN')
})

describe('the number that a row joins on', () => {
  test("is the trainee's, or none", () => {
    assert.equal(numberOfRow(aRow('tcs-1005', { trainee: aTrainee() })), '7761120')
    for (const gmcReferenceNumber of ['UNKNOWN', '1234567 (old)', null])
      assert.equal(numberOfRow(aRow('tcs-1005', { trainee: aTrainee({ gmcReferenceNumber }) })), null)
  })

  test("is the trainee's even with a doctor", () => {
    const doctor = aDoctor({ gmcReferenceNumber: '1234567' })
    assert.equal(numberOfRow(aRow('tcs-1005', { trainee: aTrainee(), doctor })), '7761120')
    const without = aTrainee({ gmcReferenceNumber: null })
    assert.equal(numberOfRow(aRow('tcs-1005', { trainee: without, doctor })), null)
  })

  test('of a doctor without a trainee is `_id`, trimmed', () => {
    const own = (storedId: string) => aRow(doctorRowId(storedId), { doctor: aDoctor({ gmcReferenceNumber: storedId }) })
    assert.equal(numberOfRow(own('\u00a07761120 ')), '7761120')
    assert.equal(numberOfRow(own('UNKNOWN')), null)
    assert.equal(numberOfRow(own('1234567 (old)')), null)
  })

  test('is never derived from the row id', () => {
    assert.equal(numberOfRow(aRow('gmc-7761120', {})), null)
  })
})

describe('the rows of a number', () => {
  const parts = { doctor: aDoctor(), outcome: 'Approved', reason: ' Why ' } as const

  test('are those of its trainees, in order, each with doctor, outcome and exception reason', () => {
    const [first, second] = [aTrainee({ tcsPersonId: 2000 }), aTrainee()]
    assert.deepEqual(rowsOfNumber([first, second], parts), [
      { id: 'tcs-2000', parts: { trainee: first, ...parts } },
      { id: 'tcs-1005', parts: { trainee: second, ...parts } },
    ])
  })

  test("without a trainee is the doctor's own, by `_id` as stored", () => {
    const doctor = aDoctor({ gmcReferenceNumber: ' 7761120' })
    assert.deepEqual(rowsOfNumber([], { ...parts, doctor }), [
      { id: 'gmc- 7761120', parts: { trainee: null, ...parts, doctor } },
    ])
  })

  test('without trainee and doctor are none, even with an exception reason', () => {
    assert.deepEqual(rowsOfNumber([], NO_NUMBER_PARTS), [])
    assert.deepEqual(rowsOfNumber([], { doctor: null, outcome: 'Approved', reason: 'Why' }), [])
  })

  test('have an exception reason without a doctor, but no outcome', () => {
    const [row] = rowsOfNumber([aTrainee()], { doctor: null, outcome: 'Approved', reason: 'Why' })
    assert.deepEqual(row, aRow('tcs-1005', { trainee: aTrainee(), reason: 'Why' }))
  })

  test('without a number are a trainee alone, or a doctor whose `_id` is other text', () => {
    const trainee = aTrainee({ gmcReferenceNumber: null })
    assert.deepEqual(rowsOfNumber([trainee], NO_NUMBER_PARTS), [aRow('tcs-1005', { trainee })])
    const doctor = aDoctor({ gmcReferenceNumber: 'UNKNOWN' })
    assert.deepEqual(rowsOfNumber([], { doctor, outcome: 'Rejected', reason: null }), [
      aRow('gmc-UNKNOWN', { doctor, outcome: 'Rejected' }),
    ])
  })
})
