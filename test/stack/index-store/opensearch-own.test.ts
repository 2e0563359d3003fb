import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { documentText } from '../../../src/adapters/index-store/opensearch/row-document.ts'
import { indexBody } from '../../../src/adapters/index-store/opensearch/schema.ts'
import { assemble } from '../../../src/domain/assemble.ts'
import { INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import { londonDay } from '../../../src/domain/day.ts'
import { doctorRowId, type Row } from '../../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create, filled, found, ONE, people, remove, replace, stored } from '../../contract/index-store/rows.ts'
import { traineeRow, written } from '../../contract/index-store/rows.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

interface Hits {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _source: Record<string, unknown> }[] }
}

/** The ids that a search through one of the five aliases gives, as a Java service would ask. */
async function search(place: SearchPlace, name: IndexName, body: object): Promise<string[]> {
  const answer = (await place.ask('POST', `/${place.settings.searchPrefix}${name}/_search`, body)) as Hits
  return answer.hits.hits.map(({ _id }) => _id)
}

/** A live generation with three doctors. */
async function withDoctors(place: SearchPlace): Promise<void> {
  const { store } = place
  await store.createGeneration(generation('g1'))
  const row = (person: number, name: string, programmeName: string, type: string) =>
    aRow(`tcs-${person}`, {
      trainee: aTrainee({ tcsPersonId: person, doctorLastName: name, programmeName, programmeMembershipType: type }),
      doctor: person === 3 ? null : aDoctor({ doctorLastName: name }),
    })
  await written(
    store,
    create(row(1, 'van Dyke', 'Core Surgical Training', 'SUBSTANTIVE')),
    create(row(2, 'ÉLAN', 'Cardiology | Core Medical Training', 'Visitor')),
    create(row(3, 'Abel', 'Cardiology', 'SUBSTANTIVE')),
  )
  await store.makeVisible('g1')
  await store.promote('g1', null)
}

describe('a reader of the five aliases over HTTP', () => {
  test('finds whole values by .keyword, words and phrases by the field', async (t) => {
    const place = await placeFor(t)
    await withDoctors(place)
    const master = (query: object) => search(place, 'masterdoctorindex', { query, sort: ['_id'] })
    assert.deepEqual(await master({ term: { 'doctorLastName.keyword': 'van Dyke' } }), ['tcs-1'])
    assert.deepEqual(await master({ term: { 'designatedBody.keyword': '1-1RSSQ1B' } }), ['tcs-1', 'tcs-2'])
    assert.deepEqual(await master({ match: { doctorLastName: 'dyke' } }), ['tcs-1'])
    assert.deepEqual(await master({ match_phrase: { programmeName: 'core medical' } }), ['tcs-2'])
    assert.deepEqual(await master({ match_phrase_prefix: { doctorLastName: 'van dy' } }), ['tcs-1'])
    assert.deepEqual(await master({ exists: { field: 'designatedBody' } }), ['tcs-1', 'tcs-2'])
    assert.deepEqual(await master({ range: { submissionDate: { gte: '2027-01-05', lte: '2027-01-05' } } }), [
      'tcs-1',
      'tcs-2',
    ])
    assert.deepEqual(await master({ term: { existsInGmc: true } }), ['tcs-1', 'tcs-2'])
  })

  test('sorts by .keyword as letters are encoded', async (t) => {
    const place = await placeFor(t)
    await withDoctors(place)
    const sorted = (sort: string) => search(place, 'masterdoctorindex', { sort: [sort] })
    assert.deepEqual(await sorted('doctorLastName.keyword'), ['tcs-3', 'tcs-1', 'tcs-2'])
    assert.deepEqual(await sorted('tcsPersonId'), ['tcs-1', 'tcs-2', 'tcs-3'])
  })

  test('sees the rows of each alias', async (t) => {
    const place = await placeFor(t)
    await withDoctors(place)
    const shown = await Promise.all(INDEX_NAMES.map((name) => search(place, name, { sort: ['tcsPersonId'] })))
    assert.deepEqual(shown, [
      ['tcs-1', 'tcs-2', 'tcs-3'],
      ['tcs-1', 'tcs-2', 'tcs-3'],
      ['tcs-1', 'tcs-2'],
      ['tcs-3'],
      ['tcs-2'],
    ])
  })

  test('sees among the exceptions whose membership ended before the day it is in London now', async (t) => {
    const place = await placeFor(t)
    const { store } = place
    await store.createGeneration(generation('g1'))
    // Midnight may come between writing and reading: the days on either side of it are told by what is then read.
    const around = [-2, -1, 0, 1].map((days) => londonDay(Date.now() + days * 86_400_000))
    const rows = around.map((day, at) => {
      const trainee = aTrainee({ tcsPersonId: at, programmeMembershipEndDate: day })
      return create(aRow(`tcs-${at}`, { trainee, doctor: aDoctor() }))
    })
    await written(store, ...rows)
    await store.makeVisible('g1')
    await store.promote('g1', null)
    const before = londonDay(Date.now())
    const ended = await search(place, 'exceptionindex', { sort: ['tcsPersonId'] })
    const after = londonDay(Date.now())
    const expectedOn = (today: string) => around.flatMap((day, at) => (day < today ? [`tcs-${at}`] : []))
    assert.ok(
      [before, after].some((today) => String(expectedOn(today)) === String(ended)),
      String(ended),
    )
  })

  test('cannot write through the aliases', async (t) => {
    const place = await placeFor(t)
    await withDoctors(place)
    for (const name of INDEX_NAMES) {
      const path = `/${place.settings.searchPrefix}${name}`
      await assert.rejects(place.ask('PUT', `${path}/_doc/tcs-1`, { doctorLastName: 'X' }), /no write index/)
      await assert.rejects(place.ask('DELETE', `${path}/_doc/tcs-1`), /no write index/)
    }
    assert.deepEqual(await people(place.store, 'live'), [1, 2, 3])
  })
})

