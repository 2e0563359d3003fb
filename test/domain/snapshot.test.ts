import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { joinNumber } from '../../src/domain/join.ts'
import { newDoctorRow, newTraineeRow, snapshotDoctor, snapshotReason, withSnapshot } from '../../src/domain/snapshot.ts'
import { aDoctor, aNumber, aRow, aTrainee } from './examples.ts'

const TRAINEE = newTraineeRow(aTrainee())
const SECOND = newTraineeRow(aTrainee({ tcsPersonId: 2000 }))
const TOMBSTONE = aRow('gmc-7761120', {}, { hidden: true, marks: { doctor: 3, outcome: 3 } })

describe("a snapshot's doctor", () => {
  test('without a trainee gets a row of its own, once', () => {
    const own = newDoctorRow(aDoctor(), 'Approved')
    assert.deepEqual(snapshotDoctor([], aDoctor(), 'Approved'), { home: 'own', writes: [{ op: 'create', row: own }] })
    assert.deepEqual(snapshotDoctor([own], aDoctor(), 'Approved'), { home: 'own', writes: [] })
  })

  test('goes into the row of every trainee who shares the number, once', () => {
    const { home, writes } = snapshotDoctor([TRAINEE, SECOND], aDoctor(), 'Approved')
    const joined = [TRAINEE, SECOND].map((row) => ({
      ...row,
      parts: { ...row.parts, doctor: aDoctor(), outcome: 'Approved' as const },
    }))
    assert.equal(home, 'trainees')
    assert.deepEqual(
      writes,
      joined.map((row) => ({ op: 'replace', row })),
    )
    assert.deepEqual(snapshotDoctor(joined, aDoctor(), 'Approved'), { home: 'trainees', writes: [] })
  })

  test('stays away where a change has deleted it', () => {
    assert.deepEqual(snapshotDoctor([TOMBSTONE], aDoctor(), null), { home: 'gone', writes: [] })
    const changed = { ...TRAINEE, marks: { doctor: 3, outcome: 3 } }
    assert.deepEqual(snapshotDoctor([changed], aDoctor(), null), { home: 'trainees', writes: [] })
  })

  test('does not overwrite what a change wrote', () => {
    const changed = aRow('gmc-7761120', { doctor: aDoctor({ admin: 'new' }) }, { marks: { doctor: 3, outcome: 3 } })
    assert.deepEqual(snapshotDoctor([changed], aDoctor({ admin: 'old' }), 'Approved'), { home: 'own', writes: [] })
  })

  test('comes to a hidden row that only waits with a reason', () => {
    const waiting = aRow('gmc-7761120', { reason: 'Why' }, { hidden: true, marks: { reason: 3 } })
    const row = { ...waiting, parts: { ...waiting.parts, doctor: aDoctor() }, hidden: false }
    assert.deepEqual(snapshotDoctor([waiting], aDoctor(), null), { home: 'own', writes: [{ op: 'replace', row }] })
  })

  test('deletes nothing, so that its writes may be done in any order', () => {
    const changed = aRow('gmc-7761120', { doctor: aDoctor({ admin: 'new' }) }, { marks: { doctor: 3, outcome: 3 } })
    const { writes } = snapshotDoctor([changed, TRAINEE], aDoctor(), null)
    assert.deepEqual(
      writes.map(({ op }) => op),
      ['replace'],
    )
  })
})

describe("a snapshot's trainee", () => {
  test('stays away from what a change wrote, a deletion too', () => {
    const changed = { ...TRAINEE, marks: { trainee: 3 } }
    assert.equal(withSnapshot(changed, { trainee: aTrainee({ doctorFirstName: 'Old' }) }), changed)
    const deleted = aRow('tcs-1005', {}, { hidden: true, marks: { trainee: 3 } })
    assert.equal(withSnapshot(deleted, { trainee: aTrainee() }), deleted)
  })

  test('that comes again is the same row', () => {
    assert.equal(withSnapshot(TRAINEE, { trainee: aTrainee() }), TRAINEE)
  })
})

describe("a snapshot's reason", () => {
  test('goes into all rows of its number, as it is written, once', () => {
    const writes = snapshotReason([TRAINEE, SECOND], ' Why ')
    const reasons = writes.map((write) => (write.op === 'delete' ? null : write.row.parts.reason))
    assert.deepEqual(reasons, [' Why ', ' Why '])
    const rows = writes.flatMap((write) => (write.op === 'delete' ? [] : [write.row]))
    assert.deepEqual(snapshotReason(rows, ' Why '), [])
  })

  test('that is blank is none', () => {
    assert.deepEqual(snapshotReason([TRAINEE], ' \u00a0'), [])
  })

  test('does not overwrite what a change wrote', () => {
    assert.deepEqual(snapshotReason([{ ...TRAINEE, marks: { reason: 3 } }], 'Old'), [])
  })
})

describe('settling a number', () => {
  const number = aNumber('7761120')

  test('brings a doctor and the trainees together that did not see each other, and removes the row of its own', () => {
    const own = newDoctorRow(aDoctor(), 'Approved')
    const parts = { ...TRAINEE.parts, doctor: aDoctor(), outcome: 'Approved' }
    assert.deepEqual(joinNumber([own, TRAINEE], number), [
      { op: 'replace', row: { ...TRAINEE, parts } },
      { op: 'delete', id: 'gmc-7761120' },
    ])
  })

  test('takes of each part what the latest change wrote, a deletion too', () => {
    const before = aRow('tcs-1005', { trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved' })
    const [write] = joinNumber([before, TOMBSTONE], number)
    assert.deepEqual(write, { op: 'replace', row: { ...TRAINEE, marks: { doctor: 3, outcome: 3 } } })
    const later = { ...before, marks: { doctor: 4, outcome: 4 } }
    assert.deepEqual(joinNumber([later, TOMBSTONE], number), [{ op: 'delete', id: 'gmc-7761120' }])
  })

  test('leaves rows of other numbers alone', () => {
    const other = newTraineeRow(aTrainee({ gmcReferenceNumber: '1234567' }))
    assert.deepEqual(joinNumber([other, newDoctorRow(aDoctor(), null)], number), [])
  })
})
