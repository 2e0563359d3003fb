import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { DOCTOR_STATUS, GMC_OUTCOME, UNDER_NOTICE } from '../../src/domain/codes.ts'
import type { DoctorRow } from '../../src/domain/doctor.ts'
import { decodeDoctors, encodeDoctors, encodeDoctorsEnd } from '../../src/messages/doctor.ts'
import { doctorRow } from './arbitraries.ts'
import { bytes, jsonBytes, onlyFault, onlyRow, textOf, values } from './bodies.ts'
import { DOCTOR, withArrayDates } from './captures.ts'

const AISHA: DoctorRow = {
  doctor: {
    gmcReferenceNumber: '7761120',
    doctorFirstName: 'AISHA',
    doctorLastName: 'KHAN',
    submissionDate: '2027-01-05',
    dateAdded: '2019-03-02',
    underNotice: 'YES',
    sanction: 'No',
    doctorStatus: 'DRAFT',
    lastUpdatedDate: '2025-11-01',
    designatedBodyCode: '1-1RSSQ1B',
    admin: 'a@example.nhs.uk',
    existsInGmc: true,
  },
  outcome: 'Under Review',
}

function messageWith(change: object, outcome: unknown = AISHA.outcome): Uint8Array {
  return jsonBytes({ payload: { doctor: { ...AISHA.doctor, ...change }, gmcOutcome: outcome }, syncEnd: false })
}

function read(change: object, outcome?: unknown): DoctorRow {
  return onlyRow(decodeDoctors(messageWith(change, outcome)))
}

describe('the captured doctor', () => {
  test('is decoded with dates in either form', () => {
    assert.deepEqual(onlyRow(decodeDoctors(bytes(DOCTOR))), AISHA)
    const asJavaWrites = withArrayDates(DOCTOR)
    assert.match(asJavaWrites, /"submissionDate":\[2027,1,5\]/)
    assert.deepEqual(onlyRow(decodeDoctors(bytes(asJavaWrites))), AISHA)
  })

  test('is encoded byte for byte', () => {
    assert.equal(textOf(encodeDoctors([AISHA])), DOCTOR)
    assert.equal(textOf(encodeDoctors([AISHA, AISHA])), `[${DOCTOR},${DOCTOR}]`)
  })
})

describe('the end of the doctors', () => {
  test('is encoded and decoded as in the reference', () => {
    assert.equal(textOf(encodeDoctorsEnd()), '{"payload":null,"syncEnd":true}')
    for (const body of ['{"payload":null,"syncEnd":true}', '{"syncEnd":true}', '[{"syncEnd":true}]']) {
      assert.deepEqual(decodeDoctors(bytes(body)), { rows: [], faults: [], end: true })
    }
  })

  test('counts, but a doctor in the same body fails', () => {
    const { rows, faults, end } = decodeDoctors(bytes(DOCTOR.replace('"syncEnd":false', '"syncEnd":true')))
    assert.deepEqual({ rows, end }, { rows: [], end: true })
    assert.deepEqual(
      faults.map(({ key, field }) => ({ key, field })),
      [{ key: 'gmc-7761120', field: 'syncEnd' }],
    )
  })
})

describe('doctors are decoded as sent', () => {
  test('in any script, alone or several, with dates in either form', () => {
    fc.assert(
      fc.property(fc.array(doctorRow, { minLength: 1, maxLength: 4 }), (rows) => {
        const message = encodeDoctors(rows)
        assert.deepEqual(values(decodeDoctors(message)), rows)
        assert.deepEqual(values(decodeDoctors(bytes(withArrayDates(textOf(message))))), rows)
      }),
    )
  })

  test('with the GMC number as stored', () => {
    assert.equal(read({ gmcReferenceNumber: ' 7761120\u00a0' }).doctor.gmcReferenceNumber, ' 7761120\u00a0')
  })

  test('with every value that the GMC uses', () => {
    for (const underNotice of UNDER_NOTICE) assert.equal(read({ underNotice }).doctor.underNotice, underNotice)
    for (const doctorStatus of DOCTOR_STATUS) assert.equal(read({ doctorStatus }).doctor.doctorStatus, doctorStatus)
    for (const outcome of GMC_OUTCOME) assert.equal(read({}, outcome).outcome, outcome)
  })

  test('as existing unless the GMC says otherwise', () => {
    assert.equal(read({ existsInGmc: null }).doctor.existsInGmc, true)
    assert.equal(read({ existsInGmc: undefined }).doctor.existsInGmc, true)
    assert.equal(read({ existsInGmc: false }).doctor.existsInGmc, false)
  })

  test('with null for null, absent or blank fields', () => {
    const fields = Object.keys(AISHA.doctor).filter((field) => !['gmcReferenceNumber', 'existsInGmc'].includes(field))
    const nothing = Object.fromEntries(fields.map((field) => [field, null]))
    const expected = { doctor: { ...AISHA.doctor, ...nothing }, outcome: null }
    for (const sent of [null, undefined, '', '\u00a0 ']) {
      const fieldsAsSent = Object.fromEntries(fields.map((field) => [field, sent]))
      const message = { payload: { doctor: { ...AISHA.doctor, ...fieldsAsSent }, gmcOutcome: sent }, syncEnd: null }
      assert.deepEqual(onlyRow(decodeDoctors(jsonBytes(message))), expected)
    }
  })

  test('without unknown fields', () => {
    assert.deepEqual(read({ _class: 'DoctorsForDB', connections: [1] }), AISHA)
  })
})

