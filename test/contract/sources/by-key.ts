import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { DoctorRecordKeys, TraineeRecordKeys } from '../../../src/ports/sources.ts'
import { gmcCollections, id, number, tcsTables } from './arbitraries.ts'
import { doctorsIn, inOrder, personsIn } from './joining.ts'
import type { SourcesFactory } from './place.ts'
import { row } from './rows.ts'

/** Those of the texts that are GMC numbers, trimmed. */
export function numbers(...texts: readonly string[]): GmcNumber[] {
  return texts.map((text) => gmcNumber(text)).filter((each) => each !== null)
}

const someNumbers = fc.array(number, { maxLength: 4 }).map((texts) => numbers(...texts))

/** More than a batch of changes, and more than a page of any backend. */
const MANY = 1_500
const manyIds = Array.from({ length: MANY }, (_, index) => index + 1)
const numberOf = (each: number) => String(1_000_000 + each)

export function traineesByKey(factory: SourcesFactory): void {
  test('people are found by id and by number, each once; who is not there is absent', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const tables = {
      ContactDetails: [1, 2, 3, 4, 5, 6].map((each) => row('ContactDetails', { id: each, surname: `Khan ${each}` })),
      // Two people with one number, a number without a person, and a text in place of a number.
      GmcDetails: [
        ...['1111111', '2222222', '2222222', 'UNKNOWN'].map((gmcNumber, at) =>
          row('GmcDetails', { id: at + 1, gmcNumber }),
        ),
        row('GmcDetails', { id: 7, gmcNumber: '7777777' }),
      ],
    }
    await place.fill(tables)
    const idsOf = async (keys: TraineeRecordKeys) =>
      (await place.trainees.recordsOf(keys)).map(({ personId }) => personId).toSorted((a, b) => a - b)
    assert.deepEqual(await idsOf({ personIds: [1, 6, 1, 99, -1], numbers: [] }), [1, 6])
    assert.deepEqual(await idsOf({ personIds: [], numbers: numbers('2222222', '7777777', '9999999') }), [2, 3])
    assert.deepEqual(await idsOf({ personIds: [2, 4], numbers: numbers('1111111', '2222222') }), [1, 2, 3, 4])
    assert.deepEqual(await idsOf({ personIds: [], numbers: [] }), [])
    const [person] = await place.trainees.recordsOf({ personIds: [2], numbers: [] })
    assert.deepEqual(person, personsIn(tables)[1])
  })

  test('what is read by key is joined by the same rules, for any tables and keys', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const keys = fc.record({ personIds: fc.array(id, { maxLength: 4 }), numbers: someNumbers })
    await fc.assert(
      fc.asyncProperty(tcsTables, fc.array(keys, { minLength: 1, maxLength: 5 }), async (tables, lists) => {
        await place.fill(tables)
        const persons = personsIn(tables)
        for (const { personIds, numbers: wanted } of lists) {
          const hasKey = (text: string | null | undefined, personId: number) =>
            personIds.includes(personId) || wanted.some((each) => each === text)
          const found = await place.trainees.recordsOf({ personIds, numbers: wanted })
          // A padded number may be found, or not.
          const read = found.filter(({ personId, gmcDetails }) => {
            assert.ok(hasKey(gmcDetails?.gmcNumber?.trim(), personId))
            return hasKey(gmcDetails?.gmcNumber, personId)
          })
          const expected = persons.filter(({ personId, gmcDetails }) => hasKey(gmcDetails?.gmcNumber, personId))
          assert.deepEqual(inOrder(read), inOrder(expected))
        }
      }),
      { numRuns: 40 },
    )
  })

  test('many people are read at once, as they are now', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    for (const surname of ['before', 'after']) {
      await place.fill({
        ContactDetails: manyIds.map((each) => row('ContactDetails', { id: each, surname })),
        GmcDetails: manyIds.map((each) => row('GmcDetails', { id: each, gmcNumber: numberOf(each) })),
      })
      const read = await place.trainees.recordsOf({
        personIds: manyIds.filter((each) => each % 2 === 0),
        numbers: numbers(...manyIds.filter((each) => each % 3 === 0).map(numberOf)),
      })
      const expected = manyIds.filter((each) => each % 2 === 0 || each % 3 === 0)
      assert.deepEqual(
        read.map(({ personId }) => personId).toSorted((a, b) => a - b),
        expected,
      )
      assert.ok(read.every((each) => each.surname === surname))
    }
  })
}