describe('generations', () => {
  test('a write after a drop creates no index', async (t) => {
    const place = await placeFor(t)
    const { store } = place
    const beside = await place.open()
    await store.createGeneration(generation('g1'))
    const [outcome] = await beside.write('g1', [create(traineeRow(1))])
    assert.equal(outcome?.status, 'written')
    await store.dropGeneration('g1')
    await assert.rejects(beside.write('g1', [create(traineeRow(2))]), { code: 'GENERATION_UNKNOWN' })
    await assert.rejects(beside.write('g1', [remove('tcs-1', '0.1.tcs-1')]), { code: 'GENERATION_UNKNOWN' })
    assert.deepEqual(await place.ask('GET', `/${place.settings.searchPrefix}*/_settings`), {})
  })

  test('an id that would be a pattern or another path is not a generation', async (t) => {
    const { store } = await placeFor(t)
    await filled(store, 'g1', 1)
    for (const id of ['*', 'g1,g2', '../g1', 'G1', '']) {
      await assert.rejects(store.dropGeneration(id), { code: 'GENERATION_UNKNOWN' })
      await assert.rejects(store.count(id, TODAY), { code: 'GENERATION_UNKNOWN' })
    }
    assert.deepEqual(await people(store, 'g1'), [1])
  })

  test('one that is dropped while it is read: the reader gets an error instead of half of it', async (t) => {
    const { store } = await placeFor(t)
    await filled(store, 'g1', ...Array.from({ length: 1_500 }, (_, person) => person))
    const reading = store.documents('g1', 'masterdoctorindex', TODAY)[Symbol.asyncIterator]()
    await reading.next()
    await store.dropGeneration('g1')
    const toItsEnd = async () => {
      while ((await reading.next()).done !== true);
    }
    await assert.rejects(toItsEnd(), { code: 'STORE_FAILED', message: /dropped/ })
  })

  test('have the copies of the settings from their promotion on', async (t) => {
    const { store, ask, settings } = await placeFor(t, { searchReplicas: 1, searchShards: 3 })
    await filled(store, 'g1', 1)
    const path = `/${settings.searchPrefix}reval-generation-g1/_settings?filter_path=*.settings.index.number_of_*`
    const numbers = async () => Object.values((await ask('GET', path)) as Record<string, unknown>)
    assert.deepEqual(await numbers(), [{ settings: { index: { number_of_replicas: '0', number_of_shards: '3' } } }])
    await store.promote('g1', null)
    assert.deepEqual(await numbers(), [{ settings: { index: { number_of_replicas: '1', number_of_shards: '3' } } }])
  })

  test('on several shards tokens are still good for one row only, and nothing is found twice', async (t) => {
    const { store } = await placeFor(t, { searchShards: 3, searchBulkRows: 7 })
    await store.createGeneration(generation('g1'))
    const rows = Array.from({ length: 40 }, (_, person) => traineeRow(person))
    await written(store, ...rows.map(create))
    await store.makeVisible('g1')
    const all = await found(store, ONE)
    assert.equal(all.length, 40)
    // Each with the token of the next: whichever shard that is on, it is another row.
    const shifted = all.map(({ row }, at) => remove(row.id, all[(at + 1) % all.length]?.token ?? ''))
    const outcomes = await store.write('g1', shifted)
    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['conflict']))
    await written(store, ...all.map(({ row, token }) => remove(row.id, token)))
    await store.makeVisible('g1')
    assert.deepEqual(await people(store, 'g1'), [])
  })
})

