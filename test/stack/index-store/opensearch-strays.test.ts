import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import { filled, traineeRow } from '../../contract/index-store/rows.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

/** The ids and wrong keys of a generation's rows, as they are streamed. */
async function streamed(place: SearchPlace): Promise<[string, string][]> {
  await place.store.makeVisible('g1')
  const rows = (await Array.fromAsync(place.store.rows('g1'))).flat()
  return rows.map((row) => [row.id, row.read().wrongKeys.join()])
}

const inOrder = (...persons: number[]): [string, string][] => persons.map((person) => [`tcs-${person}`, ''])

describe('documents that another program put into a generation', () => {
  test('without what the store adds: rows without parts, at their place', async (t) => {
    const place = await placeFor(t)
    await filled(place.store, 'g1', 2, 4, 6)
    const index = `/${place.settings.searchPrefix}reval-generation-g1-1`
    await place.ask('PUT', `${index}/_doc/tcs-1`, { doctorLastName: 'Khan' })
    await place.ask('PUT', `${index}/_doc/tcs-4`, { doctorLastName: 'Khan', reval: {} })
    await place.ask('PUT', `${index}/_doc/tcs-5`, {})
    await place.ask('PUT', `${index}/_doc/tcs-7`, { doctorLastName: 'Khan', reval: { number: '1111111' } })
    assert.deepEqual(await streamed(place), [
      ['tcs-1', 'parts'],
      ['tcs-2', ''],
      ['tcs-4', 'parts'],
      ['tcs-5', 'parts'],
      ['tcs-6', ''],
      ['tcs-7', 'parts'],
    ])
    const [row] = await place.store.get('g1', ['tcs-4'])
    assert.equal(row?.document.doctorLastName, 'Khan')
    assert.equal(row.document.doctorFirstName, null)
  })

  test('with an id to sort by that is less than their own: at their place', async (t) => {
    const place = await placeFor(t)
    await filled(place.store, 'g1', 1, 2, 3, 4)
    await place.plant('g1', 'tcs-3', { change: 'key', key: 'id', value: 'gmc-1' })
    await place.plant('g1', 'tcs-4', { change: 'key', key: 'id', value: 'tcs-2' })
    assert.deepEqual(await streamed(place), [...inOrder(1, 2), ['tcs-3', 'id'], ['tcs-4', 'id']])
  })

  test('with a greater one: after all others', async (t) => {
    const place = await placeFor(t)
    await filled(place.store, 'g1', 1, 2, 3, 4)
    await place.plant('g1', 'tcs-2', { change: 'key', key: 'id', value: 'tcs-3' })
    await place.plant('g1', 'tcs-1', { change: 'key', key: 'id', value: 'tcs-9' })
    assert.deepEqual(await streamed(place), [...inOrder(3, 4), ['tcs-1', 'id'], ['tcs-2', 'id']])
  })

  test('with values that no row has: shown as text', async (t) => {
    const place = await placeFor(t)
    await filled(place.store, 'g1', 1)
    const path = `/${place.settings.searchPrefix}reval-generation-g1-1/_update/tcs-1`
    await place.ask('POST', path, {
      doc: { membershipType: ['Visitor', 'Else'], doctorLastName: 5, existsInGmc: 'true' },
    })
    const [row] = await place.store.get('g1', ['tcs-1'])
    const { membershipType, doctorLastName, existsInGmc } = row?.document ?? {}
    assert.deepEqual([membershipType, doctorLastName, existsInGmc], ['["Visitor","Else"]', '5', '"true"'])
  })

  test('by an update, which rewrites the document: equal rows with other contents', async (t) => {
    const place = await placeFor(t)
    await filled(place.store, 'g1', 1, 2)
    await filled(place.store, 'g2', 1, 2)
    const path = `/${place.settings.searchPrefix}reval-generation-g1-1/_update/tcs-1`
    await place.ask('POST', path, { doc: { doctorLastName: 'Else' } })
    await place.ask('POST', path, { doc: { doctorLastName: traineeRow(1).parts.trainee?.doctorLastName } })
    await place.store.makeVisible('g1')
    const [here, there] = await Promise.all(['g1', 'g2'].map((id) => Array.fromAsync(place.store.rows(id))))
    const [row, other] = [here?.[0]?.[0], there?.[0]?.[0]]
    assert.deepEqual(row?.read(), other?.read())
    assert.deepEqual(row?.read().document, assemble(traineeRow(1).parts))
  })
})