describe('a doctor is rejected', () => {
  const faultOf = (message: unknown) => {
    const { code, field } = onlyFault(decodeDoctors(jsonBytes(message)))
    return { code, field }
  }

  test('without payload, doctor or number', () => {
    const code = 'ROW_KEY_MISSING'
    assert.deepEqual(faultOf({ payload: null, syncEnd: false }), { code, field: 'payload' })
    assert.deepEqual(faultOf({ tcsPersonId: 1005 }), { code, field: 'payload' })
    assert.deepEqual(faultOf({ payload: { gmcOutcome: null } }), { code, field: 'payload.doctor' })
    for (const gmcReferenceNumber of [null, '', ' \u00a0']) {
      const field = 'payload.doctor.gmcReferenceNumber'
      assert.deepEqual(faultOf({ payload: { doctor: { gmcReferenceNumber } } }), { code, field })
    }
  })

  test('with a number that is too long, or holds half a character', () => {
    for (const gmcReferenceNumber of ['1'.repeat(129), '\ud83d']) {
      const field = 'payload.doctor.gmcReferenceNumber'
      assert.deepEqual(faultOf({ payload: { doctor: { gmcReferenceNumber } } }), { code: 'ROW_FIELD_INVALID', field })
    }
  })

  test('with something other than an object', () => {
    const code = 'ROW_FIELD_INVALID'
    assert.deepEqual(faultOf({ payload: 'x' }), { code, field: 'payload' })
    assert.deepEqual(faultOf({ payload: [] }), { code, field: 'payload' })
    assert.deepEqual(faultOf({ payload: { doctor: '7761120' } }), { code, field: 'payload.doctor' })
  })

  test('with a field of the wrong type, naming its path and value', () => {
    const kinds: Record<string, [unknown, string]> = {
      gmcReferenceNumber: [7761120, 'expected text, got 7761120'],
      sanction: [false, 'expected text, got false'],
      underNotice: [{}, 'expected text, got an object'],
      existsInGmc: ['true', 'expected true, false or null, got "true"'],
      dateAdded: [20190302, 'expected a date as text or [year, month, day], got 20190302'],
    }
    for (const [name, [sent, reason]] of Object.entries(kinds)) {
      const expected = { code: 'ROW_FIELD_INVALID', field: `payload.doctor.${name}`, reason }
      assert.deepEqual(onlyFault(decodeDoctors(messageWith({ [name]: sent }))), expected)
    }
  })

  test('with an unknown value, naming it and the known ones', () => {
    const wrong: [Uint8Array, string, RegExp][] = [
      [
        messageWith({ underNotice: 'yes' }),
        'payload.doctor.underNotice',
        /expected one of YES, NO, ON_HOLD, got "yes"/,
      ],
      [
        messageWith({ doctorStatus: 'DONE' }),
        'payload.doctor.doctorStatus',
        /expected one of NOT_STARTED, .*got "DONE"/,
      ],
      [
        messageWith({}, 'APPROVED'),
        'payload.gmcOutcome',
        /expected one of Approved, Rejected, Under Review, got "APPROVED"/,
      ],
    ]
    for (const [message, field, reason] of wrong) {
      const fault = onlyFault(decodeDoctors(message))
      assert.deepEqual({ code: fault.code, field: fault.field }, { code: 'ROW_VALUE_UNKNOWN', field })
      assert.match(fault.reason, reason)
    }
  })

  test('with an invalid date, in either form', () => {
    for (const name of ['submissionDate', 'dateAdded', 'lastUpdatedDate']) {
      for (const date of ['2027-02-29', [2027, 2, 29], 'never', [2027]]) {
        const { code, field } = onlyFault(decodeDoctors(messageWith({ [name]: date })))
        assert.deepEqual({ code, field }, { code: 'ROW_DATE_IMPOSSIBLE', field: `payload.doctor.${name}` })
      }
    }
  })

  test('under its row id, if known', () => {
    const keyOf = (message: unknown) => decodeDoctors(jsonBytes(message)).faults[0]?.key
    const dateAdded = 'never'
    assert.equal(keyOf({ payload: { doctor: { gmcReferenceNumber: '7761120 ', dateAdded } } }), 'gmc-7761120 ')
    assert.equal(keyOf({ payload: { doctor: { gmcReferenceNumber: ' ', dateAdded } } }), null)
    assert.equal(keyOf({ payload: { doctor: { gmcReferenceNumber: 7761120 } } }), null)
    assert.equal(keyOf({ payload: null }), null)
  })
})