export function doctorsByKey(factory: SourcesFactory): void {
  test('documents are found by trimmed number and by exact id; what is not there is absent', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const ids = ['1111111', ' 2222222\u00a0', '3333333', ' 3333333', '4444444', 'UNKNOWN', ' UNKNOWN', 'N/A']
    await place.fill({
      doctorsForDB: ids.map((storedId) => row('doctorsForDB', { storedId })),
      recommendation: [
        row('recommendation', { storedId: 'a', gmcNumber: '1111111', actualSubmissionDate: '2026-01-01' }),
        row('recommendation', { storedId: 'b', gmcNumber: '1111111', actualSubmissionDate: '2025-01-01' }),
        row('recommendation', { storedId: 'c', gmcNumber: '2222222' }),
        row('recommendation', { storedId: 'd', gmcNumber: ' UNKNOWN' }),
      ],
    })
    const read = async (keys: DoctorRecordKeys) =>
      (await place.doctors.recordsOf(keys))
        .map(({ doctor, latest, sharesNumber }) => [doctor.storedId, latest?.storedId ?? null, sharesNumber])
        .toSorted()
    assert.deepEqual(await read({ numbers: numbers('1111111', '2222222', '9999999'), storedIds: [] }), [
      [' 2222222\u00a0', null, false],
      ['1111111', 'a', false],
    ])
    assert.deepEqual(await read({ numbers: numbers('3333333', '3333333'), storedIds: [] }), [
      [' 3333333', null, true],
      ['3333333', null, true],
    ])
    assert.deepEqual(await read({ numbers: [], storedIds: [' 3333333', ' UNKNOWN', 'unknown', 'n/a ', ''] }), [
      [' 3333333', null, true],
      [' UNKNOWN', 'd', false],
    ])
    assert.deepEqual(await read({ numbers: numbers('1111111'), storedIds: ['1111111', '4444444'] }), [
      ['1111111', 'a', false],
      ['4444444', null, false],
    ])
    assert.deepEqual(await read({ numbers: [], storedIds: [] }), [])
  })

  test('what is read by key is what a snapshot returns, for any collections and keys', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const keys: fc.Arbitrary<DoctorRecordKeys> = fc.record({
      numbers: someNumbers,
      storedIds: fc.array(number, { maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(gmcCollections, fc.array(keys, { minLength: 1, maxLength: 5 }), async (collections, lists) => {
        await place.fill(collections)
        const doctors = doctorsIn(collections)
        for (const wanted of lists) {
          const expected = doctors.filter(({ doctor: { storedId } }) => {
            const own = gmcNumber(storedId)
            return wanted.storedIds.includes(storedId) || (own !== null && wanted.numbers.includes(own))
          })
          assert.deepEqual(inOrder(await place.doctors.recordsOf(wanted)), inOrder(expected))
        }
      }),
      { numRuns: 40 },
    )
  })

  test('many documents are read at once, as they are now', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    for (const admin of ['before', 'after']) {
      await place.fill({
        doctorsForDB: manyIds.map((each) => row('doctorsForDB', { storedId: numberOf(each), admin })),
        recommendation: manyIds.map((each) =>
          row('recommendation', { storedId: `of ${each}`, gmcNumber: numberOf(each) }),
        ),
      })
      const read = await place.doctors.recordsOf({
        numbers: numbers(...manyIds.slice(0, -300).map(numberOf), '9999999'),
        storedIds: manyIds.slice(300).map(numberOf),
      })
      assert.deepEqual(
        new Set(read.map(({ doctor, latest }) => `${doctor.storedId} ${latest?.storedId}`)),
        new Set(manyIds.map((each) => `${numberOf(each)} of ${each}`)),
      )
      assert.equal(read.length, MANY)
      assert.ok(read.every(({ doctor }) => doctor.admin === admin))
    }
  })

  test('a recommendation leads to its doctor, as stored; ids may be texts or ObjectIds', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const hex = (each: number) => each.toString(16).padStart(24, '0')
    await place.fill({
      recommendation: [
        row('recommendation', { storedId: 'one', gmcNumber: '1111111' }),
        row('recommendation', { storedId: hex(171), gmcNumber: ' 2222222' }),
        row('recommendation', { storedId: 'nobody' }),
        row('recommendation', { storedId: 'other', gmcNumber: 'UNKNOWN' }),
        row('recommendation', { storedId: 'not asked for', gmcNumber: '1111111' }),
      ],
    })
    const asked = ['one', hex(171), 'nobody', 'other', hex(172), 'ONE', 'two', 'one']
    assert.deepEqual(Object.fromEntries(await place.doctors.doctorsOfRecommendations(asked)), {
      one: '1111111',
      [hex(171)]: ' 2222222',
      other: 'UNKNOWN',
    })
    assert.equal((await place.doctors.doctorsOfRecommendations([])).size, 0)
  })

  test('many recommendations are looked up at once, as they are now', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    for (const shift of [0, 1]) {
      await place.fill({
        recommendation: manyIds.map((each) =>
          row('recommendation', { storedId: `of ${each}`, gmcNumber: numberOf(each + shift) }),
        ),
      })
      const found = await place.doctors.doctorsOfRecommendations(manyIds.map((each) => `of ${each}`))
      assert.deepEqual(new Map(found), new Map(manyIds.map((each) => [`of ${each}`, numberOf(each + shift)])))
    }
  })
}
