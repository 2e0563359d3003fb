import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Doctor } from '../../src/domain/doctor.ts'
import { differences, sameRow } from '../../src/domain/row-differences.ts'
import { rowsOfNumber, type Row } from '../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee } from './examples.ts'

const OTHER = '1234567'

/** The writes in order, each as what it does to which row. */
function steps(before: readonly Row[], after: readonly Row[]): string[] {
  return differences(before, after).map((write) => `${write.op} ${write.op === 'delete' ? write.id : write.row.id}`)
}

function otherDoctor(): Doctor {
  return aDoctor({ gmcReferenceNumber: OTHER })
}

const PARTS = { doctor: aDoctor(), outcome: 'Approved', reason: 'Why' } as const
const [JOINED = aRow('', {})] = rowsOfNumber([aTrainee()], PARTS)
const [SECOND = aRow('', {})] = rowsOfNumber([aTrainee({ tcsPersonId: 2000 })], PARTS)
const [OWN = aRow('', {})] = rowsOfNumber([], PARTS)

describe('the writes from rows that are to rows that shall be', () => {
  test('are none where they are the same, in whatever order', () => {
    assert.deepEqual(differences([], []), [])
    assert.deepEqual(differences([JOINED, SECOND], structuredClone([SECOND, JOINED])), [])
  })

  test('carry the rows that shall be', () => {
    const changed = aRow(JOINED.id, { ...JOINED.parts, reason: null })
    assert.deepEqual(differences([JOINED, OWN], [changed, SECOND]), [
      { op: 'create', row: SECOND },
      { op: 'replace', row: changed },
      { op: 'delete', id: OWN.id },
    ])
  })

  test('create before they replace, and delete last, in whatever order the rows come', () => {
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
  test('who leaves a number leaves its doctor in a row of its own, before the row itself changes', () => {
    const [moved = JOINED] = rowsOfNumber([aTrainee({ gmcReferenceNumber: OTHER })], { ...PARTS, doctor: null })
    assert.deepEqual(steps([JOINED], [moved, OWN]), ['create gmc-7761120', 'replace tcs-1005'])
  })

  test('who is deleted goes after the doctor has a row of its own', () => {
    assert.deepEqual(steps([JOINED], [OWN]), ['create gmc-7761120', 'delete tcs-1005'])
  })

  test('who leaves a number that another has leaves no row', () => {
    assert.deepEqual(steps([JOINED, SECOND], [SECOND]), ['delete tcs-1005'])
  })

  test('who comes to a number takes in its doctor, whose own row goes last', () => {
    assert.deepEqual(steps([OWN], [JOINED]), ['create tcs-1005', 'delete gmc-7761120'])
  })

  test('who goes from one number to another does both, in that order', () => {
    const [other = OWN] = rowsOfNumber([], { ...PARTS, doctor: otherDoctor() })
    const after = rowsOfNumber([aTrainee({ gmcReferenceNumber: OTHER })], { ...PARTS, doctor: otherDoctor() })
    const expected = ['create gmc-7761120', 'replace tcs-1005', 'delete gmc-1234567']
    assert.deepEqual(steps([JOINED, other], [...after, OWN]), expected)
  })
})

describe('a doctor', () => {
  test('is in the row of every trainee who has the number', () => {
    const trainees = [aTrainee(), aTrainee({ tcsPersonId: 2000 })]
    const after = rowsOfNumber(trainees, { ...PARTS, doctor: aDoctor({ admin: 'b@example.nhs.uk' }) })
    assert.deepEqual(steps([JOINED, SECOND], after), ['replace tcs-1005', 'replace tcs-2000'])
  })

  test('who was stored anew under another spelling of the number has the new row before the old one goes', () => {
    const padded = rowsOfNumber([], { ...PARTS, doctor: aDoctor({ gmcReferenceNumber: ' 7761120' }) })
    assert.deepEqual(steps(padded, [OWN]), ['create gmc-7761120', 'delete gmc- 7761120'])
  })
})

describe('two rows are the same', () => {
  test('when every field of every part is', () => {
    assert.ok(sameRow(JOINED, structuredClone(JOINED)))
    assert.ok(sameRow(aRow('tcs-1', {}), aRow('tcs-1', {})))
  })

  test('and not when any part differs', () => {
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

  test('nor when one of them has a field that the other does not know', () => {
    // As a backend gives it that was filled by another version.
    const fewer: { -readonly [Name in keyof Doctor]?: Doctor[Name] } = { ...aDoctor({ admin: null }) }
    delete fewer.admin
    const older = aRow(JOINED.id, { ...JOINED.parts, doctor: fewer as Doctor })
    const newer = aRow(JOINED.id, { ...JOINED.parts, doctor: aDoctor({ admin: null }) })
    assert.ok(!sameRow(older, newer))
    assert.ok(!sameRow(newer, older))
  })
})
