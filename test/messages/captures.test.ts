import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeDoctorHints, decodeRecommendationHints } from '../../src/messages/change-hints.ts'
import { decodeCommand, encodeCommand } from '../../src/messages/command.ts'
import { decodeDoctors, encodeDoctors, encodeDoctorsEnd } from '../../src/messages/doctor.ts'
import { refusalOf } from '../../src/messages/hint.ts'
import { decodeMasterRows, encodeMasterRows } from '../../src/messages/master-row.ts'
import { decodeTrainees, encodeTrainees, encodeTraineesEnd } from '../../src/messages/trainee.ts'
import { bytes, onlyRow, refuses, textOf, values } from './bodies.ts'
import {
  BLOCK_CAPTURES,
  DOCTOR,
  INLINE_CAPTURES,
  MASTER_ROW,
  TRAINEE,
  withArrayDates,
  withTextDates,
} from './captures.ts'

const END = { rows: [], faults: [], end: true }

/** The day decoded from this JSON in a trainee's date field. */
function dayOf(json: string): string | null {
  return onlyRow(decodeTrainees(bytes(`{"tcsPersonId":1,"curriculumEndDate":${json}}`))).curriculumEndDate
}

const EVENT = '{"operationType":"update","documentKey":{"_id":"7001003"}}'
const DOCTOR_7001003 = { keys: [{ kind: 'number', number: '7001003' }], faults: [] }

/** The keys of a changed doctor with this JSON as id. */
function keyOfId(json: string): unknown {
  return decodeDoctorHints(bytes(EVENT.replace('"7001003"', json))).keys
}

/** The check for each body and form quoted in the document. */
const INLINE: Readonly<Record<string, (capture: string) => void>> = {
  '"syncStart"': (capture) => {
    assert.equal(textOf(encodeCommand('syncStart')), capture)
    assert.equal(decodeCommand(bytes(capture)), 'syncStart')
  },
  '[year,month,day]': (capture) => {
    const date = capture.replace('year', '2021').replace('month', '7').replace('day', '23')
    assert.equal(dayOf(date), '2021-07-23')
  },
  '"2021-07-23"': (capture) => assert.equal(dayOf(capture), '2021-07-23'),
  '""': (capture) => assert.equal(dayOf(capture), null),
  '{"syncEnd":true}': (capture) => {
    assert.deepEqual(decodeTrainees(bytes(capture)), END)
    // Ours also contains every other field, as null.
    assert.match(textOf(encodeTraineesEnd()), /^\{(?:"\w+":null,)+"syncEnd":true\}$/)
    assert.deepEqual(decodeTrainees(encodeTraineesEnd()), END)
  },
  '{}': (capture) => {
    for (const decode of [decodeTrainees, decodeDoctors, decodeMasterRows]) {
      refuses(() => decode(bytes(capture)), 'MESSAGE_INVALID', 'body', /empty object/)
    }
  },
  '[]': (capture) => {
    for (const decode of [decodeTrainees, decodeDoctors, decodeMasterRows]) {
      refuses(() => decode(bytes(capture)), 'MESSAGE_INVALID', 'body', /empty array/)
    }
  },
  '[2027,1,5]': (capture) => {
    const asJavaWrites = withArrayDates(DOCTOR)
    assert.ok(asJavaWrites.includes(capture))
    assert.deepEqual(decodeDoctors(bytes(asJavaWrites)), decodeDoctors(bytes(DOCTOR)))
  },
  '{"payload":null,"syncEnd":true}': (capture) => {
    assert.equal(textOf(encodeDoctorsEnd()), capture)
    assert.deepEqual(decodeDoctors(bytes(capture)), END)
  },
  '{"operationType":"replace","fullDocument":{"_id":"7001003",…,"submissionDate":"2027-02-01 00:00:00",…}}': (
    capture,
  ) => assert.deepEqual(decodeDoctorHints(bytes(capture.replaceAll(',…', ''))), DOCTOR_7001003),
  '{"$oid":"637f9a2b5e1f4a0001a1b2c3"}': (capture) => {
    assert.deepEqual(keyOfId(capture), [{ kind: 'document', storedId: '637f9a2b5e1f4a0001a1b2c3' }])
  },
  '{"$numberLong":"7001003"}': (capture) => assert.deepEqual(keyOfId(capture), DOCTOR_7001003.keys),
  '{"Type":"Notification","Message":"…"}': (capture) => {
    const message = capture.replace('"…"', JSON.stringify(EVENT))
    assert.deepEqual(decodeDoctorHints(bytes(message)), DOCTOR_7001003)
  },
  '{"detail-type":"…","detail":{…}}': (capture) => {
    assert.deepEqual(decodeDoctorHints(bytes(capture.replace('{…}', EVENT))), DOCTOR_7001003)
  },
  '{"operationType":"delete","fullDocument":null}': (capture) => {
    for (const decode of [decodeDoctorHints, decodeRecommendationHints]) {
      assert.equal(refusalOf(decode(bytes(capture)))?.code, 'CHANGE_KEY_MISSING')
    }
  },
}

describe('inline captures in docs/messages.md', () => {
  test('are all tested', () => assert.deepEqual(INLINE_CAPTURES, Object.keys(INLINE)))

  for (const [capture, holds] of Object.entries(INLINE)) test(capture, () => holds(capture))
})

describe('message captures in docs/messages.md', () => {
  test('are all tested', () => assert.deepEqual(BLOCK_CAPTURES, [TRAINEE, DOCTOR, MASTER_ROW]))

  test('are re-encoded byte for byte, with dates as strings', () => {
    assert.equal(textOf(encodeTrainees(values(decodeTrainees(bytes(TRAINEE))))), withTextDates(TRAINEE))
    assert.equal(textOf(encodeDoctors(values(decodeDoctors(bytes(DOCTOR))))), DOCTOR)
    assert.equal(textOf(encodeMasterRows(values(decodeMasterRows(bytes(MASTER_ROW))))), MASTER_ROW)
  })
})
