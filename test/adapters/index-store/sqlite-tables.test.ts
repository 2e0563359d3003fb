import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { partsToText } from '../../../src/adapters/index-store/row-codec.ts'
import { aTrainee } from '../../domain/examples.ts'
import { filled } from '../../contract/index-store/rows.ts'
import { create, statuses, traineeRow, written } from '../../contract/index-store/rows.ts'
import { assertTables, currentTables, filledTables, PEOPLE, whole } from '../../contract/index-store/table-rows.ts'
import { withTables } from '../../contract/index-store/place.ts'
import { placeFor } from './sqlite-place.ts'
import { generationFile } from './sqlite-planting.ts'

test('tables of more rows than a step takes are filled in several; one that stops leaves a part', async (t) => {
  const { store } = await placeFor(t)
  await store.createGeneration(withTables('g1'))
  const many = Array.from({ length: 5_001 }, (_, at) => traineeRow(at, null))
  await written(store, ...many.map(create))
  await store.makeVisible('g1')
  const stopping = new AbortController()
  const onRows = () => stopping.abort(new Error('stopped'))
  await assert.rejects(store.fillTables('g1', { signal: stopping.signal, onRows }), { message: 'stopped' })
  assert.equal((await store.countTables('g1'))?.recommendationindex, 5_000)
  const told: number[] = []
  await store.fillTables('g1', { ...whole(), onRows: (rows) => told.push(rows) })
  assert.deepEqual([...new Set(told)], [10_000, 10_002])
  await assertTables(store, 'g1', many)
})

test('a disk that is full while tables are filled leaves them unfilled, and they can be filled later', async (t) => {
  const place = await placeFor(t)
  const many = Array.from({ length: 2_000 }, (_, at) => traineeRow(100 + at, null))
  const rows = [...PEOPLE, ...many]
  await place.store.createGeneration(withTables('g1'))
  await written(place.store, ...rows.map(create))
  await place.store.makeVisible('g1')
  await place.store.close()
  // No more than the file has.
  const full = await place.open({ maxPages: 1 })
  await assert.rejects(full.fillTables('g1', whole()), { code: 'DISK_FULL' })
  await full.close()
  const later = await place.reopen()
  await assert.rejects(later.promote('g1', null), { code: 'GENERATION_UNREADABLE' })
  await later.fillTables('g1', whole())
  await assertTables(later, 'g1', rows)
  await later.promote('g1', null)
})

test('tables follow rows that another program or an earlier version writes', async (t) => {
  const { store, directory } = await placeFor(t)
  await filledTables(store, 'g1')
  const [, second] = PEOPLE
  const file = new DatabaseSync(generationFile(directory, 'g1'), { timeout: 5_000 })
  file.exec("DELETE FROM row WHERE id <> 'tcs-2'")
  file.exec("UPDATE row SET id = 'tcs-8', membershipType = 'SUBSTANTIVE', connectionStatus = 'Yes'")
  const add = "INSERT INTO row (key, id, seq, connectionStatus, parts) VALUES (99, 'tcs-9', 99, 'No', ?)"
  file.prepare(add).run(partsToText(second?.parts ?? assert.fail()))
  file.close()
  await store.makeVisible('g1')
  const counts = { recommendationindex: 2, connectedindex: 1, disconnectedindex: 1, exceptionindex: 0 }
  assert.deepEqual(await store.countTables('g1'), counts)
  const { connectedindex, disconnectedindex } = await currentTables(store, 'g1', ['tcs-8', 'tcs-9'])
  assert.equal(connectedindex.get('tcs-8')?.doctorLastName, 'Khan')
  assert.deepEqual(disconnectedindex.get('tcs-9'), { connectionStatus: 'No' })
})

test('tables have no row that the store refuses', async (t) => {
  const { store } = await placeFor(t)
  await filledTables(store, 'g1')
  const parts = { ...traineeRow(7).parts, trainee: aTrainee({ tcsPersonId: 7, doctorFirstName: '\uD800' }) }
  assert.deepEqual(await statuses(store, create({ id: 'tcs-7', parts }), create(traineeRow(8))), ['failed', 'written'])
  await assertTables(store, 'g1', [...PEOPLE, traineeRow(8)])
})

test('a generation with a damaged table is not promoted', async (t) => {
  const place = await placeFor(t)
  await filledTables(place.store, 'g1')
  const file = new DatabaseSync(generationFile(place.directory, 'g1'))
  file.exec('DROP TABLE exceptionindex')
  file.close()
  await assert.rejects(place.store.promote('g1', null), { code: 'GENERATION_UNREADABLE' })
})

test('there are no indexes of a Java service to adopt or to release', async (t) => {
  const { store } = await placeFor(t)
  await filled(store, 'g1', 1)
  await assert.rejects(store.adoptIndexes('g2', 1), { code: 'NOTHING_TO_ADOPT' })
  await assert.rejects(store.releaseIndexes('g1'), { code: 'NOTHING_TO_RELEASE' })
  await assert.rejects(store.releaseIndexes('g2'), { code: 'GENERATION_UNKNOWN' })
})
