import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lookupFor, reasonsToRead, writesOf, type Change } from '../../src/domain/changes.ts'
import type { Row } from '../../src/domain/row.ts'
import type { Trainee } from '../../src/domain/trainee.ts'
import { aDoctor, aNumber, aRow, aTrainee } from './examples.ts'

const NUMBER = '7761120'
const OTHER = '1234567'

function traineeChange(trainee: Trainee | null, order = 5): Change {
  return { kind: 'trainee', order, tcsPersonId: 1005, trainee }
}

function doctorChange(differing: Partial<Extract<Change, { kind: 'doctor' }>> = {}): Change {
  return { kind: 'doctor', order: 5, storedId: NUMBER, doctor: aDoctor(), outcome: null, ...differing }
}

/** The writes in order, each as what it does to which row. */
function steps(found: readonly Row[], change: Change): string[] {
  return writesOf(found, change).map((write) => {
    if (write.op === 'delete') return `delete ${write.id}`
    return `${write.op} ${write.row.id}${write.row.hidden ? ' hidden' : ''}`
  })
}

/** What a change makes of a row. */
function written(found: readonly Row[], change: Change, id: string): Row | undefined {
  return writesOf(found, change)
    .filter((write) => write.op !== 'delete')
    .map(({ row }) => row)
    .find((row) => row.id === id)
}

const JOINED = aRow('tcs-1005', { trainee: aTrainee(), doctor: aDoctor(), outcome: 'Approved', reason: 'Why' })
const SECOND = aRow('tcs-2000', { ...JOINED.parts, trainee: aTrainee({ tcsPersonId: 2000 }) })
const OWN = aRow('gmc-7761120', { doctor: aDoctor() })

describe('a trainee', () => {
  test('who leaves a number leaves its doctor in a row of its own, before the row itself changes', () => {
    const change = traineeChange(aTrainee({ gmcReferenceNumber: OTHER }))
    assert.deepEqual(steps([JOINED], change), ['create gmc-7761120', 'replace tcs-1005'])
    assert.deepEqual(written([JOINED], change, 'gmc-7761120')?.parts, { ...JOINED.parts, trainee: null })
    const moved = written([JOINED], change, 'tcs-1005')
    assert.deepEqual([moved?.parts.doctor, moved?.parts.outcome, moved?.parts.reason], [null, null, null])
  })

  test('who leaves a number that another has leaves no row', () => {
    assert.deepEqual(steps([JOINED, SECOND], traineeChange(null)), ['replace tcs-1005 hidden'])
  })

  test('who comes to a number takes in its doctor, whose own row goes last', () => {
    const change = traineeChange(aTrainee())
    assert.deepEqual(steps([OWN], change), ['create tcs-1005', 'delete gmc-7761120'])
    assert.deepEqual(written([OWN], change, 'tcs-1005')?.parts.doctor, aDoctor())
  })

  test('who goes from one number to another does both, in that order', () => {
    const other = aRow('gmc-1234567', { doctor: aDoctor({ gmcReferenceNumber: OTHER }) })
    const change = traineeChange(aTrainee({ gmcReferenceNumber: OTHER }))
    const expected = ['create gmc-7761120', 'replace tcs-1005', 'delete gmc-1234567']
    assert.deepEqual(steps([JOINED, other], change), expected)
  })

  test('who keeps the number keeps what belongs to it', () => {
    const next = written([JOINED], traineeChange(aTrainee({ doctorFirstName: 'Aïsha' })), 'tcs-1005')
    assert.deepEqual(next?.parts, { ...JOINED.parts, trainee: aTrainee({ doctorFirstName: 'Aïsha' }) })
  })

  test('whose number is only text to show joins nothing', () => {
    const change = traineeChange(aTrainee({ gmcReferenceNumber: '7761120 (old)' }))
    assert.deepEqual(steps([OWN, SECOND], change), ['create tcs-1005'])
    assert.equal(written([OWN, SECOND], change, 'tcs-1005')?.parts.doctor, null)
  })

  test('who is deleted before anything was known of them leaves a tombstone', () => {
    assert.deepEqual(steps([], traineeChange(null)), ['create tcs-1005 hidden'])
  })

  test('whose change is older than the last one stays', () => {
    const row = { ...JOINED, marks: { trainee: 6 } }
    assert.deepEqual(steps([row], traineeChange(null, 5)), [])
  })
})

