import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { openIndexStore } from '../../../src/adapters/index-store/sqlite/index.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create, traineeRow } from '../../contract/index-store/rows.ts'
import { sqlitePlace, type SqlitePlace } from './sqlite-place.ts'

async function placeFor(t: TestContext, options = {}): Promise<SqlitePlace> {
  const place = await sqlitePlace(options)
  t.after(() => place.dispose())
  return place
}

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => create(traineeRow(from + index, String(1_000_000 + from + index))))

test('a full disk refuses the batch with its code, and loses nothing that was written', async (t) => {
  const place = await placeFor(t, { maxPages: 200 })
  await place.store.createGeneration(generation('g1'))
  let rows = 0
  const filling = async () => {
    for (; rows < 100_000; rows += 100) await place.store.write('g1', many(rows, 100))
  }
  await assert.rejects(filling(), { code: 'DISK_FULL' })
  assert.ok(rows > 0)
  assert.equal((await place.store.count('g1', TODAY)).withTrainee, rows)
  // There is room again.
  const store = await place.reopen()
  await store.write('g1', many(rows, 100))
  await store.makeVisible('g1')
  assert.equal((await store.count('g1', TODAY)).withTrainee, rows + 100)
})

test('what a crash left behind is gone at the next opening, by whoever writes', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const folder = join(place.directory, 'generations')
  await writeFile(join(folder, 'never-registered.sqlite'), 'half a file')
  await writeFile(join(folder, 'never-registered.sqlite-wal'), '')
  await place.openReader()
  assert.ok((await readdir(folder)).includes('never-registered.sqlite'))
  await place.reopen()
  const left = (await readdir(folder)).filter((name) => name.endsWith('.sqlite'))
  assert.deepEqual(left, ['g1.sqlite'])
})

test('a registered generation whose file is gone is told as such', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const store = await place.reopen()
  await rm(join(place.directory, 'generations', 'g1.sqlite'))
  await assert.rejects(store.write('g1', many(0, 1)), { code: 'DATA_DIR_UNUSABLE' })
  await store.dropGeneration('g1')
  assert.deepEqual(await store.generations(), [])
})

test('files of a newer version are refused', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  await place.store.close()
  for (const [file, code] of [
    ['generations/g1.sqlite', 'write'],
    ['index.sqlite', 'open'],
  ] as const) {
    const database = new DatabaseSync(join(place.directory, file))
    database.exec('PRAGMA user_version = 99')
    database.close()
    const opening = openIndexStore({ directory: place.directory })
    if (code === 'open') await assert.rejects(opening, { code: 'DATA_DIR_NEWER' })
    else {
      const store = await opening
      await assert.rejects(store.write('g1', many(0, 1)), { code: 'DATA_DIR_NEWER' })
      await store.close()
    }
  }
})

test('a reader may come before anybody wrote, writes nothing, and is told so', async (t) => {
  const place = await placeFor(t)
  const reader = await place.openReader()
  assert.deepEqual(await reader.generations(), [])
  await place.store.createGeneration(generation('g1'))
  await place.store.write('g1', many(0, 3))
  assert.equal((await reader.get('g1', ['tcs-1'])).length, 1)
  assert.equal((await reader.count('g1', TODAY)).withTrainee, 3)
  await assert.rejects(reader.write('g1', many(5, 1)), { code: 'STORE_FAILED' })
  await assert.rejects(reader.promote('g1'), { code: 'STORE_FAILED' })
})

test('a closed store refuses, and closing again is no fault', async (t) => {
  const place = await placeFor(t)
  await place.store.close()
  await place.store.close()
  await assert.rejects(place.store.generations(), { code: 'STORE_FAILED' })
})

test('what was written when a process is killed is there', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  await place.store.close()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'writing-process.ts'), place.directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString()
    if (told.split('\n').length > 8) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')
  const said = Number(told.trim().split('\n').at(-1))
  const store = await place.open()
  const { withTrainee } = await store.count('g1', TODAY)
  assert.ok(withTrainee >= said, `${said} rows were said to be written, ${withTrainee} are there`)
  assert.equal(withTrainee % 50, 0)
})
