import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doctorRowId, isTraineeRow, numberOfRow, traineeRowId } from '../../src/domain/row.ts'
import { samePart, sameRow } from '../../src/domain/same-row.ts'
import { aDoctor, aRow, aTrainee } from './examples.ts'

test('a row id tells whose row it is: the person, or `_id` as stored', () => {
  assert.equal(traineeRowId(1005), 'tcs-1005')
  assert.equal(doctorRowId('7761120'), 'gmc-7761120')
  assert.equal(doctorRowId(' 7761120'), 'gmc- 7761120')
  assert.equal(doctorRowId('UNKNOWN'), 'gmc-UNKNOWN')
  assert.ok(isTraineeRow(aRow('tcs-1005', {})))
  assert.ok(!isTraineeRow(aRow('gmc-tcs-1005', {})))
})

test("a trainee's row joins on the trainee's number, and on nothing without one", () => {
  assert.equal(numberOfRow(aRow('tcs-1005', { trainee: aTrainee() })), '7761120')
  for (const gmcReferenceNumber of ['UNKNOWN', '1234567 (old)', null])
    assert.equal(numberOfRow(aRow('tcs-1005', { trainee: aTrainee({ gmcReferenceNumber }) })), null)
})

test('a deleted trainee joins on nothing, a deleted doctor still on the number', () => {
  assert.equal(numberOfRow(aRow('tcs-1234567', {}, { hidden: true })), null)
  assert.equal(numberOfRow(aRow('gmc-1234567', {}, { hidden: true })), '1234567')
})

test("a doctor's own row joins on `_id`, trimmed", () => {
  const own = (storedId: string) => aRow(doctorRowId(storedId), { doctor: aDoctor({ gmcReferenceNumber: storedId }) })
  assert.equal(numberOfRow(own('\u00a07761120 ')), '7761120')
  assert.equal(numberOfRow(own('UNKNOWN')), null)
  assert.equal(numberOfRow(own('1234567 (old)')), null)
})

test('rows are the same in parts, marks and whether they show', () => {
  const row = aRow('tcs-1', { trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved' }, { marks: { doctor: 3 } })
  assert.ok(sameRow(row, structuredClone(row)))
  assert.ok(!sameRow(row, { ...row, hidden: true }))
  assert.ok(!sameRow(row, { ...row, marks: {} }))
  assert.ok(!sameRow(row, { ...row, marks: { doctor: 3, outcome: 3 } }))
  assert.ok(!sameRow(row, { ...row, parts: { ...row.parts, outcome: null } }))
  assert.ok(!sameRow(row, { ...row, parts: { ...row.parts, doctor: aDoctor({ admin: 'b' }) } }))
})

test('parts are the same when every field is', () => {
  assert.ok(samePart(aDoctor(), aDoctor()))
  assert.ok(samePart(null, null))
  assert.ok(!samePart(aDoctor(), aDoctor({ existsInGmc: false })))
  assert.ok(!samePart(aDoctor(), null))
  assert.ok(!samePart(null, aTrainee()))
  assert.ok(!samePart('Approved', null))
})
