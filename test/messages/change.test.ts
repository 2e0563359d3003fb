import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { doctorOf, outcomeOf } from '../../src/domain/doctor.ts'
import { decodeDoctorChanges, type DoctorChange } from '../../src/messages/doctor-change.ts'
import { decodeRecommendationChanges } from '../../src/messages/recommendation-change.ts'
import { bytes, jsonBytes, onlyFault, onlyRow } from './bodies.ts'

function linesOf(name: string): string[] {
  const file = readFileSync(new URL(`../fixtures/sample/gmc/${name}.jsonl`, import.meta.url), 'utf8')
  return file.split('\n').filter((line) => line !== '')
}

function doctorChange(message: object): DoctorChange {
  return onlyRow(decodeDoctorChanges(jsonBytes(message)))
}

describe('a doctor change', () => {
  const fullDocument = {
    _id: '7001003',
    doctorFirstName: 'Upd',
    submissionDate: '2027-02-01 00:00:00',
    lastUpdatedDate: { $date: '2026-11-20T00:00:00Z' },
    dateAdded: [2019, 3, 2],
    underNotice: 'YES',
    existsInGmc: false,
    designatedBodyCode: '',
    _class: 'x',
  }
  const doctor = {
    storedId: '7001003',
    doctorFirstName: 'Upd',
    doctorLastName: null,
    submissionDate: '2027-02-01',
    dateAdded: '2019-03-02',
    underNotice: 'YES',
    sanction: null,
    doctorStatus: null,
    lastUpdatedDate: '2026-11-20',
    designatedBodyCode: '',
    admin: null,
    existsInGmc: false,
  }

  test('is decoded with its document as the source would return it', () => {
    const expected = { operation: 'upsert', storedId: '7001003', doctor }
    assert.deepEqual(doctorChange({ operationType: 'replace', fullDocument }), expected)
  })

  test('is an upsert or a deletion, in any letter case', () => {
    for (const operationType of ['insert', 'replace', 'update', 'INSERT', 'Replace', 'uPDATE']) {
      assert.equal(doctorChange({ operationType, fullDocument }).operation, 'upsert')
    }
    for (const operationType of ['delete', 'DELETE', 'Delete']) {
      assert.deepEqual(doctorChange({ operationType, fullDocument }), {
        operation: 'delete',
        storedId: '7001003',
        doctor: null,
      })
    }
  })

  test('identifies its doctor by _id, number or key, as stored, in that order', () => {
    const documentKey = { _id: ' 7001005' }
    const idOf = (message: object) => doctorChange({ operationType: 'update', ...message }).storedId
    const gmcReferenceNumber = '7001004 '
    assert.equal(idOf({ fullDocument: { _id: '7001003', gmcReferenceNumber }, documentKey }), '7001003')
    assert.equal(idOf({ fullDocument: { gmcReferenceNumber }, documentKey }), '7001004 ')
    assert.equal(idOf({ fullDocument: { _id: ' ', gmcReferenceNumber: null }, documentKey }), ' 7001005')
  })

  test('may contain only the key', () => {
    const documentKey = { _id: '7001003' }
    const doctor = null
    for (const fullDocument of [null, undefined]) {
      const gone = doctorChange({ operationType: 'delete', fullDocument, documentKey })
      assert.deepEqual(gone, { operation: 'delete', storedId: '7001003', doctor })
      const updated = doctorChange({ operationType: 'update', fullDocument, documentKey })
      assert.deepEqual(updated, { operation: 'upsert', storedId: '7001003', doctor })
    }
  })

  test('does not validate values and dates: only the number matters', () => {
    const wrong = { ...fullDocument, underNotice: 'PERHAPS', submissionDate: [2021, 2, 30] }
    const { storedId, doctor } = doctorChange({ operationType: 'insert', fullDocument: wrong })
    assert.equal(storedId, '7001003')
    assert.ok(doctor)
    assert.throws(() => doctorOf(doctor), { code: 'ROW_DATE_IMPOSSIBLE', field: 'submissionDate' })
    assert.throws(() => doctorOf({ ...doctor, submissionDate: null }), { code: 'ROW_VALUE_UNKNOWN' })
  })

  test('that is invalid is rejected with field and reason', () => {
    const wrong: [object, string, string, RegExp][] = [
      [{ fullDocument }, 'ROW_FIELD_INVALID', 'operationType', /expected text, got nothing/],
      [{ operationType: null, fullDocument }, 'ROW_FIELD_INVALID', 'operationType', /got null/],
      [
        { operationType: 'drop', fullDocument },
        'ROW_VALUE_UNKNOWN',
        'operationType',
        /expected one of insert, .*got "drop"/,
      ],
      [{ operationType: 'insert' }, 'ROW_KEY_MISSING', 'fullDocument._id', /does not identify a doctor/],
      [
        { operationType: 'insert', fullDocument: {} },
        'ROW_KEY_MISSING',
        'fullDocument._id',
        /does not identify a doctor/,
      ],
      [
        { operationType: 'insert', fullDocument: 'x' },
        'ROW_FIELD_INVALID',
        'fullDocument',
        /expected an object, got "x"/,
      ],
      [{ operationType: 'delete', documentKey: 7 }, 'ROW_FIELD_INVALID', 'documentKey', /expected an object, got 7/],
      [
        { operationType: 'insert', fullDocument: { ...fullDocument, _id: 7001003 } },
        'ROW_FIELD_INVALID',
        'fullDocument._id',
        /expected text, got 7001003/,
      ],
      [
        { operationType: 'insert', fullDocument: { ...fullDocument, dateAdded: 5 } },
        'ROW_FIELD_INVALID',
        'fullDocument.dateAdded',
        /expected a date: text, .* got 5/,
      ],
    ]
    for (const [message, code, field, reason] of wrong) {
      const fault = onlyFault(decodeDoctorChanges(jsonBytes(message)))
      assert.deepEqual({ code: fault.code, field: fault.field }, { code, field })
      assert.match(fault.reason, reason)
    }
  })

  test('is identified by its number even if invalid', () => {
    const keyOf = (message: object) => decodeDoctorChanges(jsonBytes(message)).faults[0]?.key
    assert.equal(keyOf({ operationType: 'drop', fullDocument }), 'gmc-7001003')
    assert.equal(keyOf({ operationType: 'drop', documentKey: { _id: '7001005' } }), 'gmc-7001005')
    assert.equal(keyOf({ operationType: 'drop', fullDocument: { _id: 5 } }), null)
  })

  test('is decoded from every document of the sample', () => {
    const lines = linesOf('doctorsForDB')
    assert.ok(lines.length > 100)
    for (const line of lines) {
      const { storedId, doctor } = onlyRow(
        decodeDoctorChanges(bytes(`{"operationType":"insert","fullDocument":${line}}`)),
      )
      const stored = JSON.parse(line) as { _id: string; submissionDate?: { $date: string } | null }
      assert.ok(doctor)
      const { gmcReferenceNumber, submissionDate } = doctorOf(doctor)
      assert.deepEqual([storedId, gmcReferenceNumber], [stored._id, stored._id])
      assert.equal(submissionDate, stored.submissionDate?.$date.slice(0, 10) ?? null)
    }
  })
})

