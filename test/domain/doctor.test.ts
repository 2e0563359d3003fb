import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DOCTOR_STATUS, UNDER_NOTICE } from '../../src/domain/codes.ts'
import { doctorOf } from '../../src/domain/doctor.ts'
import { RowFault, type RowFaultCode } from '../../src/domain/row-fault.ts'
import { doctorRowId, failedDoctorKey } from '../../src/domain/row.ts'
import { aDoctor, aStoredDoctor } from './examples.ts'

function fault(code: RowFaultCode, field: string): (error: unknown) => boolean {
  return (error) => error instanceof RowFault && error.code === code && error.field === field
}

describe('a doctor', () => {
  test('is read from the stored document', () => {
    assert.deepEqual(doctorOf(aStoredDoctor()), aDoctor())
  })

  test('keeps any `_id` as stored', () => {
    for (const storedId of ['UNKNOWN', ' 7761120', '\u00a07761120', '1234567 (old)'])
      assert.equal(doctorOf(aStoredDoctor({ storedId })).gmcReferenceNumber, storedId)
  })

  test('without an `_id` is a row fault', () => {
    for (const storedId of ['', ' ', '\u00a0'])
      assert.throws(() => doctorOf(aStoredDoctor({ storedId })), fault('ROW_KEY_MISSING', '_id'))
  })

  test('with an `_id` that no store keeps as it is, is a fault, and its failure has a key that all of them keep', () => {
    const longest = '1'.repeat(128)
    assert.equal(doctorOf(aStoredDoctor({ storedId: longest })).gmcReferenceNumber, longest)
    assert.equal(failedDoctorKey(longest), doctorRowId(longest))
    for (const storedId of [`${longest}2`, '\ud83d', '7761120\udc00', `${longest.slice(1)}\ud83d\ude00`]) {
      assert.throws(() => doctorOf(aStoredDoctor({ storedId })), fault('ROW_FIELD_INVALID', '_id'))
      const key = failedDoctorKey(storedId)
      assert.ok(key.isWellFormed() && key.length <= doctorRowId(longest).length)
    }
  })

  test('has null for absent fields, and exists in the GMC', () => {
    const absent = doctorOf({
      storedId: '7761120',
      doctorFirstName: null,
      doctorLastName: null,
      submissionDate: null,
      dateAdded: null,
      underNotice: null,
      sanction: null,
      doctorStatus: null,
      lastUpdatedDate: null,
      designatedBodyCode: null,
      admin: null,
      existsInGmc: null,
    })
    const { gmcReferenceNumber, existsInGmc, ...others } = absent
    assert.equal(gmcReferenceNumber, '7761120')
    assert.equal(existsInGmc, true)
    assert.ok(Object.values(others).every((value) => value === null))
  })

  test('may not exist in the GMC', () => {
    assert.equal(doctorOf(aStoredDoctor({ existsInGmc: false })).existsInGmc, false)
  })

  test('has null for blank text, including the designated body', () => {
    const blank = {
      doctorFirstName: '',
      doctorLastName: ' ',
      sanction: '\u00a0',
      designatedBodyCode: ' \u00a0',
      admin: '',
    }
    const { doctorFirstName, doctorLastName, sanction, designatedBodyCode, admin } = doctorOf(aStoredDoctor(blank))
    const texts = [doctorFirstName, doctorLastName, sanction, designatedBodyCode, admin]
    assert.deepEqual(texts, [null, null, null, null, null])
  })

  test('accepts every known status and notice, and null for blank', () => {
    for (const doctorStatus of DOCTOR_STATUS)
      assert.equal(doctorOf(aStoredDoctor({ doctorStatus })).doctorStatus, doctorStatus)
    for (const underNotice of UNDER_NOTICE)
      assert.equal(doctorOf(aStoredDoctor({ underNotice })).underNotice, underNotice)
    const blank = doctorOf(aStoredDoctor({ doctorStatus: '', underNotice: ' ' }))
    assert.deepEqual([blank.doctorStatus, blank.underNotice], [null, null])
  })

  test('with an unknown status or notice is a row fault', () => {
    for (const doctorStatus of ['FINISHED', 'draft', 'DRAFT '])
      assert.throws(() => doctorOf(aStoredDoctor({ doctorStatus })), fault('ROW_VALUE_UNKNOWN', 'doctorStatus'))
    for (const underNotice of ['Yes', 'ON HOLD', 'constructor'])
      assert.throws(() => doctorOf(aStoredDoctor({ underNotice })), fault('ROW_VALUE_UNKNOWN', 'underNotice'))
  })

  test('with an unknown value lists the known ones and quotes only its beginning', () => {
    assert.throws(() => doctorOf(aStoredDoctor({ underNotice: 'x'.repeat(50) })), {
      message: `underNotice: expected one of YES, NO, ON_HOLD, got "${'x'.repeat(40)}"`,
    })
    assert.throws(() => doctorOf(aStoredDoctor({ storedId: ' ' })), { message: '_id: doctor has no GMC number' })
  })

  test('with an invalid date is a row fault', () => {
    for (const field of ['submissionDate', 'dateAdded', 'lastUpdatedDate'] as const)
      assert.throws(() => doctorOf(aStoredDoctor({ [field]: '2026-02-30' })), fault('ROW_DATE_IMPOSSIBLE', field))
  })

  test('has dates without a time of day', () => {
    assert.equal(doctorOf(aStoredDoctor({ submissionDate: '2027-02-01 00:00:00' })).submissionDate, '2027-02-01')
  })
})
