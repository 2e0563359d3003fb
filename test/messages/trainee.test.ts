import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Trainee } from '../../src/domain/trainee.ts'
import { decodeTrainees, encodeTrainees, encodeTraineesEnd } from '../../src/messages/trainee.ts'
import { trainee } from './arbitraries.ts'
import { bytes, jsonBytes, onlyFault, onlyRow, textOf, values } from './bodies.ts'
import { TRAINEE, withArrayDates, withTextDates } from './captures.ts'

const AISHA: Trainee = {
  tcsPersonId: 1005,
  gmcReferenceNumber: '7761120',
  doctorFirstName: 'Aisha',
  doctorLastName: 'Khan',
  programmeName: 'Cardiology',
  programmeMembershipType: 'SUBSTANTIVE',
  tcsDesignatedBody: '1-1RSSQ1B',
  programmeOwner: 'North East',
  programmeMembershipStartDate: '2021-07-23',
  programmeMembershipEndDate: '2033-07-16',
  curriculumEndDate: '2029-01-17',
  placementGrade: null,
}

function faultOf(change: object): { code: string; field: string; reason: string } {
  return onlyFault(decodeTrainees(jsonBytes({ ...AISHA, ...change })))
}

function read(change: object): Trainee {
  return onlyRow(decodeTrainees(jsonBytes({ ...AISHA, ...change })))
}

describe('the captured trainee', () => {
  test('is decoded with dates in either form', () => {
    assert.deepEqual(onlyRow(decodeTrainees(bytes(TRAINEE))), AISHA)
    assert.deepEqual(onlyRow(decodeTrainees(bytes(withTextDates(TRAINEE)))), AISHA)
  })

  test('is encoded byte for byte, with dates as strings', () => {
    assert.equal(textOf(encodeTrainees([AISHA])), withTextDates(TRAINEE))
  })

  test('has its grade where TCS knows one, behind what the Java services of 2022 send', () => {
    const graded = { ...AISHA, placementGrade: '279 | 1012' }
    const body = withTextDates(TRAINEE).replace('"syncEnd":null', '"syncEnd":null,"placementGrade":"279 | 1012"')
    assert.equal(textOf(encodeTrainees([graded])), body)
    assert.deepEqual(onlyRow(decodeTrainees(bytes(body))), graded)
    assert.deepEqual(onlyRow(decodeTrainees(jsonBytes({ ...AISHA, placementGrade: ' ' }))), AISHA)
  })

  test('can share a message, as an array', () => {
    const bodies = [AISHA, { ...AISHA, tcsPersonId: 1006 }]
    const one = withTextDates(TRAINEE)
    assert.equal(textOf(encodeTrainees(bodies)), `[${one},${one.replace('1005', '1006')}]`)
    assert.deepEqual(onlyRow(decodeTrainees(bytes(`[${TRAINEE}]`))), AISHA)
  })
})

describe('the end of the trainees', () => {
  const written =
    '{"tcsPersonId":null,"gmcReferenceNumber":null,"doctorFirstName":null,"doctorLastName":null,' +
    '"submissionDate":null,"programmeName":null,"programmeMembershipType":null,"designatedBody":null,' +
    '"tcsDesignatedBody":null,"programmeOwner":null,"connectionStatus":null,' +
    '"programmeMembershipStartDate":null,"programmeMembershipEndDate":null,"curriculumEndDate":null,' +
    '"dataSource":null,"syncEnd":true}'

  test('has null for every other field', () => {
    assert.equal(textOf(encodeTraineesEnd()), written)
  })

  test('is decoded with other fields null or absent', () => {
    const end = { rows: [], faults: [], end: true }
    for (const body of [written, '{"syncEnd":true}', '[{"syncEnd":true}]']) {
      assert.deepEqual(decodeTrainees(bytes(body)), end)
    }
  })

  test('may be in an array with rows', () => {
    const { rows, end } = decodeTrainees(bytes(`[${TRAINEE},{"syncEnd":true},${TRAINEE}]`))
    assert.equal(end, true)
    assert.deepEqual(rows, [
      { index: 0, value: AISHA },
      { index: 2, value: AISHA },
    ])
  })

  test('counts, but a row in the same body fails', () => {
    const { rows, faults, end } = decodeTrainees(jsonBytes({ ...AISHA, syncEnd: true }))
    assert.deepEqual({ rows, end }, { rows: [], end: true })
    assert.deepEqual(
      faults.map(({ key, code, field }) => ({ key, code, field })),
      [{ key: 'tcs-1005', code: 'ROW_FIELD_INVALID', field: 'syncEnd' }],
    )
  })

  test('is signalled by true only', () => {
    assert.equal(decodeTrainees(jsonBytes({ ...AISHA, syncEnd: false })).end, false)
    assert.equal(decodeTrainees(jsonBytes({ ...AISHA, syncEnd: null })).end, false)
    const { field, reason } = faultOf({ syncEnd: 'true' })
    assert.deepEqual({ field, reason }, { field: 'syncEnd', reason: 'expected true, false or null, got "true"' })
  })
})

