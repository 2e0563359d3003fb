import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { indexStoreContract, type StorePlace } from '../../contract/index-store.ts'
import { generation, openPlace } from '../../contract/index-store/place.ts'
import { create, found, ONE, people, remove, replace, statuses, stored } from '../../contract/index-store/rows.ts'
import { traineeRow, TWO, written } from '../../contract/index-store/rows.ts'
import { filledTables } from '../../contract/index-store/table-rows.ts'
import { TODAY } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { LaggingStore, type Searched } from '../../faults/lagging-store.ts'
import { passingFault } from '../../faults/passing-fault.ts'
import { sqlitePlace } from './sqlite-place.ts'

async function laggingPlace(): Promise<StorePlace> {
  const place = await sqlitePlace({ ownThread: false })
  const searched: Searched = new Map()
  return {
    store: new LaggingStore(place.store, searched),
    reopen: async () => new LaggingStore(await place.reopen(), searched),
    openReader: async () => new LaggingStore(await place.openReader(), searched),
    openWriter: null,
    spoil: (id) => place.spoil(id),
    plant: async (generation, id, planted) => {
      await place.plant(generation, id, planted)
      searched.get(generation)?.touch([{ op: 'delete', id, token: '' }])
    },
    plantInTable: async (generation, list, id, document) => {
      await place.plantInTable(generation, list, id, document)
      searched.get(generation)?.touchIds([id])
    },
    keys: place.keys,
    layOut: (id, layout) => place.layOut(id, layout),
    dispose: () => place.dispose(),
  }
}

indexStoreContract(laggingPlace, { countsAtOnce: false, rowsAtOnce: 500, readsDropped: true })

/** A store with one visible row with number ONE, unchanged since. */
async function withOneRow(t: TestContext): Promise<StorePlace> {
  const place = await openPlace(t, laggingPlace)
  const { store } = place
  await store.createGeneration(generation('g1'))
  await written(store, create(traineeRow(1)))
  await store.makeVisible('g1')
  return place
}

const foundByEach = async (store: IndexStore) => [(await found(store, ONE)).length, (await found(store, TWO)).length]

describe('before makeVisible', () => {
  test('a created row is in no search, count, profile or document', async (t) => {
    const { store, openReader } = await withOneRow(t)
    await store.promote('g1', null)
    await written(store, create(traineeRow(2)))
    assert.deepEqual((await stored(store, 'tcs-2')).row, traineeRow(2))
    const reader = await openReader()
    for (const each of [store, reader]) {
      assert.equal((await found(each, ONE)).length, 1)
      assert.equal((await each.count('g1', TODAY)).withTrainee, 1)
      assert.equal((await each.profile('g1', TODAY)).withTrainee, 1)
      assert.deepEqual(await people(each, 'g1'), [1])
      assert.deepEqual(await people(each, 'live'), [1])
    }
    await store.makeVisible('g1')
    assert.equal((await found(store, ONE)).length, 2)
    assert.deepEqual(await people(reader, 'live'), [1, 2])
  })

  test('a created row is in no table, and a mended one stays as it was', async (t) => {
    const { store, plantInTable } = await openPlace(t, laggingPlace)
    await filledTables(store, 'g1', [traineeRow(1)])
    await plantInTable('g1', 'recommendationindex', 'tcs-1', null)
    await store.makeVisible('g1')
    await store.promote('g1', null)
    const seen = async () => [
      (await store.countTables('g1'))?.recommendationindex,
      (await Array.fromAsync(store.tableRows('g1', 'recommendationindex'))).flat().map(({ id }) => id),
      await people(store, 'live', 'recommendationindex'),
    ]
    await store.mendTables('g1', ['tcs-1'])
    await written(store, create(traineeRow(2)))
    assert.equal((await store.tableRowsOf('g1', 'recommendationindex', ['tcs-1', 'tcs-2'])).length, 2)
    assert.deepEqual(await seen(), [0, [], []])
    await store.makeVisible('g1')
    assert.deepEqual(await seen(), [2, ['tcs-1', 'tcs-2'], [1, 2]])
  })

  test('a rewritten row is found as it was, with an outdated token', async (t) => {
    const { store } = await withOneRow(t)
    await written(store, replace(traineeRow(1, ONE, 'B'), (await stored(store, 'tcs-1')).token))
    const [outdated] = await found(store, ONE)
    assert.deepEqual(outdated?.row, traineeRow(1))
    assert.deepEqual(await statuses(store, replace(traineeRow(1, ONE, 'C'), outdated.token)), ['conflict'])
    await store.makeVisible('g1')
    assert.deepEqual((await found(store, ONE))[0], await stored(store, 'tcs-1'))
  })

  test('a row with a new number is found by its old number only', async (t) => {
    const { store } = await withOneRow(t)
    await written(store, replace(traineeRow(1, TWO), (await stored(store, 'tcs-1')).token))
    assert.deepEqual(await foundByEach(store), [1, 0])
    await store.makeVisible('g1')
    assert.deepEqual(await foundByEach(store), [0, 1])
  })

  test('a deleted row is found, and a recreated one by its old number', async (t) => {
    const { store } = await withOneRow(t)
    await written(store, remove('tcs-1', (await stored(store, 'tcs-1')).token))
    assert.deepEqual(await foundByEach(store), [1, 0])
    assert.deepEqual(await people(store, 'g1'), [1])
    await written(store, create(traineeRow(1, TWO)))
    assert.deepEqual(await foundByEach(store), [1, 0])
    await store.makeVisible('g1')
    assert.deepEqual(await foundByEach(store), [0, 1])
  })

  test('it lags for the next process too', async (t) => {
    const { store, reopen } = await withOneRow(t)
    await written(store, create(traineeRow(2)))
    const next = await reopen()
    assert.deepEqual(await foundByEach(next), [1, 0])
    await next.makeVisible('g1')
    assert.deepEqual(await foundByEach(next), [2, 0])
  })

  test('a concurrent write stays invisible', async (t) => {
    const { store: own } = await openPlace(t, sqlitePlace)
    const gate = new Gate()
    const held = altered(own, {
      write:
        (write) =>
        async (...values) => {
          await gate.pass()
          return write(...values)
        },
    })
    const store = new LaggingStore(held)
    await store.createGeneration(generation('g1'))
    const writing = store.write('g1', [create(traineeRow(1))])
    await gate.reached
    await store.makeVisible('g1')
    gate.open()
    await writing
    assert.equal((await stored(store, 'tcs-1')).row.id, 'tcs-1')
    assert.deepEqual(await foundByEach(store), [0, 0])
    await store.makeVisible('g1')
    assert.deepEqual(await foundByEach(store), [1, 0])
  })

  test('a failed makeVisible changes nothing', async (t) => {
    const { store: own } = await openPlace(t, sqlitePlace)
    const fault = passingFault(1, 'STORE_FAILED')
    const failing = altered(own, {
      makeVisible:
        (makeVisible) =>
        async (...values) => {
          fault()
          await makeVisible(...values)
        },
    })
    const store = new LaggingStore(failing)
    await store.createGeneration(generation('g1'))
    await written(store, create(traineeRow(1)))
    await assert.rejects(store.makeVisible('g1'), { code: 'STORE_FAILED' })
    assert.deepEqual(await people(store, 'g1'), [])
    await store.makeVisible('g1')
    assert.deepEqual(await people(store, 'g1'), [1])
  })
})
