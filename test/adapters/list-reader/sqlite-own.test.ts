import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { openListReader, type OpenListReaderOptions } from '../../../src/adapters/list-reader/sqlite/open.ts'
import type { ListReader } from '../../../src/ports/list-reader.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create, remove, replace, stored, traineeRow, written } from '../../contract/index-store/rows.ts'
import { listQuery } from '../../contract/list-reader/asking.ts'
import { personRow } from '../../contract/list-reader/fixture.ts'
import { filledWith } from '../../contract/list-reader/place.ts'
import { TODAY } from '../../domain/examples.ts'
import { placeFor, type SqlitePlace } from '../index-store/sqlite-place.ts'
import { generationFile, plantInFile } from '../index-store/sqlite-planting.ts'

function readerOf(t: TestContext, options: OpenListReaderOptions): ListReader {
  const reader = openListReader(options)
  t.after(() => reader.close())
  return reader
}

async function filled({ store }: SqlitePlace, ...persons: number[]): Promise<void> {
  await store.createGeneration(generation('g1'))
  await written(store, ...persons.map((person) => create(traineeRow(person))))
  await store.makeReadable('g1')
  await store.makeVisible('g1')
}

async function idsOf(reader: ListReader, id = 'g1'): Promise<string[]> {
  const { rows } = await reader.page(id, listQuery(), TODAY, { offset: 0, size: 20 })
  return rows.map((row) => row.id)
}

test('a page does not wait for the writer', async (t) => {
  const place = await placeFor(t)
  await filled(place, 1, 2)
  const reader = readerOf(t, place)
  // Until it is over, the store's thread waits for the lock.
  const other = new DatabaseSync(generationFile(place.directory, 'g1'))
  other.exec('BEGIN IMMEDIATE')
  let isWritten = false
  const writing = written(place.store, create(traineeRow(3))).then(() => {
    isWritten = true
  })
  assert.deepEqual(await idsOf(reader), ['tcs-1', 'tcs-2'])
  assert.equal(isWritten, false)
  other.close()
  await writing
  assert.deepEqual(await idsOf(reader), ['tcs-1', 'tcs-2', 'tcs-3'])
})

test('rows of a run in progress are read as they are', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const reader = readerOf(t, place)
  assert.deepEqual(await idsOf(reader), [])
  await written(place.store, create(traineeRow(1)))
  assert.deepEqual(await idsOf(reader), ['tcs-1'])
})

test('an empty directory or a damaged file is refused, and read once it is repaired', async (t) => {
  const { directory, store } = await placeFor(t)
  await store.close()
  const path = join(directory, 'index.sqlite')
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true })
  const reader = readerOf(t, { directory })
  await assert.rejects(idsOf(reader), { code: 'GENERATION_UNKNOWN' })
  await writeFile(path, 'not a database'.repeat(100))
  await reader.close()
  const next = readerOf(t, { directory })
  await assert.rejects(idsOf(next), { code: 'DATA_DIR_UNUSABLE' })
  await rm(path)
  const place = await placeFor(t)
  await filled(place, 1)
  await assert.rejects(idsOf(next), { code: 'GENERATION_UNKNOWN' })
})

test('a removed file is an error; a file that replaces it is read', async (t) => {
  const place = await placeFor(t)
  await filled(place, 1)
  const reader = readerOf(t, place)
  assert.deepEqual(await idsOf(reader), ['tcs-1'])
  await place.store.dropGeneration('g1')
  await assert.rejects(idsOf(reader), { code: 'GENERATION_UNKNOWN' })
  await filled(place, 2)
  assert.deepEqual(await idsOf(reader), ['tcs-2'])
  await rm(generationFile(place.directory, 'g1'))
  await assert.rejects(idsOf(reader), { code: 'DATA_DIR_UNUSABLE' })
})

test('the whole list is read to its end while rows are deleted', async (t) => {
  const place = await placeFor(t)
  const persons = Array.from({ length: 1_200 }, (_, at) => at + 1)
  await filled(place, ...persons)
  const reader = readerOf(t, place)
  const read: string[] = []
  for await (const batch of reader.all('g1', listQuery(), TODAY)) {
    if (read.length === 0) {
      const { token } = await stored(place.store, 'tcs-999')
      await written(place.store, remove('tcs-999', token))
    }
    read.push(...batch.map(({ id }) => id))
  }
  assert.equal(read.length, persons.length - 1)
})

test('a row that another program deletes leaves the lists', async (t) => {
  const place = await placeFor(t)
  await filled(place, 1, 2)
  const reader = readerOf(t, place)
  await plantInFile(place.directory, 'g1', 'tcs-1', { change: 'delete' })
  assert.deepEqual(await idsOf(reader), ['tcs-2'])
})