describe('rows', () => {
  test('one that the engine refuses fails alone among the good ones, with the reason', async (t) => {
    const { store } = await placeFor(t)
    await store.createGeneration(generation('g1'))
    const refused = aRow('tcs-2', { trainee: aTrainee({ tcsPersonId: 2, curriculumEndDate: 'some day' }) })
    const outcomes = await store.write('g1', [create(traineeRow(1)), create(refused), create(traineeRow(3))])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['written', 'failed', 'written'],
    )
    assert.match(outcomes[1]?.status === 'failed' ? outcomes[1].reason : '', /curriculumEndDate/)
    await store.makeVisible('g1')
    assert.deepEqual(await people(store, 'g1'), [1, 3])
  })

  test('the longest id that the domain lets through is kept', async (t) => {
    const { store } = await placeFor(t)
    await store.createGeneration(generation('g1'))
    const longest = aRow(doctorRowId('€'.repeat(128)), { doctor: aDoctor() })
    await written(store, create(longest))
    assert.equal((await store.get('g1', [longest.id])).length, 1)
  })

  test('text longer than an index takes is kept and shown whole', async (t) => {
    const { store } = await placeFor(t)
    await store.createGeneration(generation('g1'))
    const name = 'ȺB '.repeat(20_000) + 'X'.repeat(40_000)
    await written(store, create(traineeRow(1, ONE, name)))
    await store.makeVisible('g1')
    const [document] = await Array.fromAsync(store.documents('g1', 'masterdoctorindex', TODAY))
    assert.equal(document?.doctorFirstName, name)
    assert.equal((await found(store, ONE))[0]?.row.parts.trainee?.doctorFirstName, name)
  })

  test('more rows of one number than a search gives at once are all found', async (t) => {
    const { store } = await placeFor(t)
    await store.createGeneration(generation('g1'))
    const count = 10_500
    await written(store, ...Array.from({ length: count }, (_, person) => create(traineeRow(person))))
    await store.makeVisible('g1')
    const all = await found(store, ONE)
    assert.equal(new Set(all.map(({ row }) => row.id)).size, count)
    assert.equal(all.length, count)
  })
})

test('after closing, every call rejects, and closing again is allowed', async (t) => {
  const { store } = await placeFor(t)
  await filled(store, 'g1', 1)
  await store.close()
  await store.close()
  const closed = { code: 'STORE_FAILED' }
  await assert.rejects(store.ping(), closed)
  await assert.rejects(store.generations(), closed)
  await assert.rejects(store.write('g1', [create(traineeRow(2))]), closed)
  await assert.rejects(Array.fromAsync(store.documents('live', 'masterdoctorindex', TODAY)), closed)
})

