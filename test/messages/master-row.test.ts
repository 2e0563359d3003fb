import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assemble, type AssembledDocument } from '../../src/domain/assemble.ts'
import { INDEX_FIELDS } from '../../src/domain/lists.ts'
import { decodeMasterRows, encodeMasterRows, encodeRowForLists, type MasterRow } from '../../src/messages/master-row.ts'
import { aDoctor, aTrainee } from '../domain/examples.ts'
import { doctorRow, PLAIN, text, trainee } from './arbitraries.ts'
import { bytes, jsonBytes, onlyFault, onlyRow, textOf, values } from './bodies.ts'
import { MASTER_ROW, withArrayDates } from './captures.ts'
import { CAPTURED_CHANGES } from './change-captures.ts'

const CAPTURED: MasterRow = {
  id: 'swlGCqIB_AViqokLxKo2',
  document: {
    tcsPersonId: 101003,
    gmcReferenceNumber: '7001003',
    doctorFirstName: 'Upd',
    doctorLastName: 'Doctor1003',
    submissionDate: '2027-01-31',
    programmeName: 'Programme 3',
    membershipType: 'Visitor',
    designatedBody: null,
    gmcStatus: null,
    tisStatus: 'NOT_STARTED',
    admin: 'admin@x',
    lastUpdatedDate: '2026-11-20',
    underNotice: 'YES',
    tcsDesignatedBody: '1-AIIDR8',
    programmeOwner: 'Health Education England',
    curriculumEndDate: '2027-08-03',
    connectionStatus: 'No',
    membershipStartDate: '2020-08-05',
    membershipEndDate: '2027-08-03',
    placementGrade: null,
    existsInGmc: true,
  },
}

test('the captured master row is decoded, and encoded byte for byte', () => {
  assert.deepEqual(onlyRow(decodeMasterRows(bytes(MASTER_ROW))), CAPTURED)
  assert.deepEqual(onlyRow(decodeMasterRows(bytes(withArrayDates(MASTER_ROW)))), CAPTURED)
  assert.equal(textOf(encodeMasterRows([CAPTURED])), MASTER_ROW)
  assert.equal(textOf(encodeMasterRows([CAPTURED, CAPTURED])), `[${MASTER_ROW},${MASTER_ROW}]`)
})

test('what the Java service published for a change is encoded byte for byte, apart from two values of the rules', () => {
  const bodies = CAPTURED_CHANGES.flatMap(({ published }) => published.map(({ body }) => body))
  assert.ok(bodies.length > 20)
  for (const body of bodies) {
    const row = onlyRow(decodeMasterRows(bytes(body)))
    assert.equal(Object.keys(JSON.parse(body) as object).length, 21)
    const byRule = body
      .replace('"designatedBody":""', '"designatedBody":null')
      .replace(
        /"connectionStatus":(?:null)/,
        `"connectionStatus":"${row.document.designatedBody === null ? 'No' : 'Yes'}"`,
      )
    assert.equal(textOf(encodeMasterRows([row])), byRule)
  }
})

test('exactly the fields of the master index are sent, without the exception reason', () => {
  const full = assemble({ trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved', reason: 'not sent' })
  const sent = JSON.parse(textOf(encodeMasterRows([{ id: CAPTURED.id, document: full }]))) as object
  const fields = Object.keys(sent).filter((field) => field !== 'id')
  assert.deepEqual(fields.sort(), [...INDEX_FIELDS.masterdoctorindex].sort())
  const withReason: AssembledDocument = { ...CAPTURED.document, exceptionReason: 'Doctor already associated' }
  assert.equal(textOf(encodeMasterRows([{ id: CAPTURED.id, document: withReason }])), MASTER_ROW)
})

test('for Java services that write lists, the reason comes after the captured keys, null if there is none', () => {
  const document = (exceptionReason: string | null): AssembledDocument => ({ ...CAPTURED.document, exceptionReason })
  const sent = (reason: string | null) => textOf(encodeRowForLists({ id: CAPTURED.id, document: document(reason) }))
  assert.equal(sent(' Not found'), MASTER_ROW.replace(/}$/, ',"exceptionReason":" Not found"}'))
  assert.equal(sent(null), MASTER_ROW.replace(/}$/, ',"exceptionReason":null}'))
  assert.deepEqual(onlyRow(decodeMasterRows(bytes(sent('Not found')))), CAPTURED)
})