describe('a list that another program changed', () => {
  const KHAN = listQuery({ search: 'khan' })

  /** Rows that are in the index and whose lists another program altered are named, and a write of each mends its lists. */
  async function isNamedAndMended(t: TestContext, sql: string, wrong: readonly string[], found: readonly string[]) {
    const place = await placeFor(t)
    const { store, directory } = place
    await filled(place, 1, 2)
    const reader = readerOf(t, place)
    const listed = async () => (await reader.page('g1', KHAN, TODAY, { offset: 0, size: 20 })).rows.map(({ id }) => id)
    assert.deepEqual(await listed(), ['tcs-1', 'tcs-2'])
    const file = new DatabaseSync(generationFile(directory, 'g1'), { timeout: 5_000 })
    file.exec(`${sql}; UPDATE progress SET seq = seq + 1`)
    file.close()
    assert.deepEqual(await listed(), found)
    await store.makeVisible('g1')
    const rows = (await Array.fromAsync(store.rows('g1'))).flat().map((row) => row.read())
    assert.deepEqual(
      rows.map(({ wrongKeys }) => wrongKeys),
      [wrong, []],
    )
    const { row, token, wrongKeys } = await stored(store, 'tcs-1')
    assert.deepEqual(wrongKeys, wrong)
    await written(store, replace(row, token))
    await store.makeVisible('g1')
    assert.deepEqual(await listed(), ['tcs-1', 'tcs-2'])
    assert.deepEqual((await stored(store, 'tcs-1')).wrongKeys, [])
  }

  const ofFirst = `WHERE id = 'tcs-1'`

  test('a name, and the words of it', (t) =>
    isNamedAndMended(
      t,
      `UPDATE row SET words = ' else', doctorLastNameKey = 'else' ${ofFirst}`,
      ['words', 'doctorLastNameKey'],
      ['tcs-2'],
    ))

  test('values that reval never writes: bytes, and numbers that are too large', (t) =>
    isNamedAndMended(
      t,
      `UPDATE row SET doctorLastNameKey = x'00', isException = 1 << 62, adminKey = -1 ${ofFirst}`,
      ['doctorLastNameKey', 'isException', 'adminKey'],
      ['tcs-2'],
    ))
})

test('a programme that another program changed is named with each of its rows, and mended with them', async (t) => {
  const place = await placeFor(t)
  const { store, directory } = place
  const cardiology = { programme: 'Cardiology' }
  const rows = [1, 2].map((at) => personRow(at, { first: 'Ann', last: 'Archer', ...cardiology }))
  await filledWith({ store, reader: readerOf(t, place) }, 'g1', [
    ...rows,
    personRow(3, { first: 'Ben', last: 'Baker', programme: 'Dermatology' }),
  ])
  const wrong = async () => (await Array.fromAsync(store.rows('g1'))).flat().map((row) => row.read().wrongKeys.join())
  const changed = ["SET words = ' neurology '", "SET sort = 'z'", "SET sort = NULL, text = 'Neurology'"]
  for (const change of changed) {
    const file = new DatabaseSync(generationFile(directory, 'g1'), { timeout: 5_000 })
    file.exec(`UPDATE shared ${change} WHERE text = 'Cardiology'`)
    file.close()
    await store.makeVisible('g1')
    assert.deepEqual(await wrong(), ['programmeNameKey', 'programmeNameKey', ''], change)
    for (const row of rows) {
      await written(store, replace(row, (await stored(store, row.id)).token))
      await store.makeVisible('g1')
    }
    assert.deepEqual(await wrong(), ['', '', ''], change)
  }
})

test('a call ends at its time limit, and so does closing', async (t) => {
  const place = await placeFor(t)
  await filled(place, 1)
  // Starting the thread takes longer.
  const reader = openListReader({ directory: place.directory, timeLimit: 1 })
  await assert.rejects(idsOf(reader), { code: 'STORE_FAILED', transient: true })
  await reader.close()
  await assert.rejects(idsOf(reader), { code: 'STORE_FAILED' })
})

test('a file without list keys is refused', async (t) => {
  const place = await placeFor(t)
  await filled(place, 1)
  const older = new DatabaseSync(generationFile(place.directory, 'g1'), { timeout: 5_000 })
  older.exec('DROP TABLE shared')
  older.close()
  await assert.rejects(idsOf(readerOf(t, place)), { code: 'GENERATION_VERSION' })
})

test('a file of another layout is refused', async (t) => {
  const place = await placeFor(t)
  await filled(place, 1)
  await place.layOut('g1', 999)
  await assert.rejects(idsOf(readerOf(t, place)), { code: 'GENERATION_VERSION' })
})