describe('a recommendation change', () => {
  const fullDocument = {
    _id: { $oid: '5f0000000000000000000008' },
    gmcNumber: '7204467',
    outcome: 'REJECTED',
    gmcSubmissionDate: { $date: 1890518400000 },
    actualSubmissionDate: '2020-08-22 00:00:00',
    recommendationStatus: 'STARTED',
  }
  const recommendation = {
    storedId: '5f0000000000000000000008',
    outcome: 'REJECTED',
    actualSubmissionDate: '2020-08-22',
    gmcSubmissionDate: '2029-11-28',
  }

  test('is decoded with its document as the source would return it', () => {
    const change = onlyRow(decodeRecommendationChanges(jsonBytes({ operationType: 'Insert', fullDocument })))
    const expected = { gmcNumber: '7204467', recommendationId: recommendation.storedId, recommendation }
    assert.deepEqual(change, { operation: 'upsert', ...expected })
  })

  test('keeps the number as stored, because it belongs to the doctor with the equal _id', () => {
    const padded = { ...fullDocument, gmcNumber: ' 7204467' }
    const change = onlyRow(decodeRecommendationChanges(jsonBytes({ operationType: 'update', fullDocument: padded })))
    assert.equal(change.gmcNumber, ' 7204467')
  })

  test('that contains only a deleted document id has no number', () => {
    const documentKey = { _id: { $oid: '5f0000000000000000000008' } }
    const change = onlyRow(decodeRecommendationChanges(jsonBytes({ operationType: 'delete', documentKey })))
    const recommendationId = '5f0000000000000000000008'
    assert.deepEqual(change, { operation: 'delete', gmcNumber: null, recommendationId, recommendation: null })
  })

  test('has no document without _id, or when deleted', () => {
    const { _id, ...anonymous } = fullDocument
    const upsert = onlyRow(decodeRecommendationChanges(jsonBytes({ operationType: 'insert', fullDocument: anonymous })))
    const expected = { gmcNumber: '7204467', recommendation: null }
    assert.deepEqual(upsert, { operation: 'upsert', recommendationId: null, ...expected })
    const gone = onlyRow(decodeRecommendationChanges(jsonBytes({ operationType: 'delete', fullDocument })))
    assert.deepEqual(gone, { operation: 'delete', recommendationId: _id.$oid, ...expected })
  })

  test('that is invalid is rejected with field and reason, under its number', () => {
    const wrong: [object, string, string, string | null][] = [
      [{ operationType: 'rename', fullDocument }, 'ROW_VALUE_UNKNOWN', 'operationType', 'gmc-7204467'],
      [
        { operationType: 'insert', fullDocument: { outcome: 'APPROVED' } },
        'ROW_KEY_MISSING',
        'fullDocument.gmcNumber',
        null,
      ],
      [{ operationType: 'delete' }, 'ROW_KEY_MISSING', 'fullDocument.gmcNumber', null],
      [
        { operationType: 'insert', fullDocument: { ...fullDocument, gmcNumber: 7204467 } },
        'ROW_FIELD_INVALID',
        'fullDocument.gmcNumber',
        null,
      ],
      [
        { operationType: 'insert', fullDocument: { ...fullDocument, actualSubmissionDate: 7 } },
        'ROW_FIELD_INVALID',
        'fullDocument.actualSubmissionDate',
        'gmc-7204467',
      ],
      [
        { operationType: 'insert', fullDocument: { ...fullDocument, _id: 7 } },
        'ROW_FIELD_INVALID',
        'fullDocument._id',
        'gmc-7204467',
      ],
    ]
    for (const [message, code, field, key] of wrong) {
      const [fault] = decodeRecommendationChanges(jsonBytes(message)).faults
      assert.deepEqual({ code: fault?.code, field: fault?.field, key: fault?.key }, { code, field, key })
    }
  })

  test('is decoded from every document of the sample', () => {
    const lines = linesOf('recommendation')
    assert.ok(lines.length > 100)
    for (const line of lines) {
      const message = bytes(`{"operationType":"replace","fullDocument":${line}}`)
      const { recommendation } = onlyRow(decodeRecommendationChanges(message))
      assert.ok(recommendation)
      assert.doesNotThrow(() => outcomeOf('NO', recommendation, '2026-11-24'))
    }
  })
})