test('a field that the reference added later is sent where it is known, and null where it is absent', () => {
  const graded: MasterRow = { ...CAPTURED, document: { ...CAPTURED.document, placementGrade: '279' } }
  const message = encodeMasterRows([graded])
  assert.equal(textOf(message), MASTER_ROW.replace('}', ',"placementGrade":"279"}'))
  assert.deepEqual(onlyRow(decodeMasterRows(message)), graded)
  assert.deepEqual(onlyRow(decodeMasterRows(bytes(MASTER_ROW.replace('}', ',"placementGrade":null}')))), CAPTURED)
})

test('a row with any parts is decoded as sent', () => {
  const parts = fc.record({ trainee: fc.option(trainee), row: fc.option(doctorRow), id: text }, PLAIN)
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 3 }), (each) => {
      const rows = each.map(({ trainee, row, id }) => {
        const doctor = row?.doctor ?? null
        const assembled = assemble({ trainee, doctor, outcome: row?.outcome ?? null, reason: 'not sent' })
        return { id, document: assembled }
      })
      const expected = rows.map(({ id, document: { exceptionReason, ...document } }) => {
        assert.equal(exceptionReason, 'not sent')
        return { id, document }
      })
      assert.deepEqual(values(decodeMasterRows(encodeMasterRows(rows))), expected)
    }),
  )
})

test('a missing connection status is derived from the designated body', () => {
  const connectionOf = (change: object) => {
    const sent = { id: '1', ...CAPTURED.document, connectionStatus: null, ...change }
    return onlyRow(decodeMasterRows(jsonBytes(sent))).document.connectionStatus
  }
  assert.equal(connectionOf({}), 'No')
  assert.equal(connectionOf({ designatedBody: ' ' }), 'No')
  assert.equal(connectionOf({ designatedBody: '1-1RSSQ1B' }), 'Yes')
})

test('an invalid master row is rejected with field and reason', () => {
  const wrong: [object, string, string, RegExp][] = [
    [{ id: null }, 'ROW_KEY_MISSING', 'id', /has no id/],
    [{ id: ' ' }, 'ROW_KEY_MISSING', 'id', /has no id/],
    [{ id: 7 }, 'ROW_FIELD_INVALID', 'id', /expected text, got 7/],
    [{ tcsPersonId: '7' }, 'ROW_FIELD_INVALID', 'tcsPersonId', /expected a whole number, got "7"/],
    [{ gmcStatus: 'APPROVED' }, 'ROW_VALUE_UNKNOWN', 'gmcStatus', /expected one of Approved, .*got "APPROVED"/],
    [{ tisStatus: 'DONE' }, 'ROW_VALUE_UNKNOWN', 'tisStatus', /"DONE"/],
    [{ underNotice: 'no' }, 'ROW_VALUE_UNKNOWN', 'underNotice', /"no"/],
    [{ connectionStatus: 'yes' }, 'ROW_VALUE_UNKNOWN', 'connectionStatus', /expected one of Yes, No, got "yes"/],
    [{ existsInGmc: 1 }, 'ROW_FIELD_INVALID', 'existsInGmc', /expected true, false or null, got 1/],
    [{ submissionDate: '2027-02-29' }, 'ROW_DATE_IMPOSSIBLE', 'submissionDate', /is not a valid date/],
    [{ lastUpdatedDate: [2027, 2, 29] }, 'ROW_DATE_IMPOSSIBLE', 'lastUpdatedDate', /is not a valid date/],
    [{ curriculumEndDate: 'x' }, 'ROW_DATE_IMPOSSIBLE', 'curriculumEndDate', /is not a valid date/],
    [{ membershipStartDate: [2027] }, 'ROW_DATE_IMPOSSIBLE', 'membershipStartDate', /is not a valid date/],
    [{ membershipEndDate: true }, 'ROW_FIELD_INVALID', 'membershipEndDate', /expected a date/],
  ]
  for (const [change, code, field, reason] of wrong) {
    const fault = onlyFault(decodeMasterRows(jsonBytes({ id: '1', ...CAPTURED.document, ...change })))
    assert.deepEqual({ code: fault.code, field: fault.field }, { code, field })
    assert.match(fault.reason, reason)
  }
})