describe('a doctor', () => {
  test('is in the row of every trainee who has the number', () => {
    const change = doctorChange({ doctor: aDoctor({ admin: 'b@example.nhs.uk' }) })
    assert.deepEqual(steps([JOINED, SECOND], change), ['replace tcs-1005', 'replace tcs-2000'])
  })

  test('who loses the designated body loses it in the row', () => {
    const change = doctorChange({ doctor: aDoctor({ designatedBodyCode: null }) })
    assert.equal(written([JOINED], change, 'tcs-1005')?.parts.doctor?.designatedBodyCode, null)
  })

  test('whom TCS does not know has a row of its own', () => {
    assert.deepEqual(steps([], doctorChange()), ['create gmc-7761120'])
  })

  test('who is deleted leaves a tombstone, and is shown again when stored again', () => {
    const deletion = doctorChange({ doctor: null })
    assert.deepEqual(steps([OWN], deletion), ['replace gmc-7761120 hidden'])
    assert.deepEqual(steps([], deletion), ['create gmc-7761120 hidden'])
    const tombstone = written([OWN], deletion, 'gmc-7761120')
    assert.ok(tombstone)
    assert.deepEqual(steps([tombstone], doctorChange({ order: 6 })), ['replace gmc-7761120'])
    assert.deepEqual(steps([tombstone], doctorChange({ order: 4 })), [])
  })

  test('whose `_id` is no number joins no trainee, and is found by `_id` alone', () => {
    const storedId = '1234567 (old)'
    const trainee = aRow('tcs-1005', { trainee: aTrainee({ gmcReferenceNumber: storedId }) })
    const change = doctorChange({ storedId, doctor: aDoctor({ gmcReferenceNumber: storedId }) })
    assert.deepEqual(steps([trainee], change), ['create gmc-1234567 (old)'])
  })

  test('who was stored anew under another spelling of the number outlives the old document', () => {
    const padded = aRow('gmc- 7761120', { doctor: aDoctor({ gmcReferenceNumber: ' 7761120' }) })
    assert.deepEqual(steps([padded], doctorChange()), ['create gmc-7761120', 'delete gmc- 7761120'])
    assert.deepEqual(steps([padded], doctorChange({ doctor: null })), [])
  })
})

describe('a reason', () => {
  const reasonChange = (reason: string | null): Change => ({
    kind: 'reason',
    order: 5,
    number: aNumber(NUMBER),
    reason,
  })

  test('is in every row of its number, as it is written', () => {
    const change = reasonChange(' Because ')
    assert.deepEqual(steps([JOINED, SECOND], change), ['replace tcs-1005', 'replace tcs-2000'])
    assert.equal(written([JOINED, SECOND], change, 'tcs-2000')?.parts.reason, ' Because ')
  })

  test('that is blank is none', () => {
    assert.equal(written([JOINED], reasonChange(' \u00a0'), 'tcs-1005')?.parts.reason, null)
  })

  test('of a number without rows waits in a hidden one for the doctor', () => {
    assert.deepEqual(steps([], reasonChange('Why')), ['create gmc-7761120 hidden'])
    const waiting = written([], reasonChange('Why'), 'gmc-7761120')
    assert.ok(waiting)
    assert.equal(written([waiting], doctorChange(), 'gmc-7761120')?.parts.reason, 'Why')
    assert.deepEqual(steps([waiting], traineeChange(aTrainee())), ['create tcs-1005', 'delete gmc-7761120'])
  })
})

describe('what is looked up', () => {
  test('for a trainee is the person, and the number that is left as well as the one that is joined', () => {
    const padded = { ...JOINED, parts: { ...JOINED.parts, doctor: aDoctor({ gmcReferenceNumber: ' 7761120' }) } }
    assert.deepEqual(lookupFor(traineeChange(aTrainee({ gmcReferenceNumber: OTHER })), padded), {
      ids: ['tcs-1005', 'gmc-7761120', 'gmc-1234567', 'gmc- 7761120'],
      numbers: [NUMBER, OTHER],
    })
    assert.deepEqual(lookupFor(traineeChange(null), null), { ids: ['tcs-1005'], numbers: [] })
  })

  test('for a doctor is the number, and `_id` as stored', () => {
    const storedId = ' 7761120'
    assert.deepEqual(lookupFor(doctorChange({ storedId }), null), {
      ids: ['gmc- 7761120', 'gmc-7761120'],
      numbers: [NUMBER],
    })
    assert.deepEqual(lookupFor(doctorChange({ storedId: 'UNKNOWN' }), null), { ids: ['gmc-UNKNOWN'], numbers: [] })
  })

  test('afterwards are the reasons of the numbers that a trainee or doctor concerns', () => {
    const moves = traineeChange(aTrainee({ gmcReferenceNumber: OTHER }))
    assert.deepEqual(reasonsToRead(moves, JOINED), [NUMBER, OTHER])
    assert.deepEqual(reasonsToRead(doctorChange(), null), [NUMBER])
    assert.deepEqual(reasonsToRead({ kind: 'reason', order: 1, number: aNumber(NUMBER), reason: null }, null), [])
  })
})