describe('trainees are decoded as sent', () => {
  test('in any script, alone or several, with dates in either form', () => {
    fc.assert(
      fc.property(fc.array(trainee, { minLength: 1, maxLength: 4 }), (trainees) => {
        const message = encodeTrainees(trainees)
        assert.deepEqual(values(decodeTrainees(message)), trainees)
        assert.deepEqual(values(decodeTrainees(bytes(withArrayDates(textOf(message))))), trainees)
      }),
    )
  })

  test('twice, if a person was sent twice', () => {
    const again = { ...AISHA, doctorFirstName: 'Aïsha' }
    assert.deepEqual(values(decodeTrainees(encodeTrainees([AISHA, again, AISHA]))), [AISHA, again, AISHA])
  })

  test('with the last value of a duplicate field, as the Java services do', () => {
    const { tcsPersonId } = onlyRow(decodeTrainees(bytes('{"tcsPersonId":1,"tcsPersonId":2}')))
    assert.equal(tcsPersonId, 2)
  })

  test('with null for absent, blank and unknown fields', () => {
    const nothing = Object.fromEntries(Object.keys(AISHA).map((field) => [field, null]))
    const bare = { ...nothing, tcsPersonId: 5 }
    assert.deepEqual(onlyRow(decodeTrainees(bytes('{"tcsPersonId":5}'))), bare)
    const blank = Object.fromEntries(Object.keys(AISHA).map((field) => [field, ' \u00a0\t']))
    assert.deepEqual(onlyRow(decodeTrainees(jsonBytes({ ...blank, tcsPersonId: 5 }))), bare)
    assert.deepEqual(read({ submissionDate: [1, 2], designatedBody: 7, hobby: { of: 'hers' } }), AISHA)
  })

  test('with the number trimmed and names as written', () => {
    const { gmcReferenceNumber, doctorLastName } = read({
      gmcReferenceNumber: '\u00a07761120 ',
      doctorLastName: ' Khan ',
    })
    assert.deepEqual(
      { gmcReferenceNumber, doctorLastName },
      { gmcReferenceNumber: '7761120', doctorLastName: ' Khan ' },
    )
    assert.equal(read({ gmcReferenceNumber: '1234567 (old)' }).gmcReferenceNumber, '1234567 (old)')
  })
})