/** An index as a version wrote it that did not know `placementGrade`, with a row in it. */
async function olderGeneration({ ask, settings }: SearchPlace, id: string, row: Row): Promise<void> {
  const alias = `${settings.searchPrefix}reval-generation-${id}`
  const body = structuredClone(
    indexBody({ ...generation(id), assembleVersion: 1 }, { aliases: [alias], searchShards: 1 }),
  )
  // What `indexBody` puts there.
  delete (body as { mappings: { properties: Record<string, unknown> } }).mappings.properties.placementGrade
  await ask('PUT', `/${alias}-1`, body)
  const document = JSON.parse(documentText(row)) as { reval: { parts: unknown[][] }; placementGrade?: string }
  delete document.placementGrade
  document.reval.parts[0]?.pop()
  await ask('PUT', `/${alias}/_doc/${row.id}`, document)
}

describe('a generation that was filled before a field was added', () => {
  const row = aRow('tcs-1', { trainee: aTrainee({ placementGrade: '7 | 9' }), doctor: aDoctor() })
  const { trainee } = row.parts

  test('is read without it in rows, profile and documents, and takes no write', async (t) => {
    const place = await placeFor(t)
    const { store } = place
    await olderGeneration(place, 'g1', row)
    await store.makeVisible('g1')
    const read = await stored(store, row.id)
    assert.deepEqual(read.row.parts, { ...row.parts, trainee: trainee && { ...trainee, placementGrade: null } })
    assert.deepEqual(read.document, { ...assemble(row.parts), placementGrade: null })
    const profile = await store.profile('g1', TODAY)
    assert.deepEqual([profile.fields.tcsPersonId, profile.fields.placementGrade], [1, 0])
    await store.createGeneration(generation('g2'))
    await store.write('g2', [create(row)])
    await store.makeVisible('g2')
    const now = await store.profile('g2', TODAY)
    assert.deepEqual(now.fields, { ...profile.fields, placementGrade: 1 })
    assert.deepEqual({ ...now, fields: profile.fields }, profile)
    for (const name of INDEX_NAMES) {
      for (const document of await Array.fromAsync(store.documents('g1', name, TODAY))) {
        assert.ok(!('placementGrade' in document))
      }
    }
    await assert.rejects(store.write('g1', [replace(row, read.token)]), { code: 'GENERATION_VERSION' })
  })

  test('can be rolled back to, and replaced again', async (t) => {
    const place = await placeFor(t)
    const { store } = place
    await olderGeneration(place, 'g1', row)
    await store.makeVisible('g1')
    await store.promote('g1', null)
    await filled(store, 'g2', 1, 2)
    await store.promote('g2', 'g1')
    await store.promote('g1', 'g2')
    assert.equal((await store.liveAliases())?.masterdoctorindex, 'g1')
    assert.deepEqual(await search(place, 'masterdoctorindex', { query: { exists: { field: 'placementGrade' } } }), [])
    assert.equal((await Array.fromAsync(store.documents('live', 'connectedindex', TODAY))).length, 1)
    await store.promote('g2', 'g1')
    assert.deepEqual(await people(store, 'g2'), [1, 2])
  })
})

test('a stream names no wrong key in a generation of another layout: an earlier version wrote other keys', async (t) => {
  const place = await placeFor(t)
  await filled(place.store, 'g1', 1)
  await place.plant('g1', 'tcs-1', { change: 'key', key: 'find.last', value: 'wrong' })
  const wrongKeys = async () => {
    await place.store.makeVisible('g1')
    const [row] = (await Array.fromAsync(place.store.rows('g1'))).flat()
    return row?.read().wrongKeys
  }
  assert.deepEqual(await wrongKeys(), ['find.last'])
  await place.layOut('g1', 2)
  assert.deepEqual(await wrongKeys(), [])
})
