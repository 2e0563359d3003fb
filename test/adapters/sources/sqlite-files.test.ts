import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import type { Snapshot } from '../../../src/ports/sources.ts'
import { addAll, fillWith } from '../../contract/source-filling/filling.ts'
import { readAll } from '../../contract/sources/place.ts'
import { row, type TableRows } from '../../contract/sources/rows.ts'
import { newPlace } from './data-directory.ts'

const FILES = ['sources.lock', 'sources.sqlite']

const manyPersons = (count: number): TableRows => ({
  ContactDetails: Array.from({ length: count }, (_, id) => row('ContactDetails', { id, surname: 'x'.repeat(200) })),
})

async function placeOf(t: TestContext) {
  const place = await newPlace()
  t.after(() => place.dispose())
  return place
}

/** Another process that has started to fill; stopped with the test at the latest. */
async function fillingProcess(t: TestContext, directory: string) {
  const child = fork(join(import.meta.dirname, 'filling-process.ts'), [directory])
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

test('at rest there are only the sources and their lock, and reading adds nothing', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(100))
  await readAll(place.trainees)
  assert.deepEqual((await readdir(place.directory)).toSorted(), FILES)
})

// Root can write everywhere.
test('sources can be read without write permission', { skip: process.getuid?.() === 0 }, async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(10))
  await chmod(place.directory, 0o500)
  try {
    assert.equal((await readAll(place.trainees)).length, 10)
  } finally {
    await chmod(place.directory, 0o700)
  }
})

test('a filling of a killed process is removed by the next one', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(1))
  const child = await fillingProcess(t, place.directory)
  await assert.rejects(place.sources.begin(), { code: 'DATA_DIR_IN_USE' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const left = (await readdir(place.directory)).filter((file) => !FILES.includes(file))
  assert.equal(left.length, 2, left.join(', '))
  assert.equal((await readAll(place.trainees)).length, 1)

  await fillWith(place.sources, manyPersons(2))
  assert.deepEqual((await readdir(place.directory)).toSorted(), FILES)
  assert.equal((await readAll(place.trainees)).length, 2)
})

test('a full disk ends the filling at any step and leaves the sources unchanged', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(3))
  const steps = new Set<string>()
  for (const maxPages of [12, 20, 30, 40, 60, 80]) {
    const small = openFillableSources({ directory: place.directory, maxPages })
    let step = 'begin'
    const filled = (async () => {
      const filling = await small.begin()
      try {
        step = 'add'
        await addAll(filling, manyPersons(1_000))
        step = 'commit'
        await filling.commit()
      } catch (error) {
        await assert.rejects(filling.commit(), { code: 'SOURCE_FAILED' })
        throw error
      } finally {
        await filling.abandon()
      }
    })()
    await assert.rejects(filled, { code: 'DISK_FULL' })
    steps.add(step)
    assert.equal((await readAll(place.trainees)).length, 3)
    assert.deepEqual((await readdir(place.directory)).toSorted(), FILES)
  }
  assert.deepEqual([...steps].toSorted(), ['add', 'commit'])
  await fillWith(place.sources, manyPersons(1_000))
  assert.equal((await readAll(place.trainees)).length, 1_000)
})

test('sources of a newer version are neither read nor replaced', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(1))
  const database = new DatabaseSync(join(place.directory, 'sources.sqlite'))
  database.exec('PRAGMA user_version = 1000')
  database.close()
  await assert.rejects(place.trainees.snapshot(), { code: 'DATA_DIR_NEWER' })
  await assert.rejects(place.exceptions.ping(), { code: 'DATA_DIR_NEWER' })
  await assert.rejects(place.sources.begin(), { code: 'DATA_DIR_NEWER' })
})

test('sources that were filled with fewer columns are not read, since positions would be mistaken, but replaced', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(1))
  const database = new DatabaseSync(join(place.directory, 'sources.sqlite'))
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  database.exec(`PRAGMA user_version = ${version - 1}`)
  database.close()
  for (const source of [place.trainees, place.doctors, place.exceptions]) {
    await assert.rejects(source.snapshot(), { code: 'DATA_DIR_OLDER' })
  }
  await fillWith(place.sources, manyPersons(2))
  assert.equal((await readAll(place.trainees)).length, 2)
})

test('a file of another kind is rejected by readers and replaced by a filling', async (t) => {
  const place = await placeOf(t)
  await writeFile(join(place.directory, 'sources.sqlite'), 'something else '.repeat(1_000))
  await assert.rejects(place.doctors.snapshot(), { code: 'DATA_DIR_UNUSABLE' })
  await fillWith(place.sources, manyPersons(1))
  assert.equal((await readAll(place.trainees)).length, 1)
})

test('reading a damaged file fails as SOURCE_FAILED', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(2_000))
  const path = join(place.directory, 'sources.sqlite')
  await using snapshot = await place.trainees.snapshot()
  await writeFile(path, Buffer.alloc(40 * 4096, 0xff), { flag: 'r+' })
  await assert.rejects(readRest(snapshot), { code: 'SOURCE_FAILED' })
})

test('reading by key fails in sources that are damaged or of another version', async (t) => {
  const place = await placeOf(t)
  await fillWith(place.sources, manyPersons(2_000))
  const path = join(place.directory, 'sources.sqlite')
  const reads = [
    () => place.trainees.recordsOf({ personIds: [1], numbers: [] }),
    () => place.doctors.recordsOf({ numbers: [], storedIds: ['UNKNOWN'] }),
    () => place.doctors.doctorsOfRecommendations(['one']),
  ]
  // Behind the first page, which says what the file is.
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(200 * 4096, 0xff), 0, 200 * 4096, 4096)
  await file.close()
  for (const read of reads) await assert.rejects(read(), { code: 'SOURCE_FAILED' })
  await fillWith(place.sources, manyPersons(2))
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 1000')
  database.close()
  for (const read of reads) await assert.rejects(read(), { code: 'DATA_DIR_NEWER' })
})

async function readRest(snapshot: Snapshot<unknown>): Promise<void> {
  for await (const batch of snapshot.batches(500)) assert.ok(batch.length > 0)
}

test('a directory that cannot be created is reported', async (t) => {
  const place = await placeOf(t)
  await writeFile(join(place.directory, 'file'), '')
  const below = openFillableSources({ directory: join(place.directory, 'file', 'below') })
  await assert.rejects(below.begin(), { code: 'DATA_DIR_UNUSABLE' })
})

test('a missing directory is created', async (t) => {
  const place = await placeOf(t)
  const directory = join(place.directory, 'new', 'folder')
  await fillWith(openFillableSources({ directory }), manyPersons(1))
  assert.deepEqual((await readdir(directory)).toSorted(), FILES)
})
