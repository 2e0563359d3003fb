import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gmcCollections } from './arbitraries.ts'
import { doctorsIn, inOrder } from './joining.ts'
import { readAll, type SourcesCapabilities, type SourcesFactory } from './place.ts'
import { row } from './rows.ts'

export function doctors(factory: SourcesFactory, capabilities: SourcesCapabilities): void {
  test('a doctor is returned as stored, with any values', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const doctor = row('doctorsForDB', {
      storedId: ' 1234567\u00a0',
      doctorFirstName: 'ZOË',
      doctorLastName: "O'BRIEN",
      submissionDate: '2031-12-15',
      dateAdded: '2014-03-03',
      underNotice: 'PERHAPS',
      sanction: 'No',
      doctorStatus: 'DRAFT',
      lastUpdatedDate: '2025-12-23',
      designatedBodyCode: '',
      admin: 'reval.admin@example.nhs.uk',
      existsInGmc: false,
    })
    const bare = row('doctorsForDB', { storedId: 'UNKNOWN' })
    await place.fill({ doctorsForDB: [doctor, bare] })
    const read = (await readAll(place.doctors)).toSorted((a, b) => (a.doctor.storedId < b.doctor.storedId ? -1 : 1))
    assert.deepEqual(read, [
      { doctor, latest: null, sharesNumber: false },
      { doctor: bare, latest: null, sharesNumber: false },
    ])
  })

  test('a recommendation belongs to the doctor whose stored id it names exactly', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill({
      doctorsForDB: ['1234567', '7654321 ', 'Unknown'].map((storedId) => row('doctorsForDB', { storedId })),
      recommendation: [
        row('recommendation', { storedId: 'a', gmcNumber: ' 1234567' }),
        row('recommendation', { storedId: 'b', gmcNumber: '7654321 ' }),
        row('recommendation', { storedId: 'c', gmcNumber: 'UNKNOWN' }),
        row('recommendation', { storedId: 'd', gmcNumber: '9999999' }),
      ],
    })
    const read = (await readAll(place.doctors)).flatMap(
      ({ doctor, latest }) => latest && [doctor.storedId, latest.storedId],
    )
    assert.deepEqual(
      read.filter((each) => each !== null),
      ['7654321 ', 'b'],
    )
  })

  test('two documents with the same trimmed number share it; other text is not shared', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const ids = ['1234567', '\u00a01234567', '7654321', 'UNKNOWN', ' UNKNOWN']
    await place.fill({ doctorsForDB: ids.map((storedId) => row('doctorsForDB', { storedId })) })
    const sharing = (await readAll(place.doctors)).filter((each) => each.sharesNumber)
    assert.deepEqual(new Set(sharing.map(({ doctor }) => doctor.storedId)), new Set(ids.slice(0, 2)))
  })

  test('of several recommendations the latest is returned', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await fc.assert(
      fc.asyncProperty(gmcCollections, async (collections) => {
        await place.fill(collections)
        assert.deepEqual(inOrder(await readAll(place.doctors)), inOrder(doctorsIn(collections)))
      }),
      { numRuns: 40 },
    )
  })

  if (!capabilities.ordersByNumber) return
  test('doctors are in the order of their trimmed numbers', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const ids = ['7000000', ' 1000000', '\u00a05000000', '3000000 ']
    await place.fill({ doctorsForDB: ids.map((storedId) => row('doctorsForDB', { storedId })) })
    const read = (await readAll(place.doctors)).map(({ doctor }) => doctor.storedId.trim())
    assert.deepEqual(read, ['1000000', '3000000', '5000000', '7000000'])
  })
}
