import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Doctor } from '../../src/domain/doctor.ts'
import { FIELDS } from '../../src/domain/fields.ts'
import { differences, idOfWrite, isStoredAs, sameRow } from '../../src/domain/row-differences.ts'
import { rowsOfNumber, type Row } from '../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee, stored } from './examples.ts'

const OTHER = '1234567'

/** The writes in order: operation and row id. */
function steps(before: readonly Row[], after: readonly Row[]): string[] {
  return differences(
    before.map((row) => stored(row)),
    after,
  ).map((write) => `${write.op} ${idOfWrite(write)}`)
}

function otherDoctor(): Doctor {
  return aDoctor({ gmcReferenceNumber: OTHER })
}

const PARTS = { doctor: aDoctor(), outcome: 'Approved', reason: 'Why' } as const
const [JOINED = aRow('', {})] = rowsOfNumber([aTrainee()], PARTS)
const [SECOND = aRow('', {})] = rowsOfNumber([aTrainee({ tcsPersonId: 2000 })], PARTS)
const [OWN = aRow('', {})] = rowsOfNumber([], PARTS)

describe('the writes that turn existing rows into wanted rows', () => {
  test('are none if both are the same, in any order', () => {
    assert.deepEqual(differences([], []), [])
    assert.deepEqual(differences([stored(JOINED), stored(SECOND)], structuredClone([SECOND, JOINED])), [])
  })

  test('contain the wanted rows', () => {
    const changed = aRow(JOINED.id, { ...JOINED.parts, reason: null })
    assert.deepEqual(differences([stored(JOINED), stored(OWN)], [changed, SECOND]), [
      { op: 'create', row: SECOND },
      { op: 'replace', row: changed },
      { op: 'delete', id: OWN.id },
    ])
  })

  test('create first, replace second, delete last, for any order of rows', () => {
    const changed = aRow(JOINED.id, { ...JOINED.parts, doctor: null })
    const expected = ['create tcs-2000', 'replace tcs-1005', 'delete gmc-7761120']
    for (const before of [
      [JOINED, OWN],
      [OWN, JOINED],
    ])
      for (const after of [
        [changed, SECOND],
        [SECOND, changed],
      ])
        assert.deepEqual(steps(before, after), expected)
  })
})

describe('a trainee', () => {
  test('that leaves a number: the doctor gets a row before the trainee row changes', () => {
    const [moved = JOINED] = rowsOfNumber([aTrainee({ gmcReferenceNumber: OTHER })], { ...PARTS, doctor: null })
    assert.deepEqual(steps([JOINED], [moved, OWN]), ['create gmc-7761120', 'replace tcs-1005'])
  })

  test('that is deleted goes after the doctor has a row', () => {
    assert.deepEqual(steps([JOINED], [OWN]), ['create gmc-7761120', 'delete tcs-1005'])
  })

  test('that leaves a number which another trainee has: no new row', () => {
    assert.deepEqual(steps([JOINED, SECOND], [SECOND]), ['delete tcs-1005'])
  })

  test("that gets a number takes in its doctor; the doctor's row goes last", () => {
    assert.deepEqual(steps([OWN], [JOINED]), ['create tcs-1005', 'delete gmc-7761120'])
  })

  test('that changes its number does both, in that order', () => {
    const [other = OWN] = rowsOfNumber([], { ...PARTS, doctor: otherDoctor() })
    const after = rowsOfNumber([aTrainee({ gmcReferenceNumber: OTHER })], { ...PARTS, doctor: otherDoctor() })
    const expected = ['create gmc-7761120', 'replace tcs-1005', 'delete gmc-1234567']
    assert.deepEqual(steps([JOINED, other], [...after, OWN]), expected)
  })
})

describe('a doctor', () => {
  test('is in the row of every trainee with the number', () => {
    const trainees = [aTrainee(), aTrainee({ tcsPersonId: 2000 })]
    const after = rowsOfNumber(trainees, { ...PARTS, doctor: aDoctor({ admin: 'b@example.nhs.uk' }) })
    assert.deepEqual(steps([JOINED, SECOND], after), ['replace tcs-1005', 'replace tcs-2000'])
  })

  test('stored under another spelling of its number gets the new row before the old one goes', () => {
    const padded = rowsOfNumber([], { ...PARTS, doctor: aDoctor({ gmcReferenceNumber: ' 7761120' }) })
    assert.deepEqual(steps(padded, [OWN]), ['create gmc-7761120', 'delete gmc- 7761120'])
  })
})

describe('two rows are equal', () => {
  test('if every field of every part is', () => {
    assert.ok(sameRow(JOINED, structuredClone(JOINED)))
    assert.ok(sameRow(aRow('tcs-1', {}), aRow('tcs-1', {})))
  })

  test('but not if any part differs', () => {
    const differing: Partial<Row['parts']>[] = [
      { trainee: aTrainee({ programmeName: null }) },
      { trainee: null },
      { doctor: aDoctor({ existsInGmc: false }) },
      { doctor: null },
      { outcome: 'Rejected' },
      { outcome: null },
      { reason: 'why' },
      { reason: null },
    ]
    for (const parts of differing) {
      const other = aRow(JOINED.id, { ...JOINED.parts, ...parts })
      assert.ok(!sameRow(JOINED, other), JSON.stringify(parts))
      assert.ok(!sameRow(other, JOINED), JSON.stringify(parts))
    }
  })

  test('nor if one of them has an extra field', () => {
    // As from a generation written by another version.
    const fewer: { -readonly [Name in keyof Doctor]?: Doctor[Name] } = { ...aDoctor({ admin: null }) }
    delete fewer.admin
    const older = aRow(JOINED.id, { ...JOINED.parts, doctor: fewer as Doctor })
    const newer = aRow(JOINED.id, { ...JOINED.parts, doctor: aDoctor({ admin: null }) })
    assert.ok(!sameRow(older, newer))
    assert.ok(!sameRow(newer, older))
  })
})

describe('a stored row is as wanted', () => {
  const { document } = stored(JOINED)

  test('if its parts are, and its fields follow from them', () => {
    assert.ok(isStoredAs(stored(JOINED), structuredClone(JOINED)))
    assert.ok(!isStoredAs(stored(JOINED), aRow(JOINED.id, { ...JOINED.parts, reason: null })))
  })

  test('but not if another program altered a field of the index', () => {
    for (const field of FIELDS) {
      const altered = { ...document, [field]: document[field] === null ? 'text' : null }
      assert.ok(!isStoredAs(stored(JOINED, { document: altered }), JOINED), field)
    }
  })
  test('nor if a key of the store is wrong', () => {
    assert.ok(!isStoredAs(stored(JOINED, { wrongKeys: ['number'] }), JOINED))
  })
})