describe('a date', () => {
  test('loses its time of day; empty is null', () => {
    const forms: [unknown, string | null][] = [
      ['2021-07-23', '2021-07-23'],
      ['2021-07-23T23:59:59.999Z', '2021-07-23'],
      ['2021-07-23 00:00:00', '2021-07-23'],
      [[2021, 7, 23], '2021-07-23'],
      [[2021, 7, 23, 13, 5], '2021-07-23'],
      [[2021, 7, 23, 13, 5, 59, 999000000], '2021-07-23'],
      [[1, 1, 1], '0001-01-01'],
      ['9999-12-31', '9999-12-31'],
      [[2024, 2, 29], '2024-02-29'],
      ['', null],
      [' ', null],
      [null, null],
    ]
    for (const [sent, day] of forms) assert.equal(read({ curriculumEndDate: sent }).curriculumEndDate, day)
  })

  test('that is invalid is rejected in each field and form, naming it', () => {
    const impossible: [unknown, RegExp][] = [
      ['2021-02-30', /"2021-02-30" is not a valid date/],
      ['2021-02-29T00:00:00Z', /is not a valid date/],
      ['2021-13-01', /is not a valid date/],
      ['0000-01-01', /is not a valid date/],
      ['23/07/2021', /is not a valid date/],
      ['soon', /is not a valid date/],
      [[2021, 2, 30], /\[2021,2,30\] is not a valid date/],
      [[2023, 2, 29], /is not a valid date/],
      [[2021, 0, 1], /is not a valid date/],
      [[2021, 13, 1], /is not a valid date/],
      [[2021, 1, 32], /is not a valid date/],
      [[2021, 4, -1], /is not a valid date/],
      [[12021, 4, 1], /is not a valid date/],
      [[2021, 4.5, 1], /is not a valid date/],
      [[2021, 1e300, 1], /is not a valid date/],
      [[2021, 7], /\[2021,7\] is not a valid date/],
      [[], /\[\] is not a valid date/],
    ]
    for (const name of ['programmeMembershipStartDate', 'programmeMembershipEndDate', 'curriculumEndDate']) {
      for (const [sent, expected] of impossible) {
        const { code, field, reason } = faultOf({ [name]: sent })
        assert.deepEqual({ code, field }, { code: 'ROW_DATE_IMPOSSIBLE', field: name })
        assert.match(reason, expected)
      }
    }
  })

  test('of the wrong type is rejected, quoting it', () => {
    const expected = 'expected a date as text or [year, month, day]'
    const kinds: [unknown, string][] = [
      [1626998400000, '1626998400000'],
      [true, 'true'],
      [{ year: 2021 }, 'an object'],
      [['2021', '07', '23'], 'an array'],
      [[2021, null, 23], 'an array'],
    ]
    for (const [sent, came] of kinds) {
      const fault = { code: 'ROW_FIELD_INVALID', field: 'curriculumEndDate', reason: `${expected}, got ${came}` }
      assert.deepEqual(faultOf({ curriculumEndDate: sent }), fault)
    }
  })
})

describe('a trainee is rejected', () => {
  test('without person id', () => {
    for (const tcsPersonId of [null, undefined]) {
      const { code, field } = faultOf({ tcsPersonId })
      assert.deepEqual({ code, field }, { code: 'ROW_KEY_MISSING', field: 'tcsPersonId' })
    }
  })

  test('with an id that is not an integer, or not exact in JSON', () => {
    for (const [sent, came] of [
      ['"1005"', '"1005"'],
      ['10.5', '10.5'],
      ['true', 'true'],
      ['9007199254740993', '9007199254740992'],
    ] as const) {
      const fault = onlyFault(decodeTrainees(bytes(`{"tcsPersonId":${sent}}`)))
      const reason = `expected a whole number, got ${came}`
      assert.deepEqual(fault, { code: 'ROW_FIELD_INVALID', field: 'tcsPersonId', reason })
    }
  })

  test('with a non-string in a text field, naming field and value', () => {
    const texts = Object.keys(AISHA).filter((field) => field !== 'tcsPersonId' && !field.endsWith('Date'))
    assert.equal(texts.length, 8)
    const kinds: [unknown, string][] = [
      [7761120, '7761120'],
      [false, 'false'],
      [['x'], 'an array'],
      [{}, 'an object'],
    ]
    for (const field of texts) {
      for (const [sent, came] of kinds) {
        const reason = `expected text, got ${came}`
        assert.deepEqual(faultOf({ [field]: sent }), { code: 'ROW_FIELD_INVALID', field, reason })
      }
    }
  })
})
