import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { TODAY } from '../../domain/examples.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create, people, stored, traineeRow } from '../../contract/index-store/rows.ts'
import { placeFor } from './sqlite-place.ts'

test('rows reported as written survive a kill, and writing continues', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  await place.store.close()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'writing-process.ts'), place.directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'close')
  let said = 0
  let lines = 0
  for await (const line of createInterface(child.stdout)) {
    said = Number(line)
    if ((lines += 1) === 12) child.kill('SIGKILL')
  }
  const [, signal] = (await ended) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')

  const store = await place.open()
  const { withTrainee } = await store.count('g1', TODAY)
  assert.ok(withTrainee >= said, `${said} rows were said to be written, ${withTrainee} are there`)
  assert.equal(withTrainee % 50, 0, 'a batch is there as a whole')
  // The first row was replaced after every batch, reported or not.
  const { row } = await stored(store, 'tcs-0')
  assert.ok(Number(row.parts.trainee?.doctorFirstName) >= said)
  const outcomes = await store.write('g1', [create(traineeRow(said - 1)), create(traineeRow(withTrainee))])
  assert.deepEqual(outcomes, [{ status: 'exists' }, { status: 'written' }])
  await store.makeVisible('g1')
  assert.equal((await people(store, 'g1')).length, withTrainee + 1)
})

test('what a crash left behind is removed when a writer opens next', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const folder = join(place.directory, 'generations')
  await writeFile(join(folder, 'never-registered.sqlite'), 'half a file')
  await writeFile(join(folder, 'never-registered.sqlite-wal'), '')
  await place.openReader()
  assert.ok((await readdir(folder)).includes('never-registered.sqlite'))
  await place.reopen()
  const left = (await readdir(folder)).filter((name) => name.startsWith('never'))
  assert.deepEqual(left, [])
  assert.ok((await readdir(folder)).includes('g1.sqlite'))
})

test('a generation replaces an unregistered file left behind', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  await writeFile(join(place.directory, 'generations', 'g2.sqlite'), 'half a file')
  await place.store.createGeneration(generation('g2'))
  assert.deepEqual(await place.store.write('g2', [create(traineeRow(1))]), [{ status: 'written' }])
})

test('a registered generation whose file is missing is reported, and can be dropped', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const store = await place.reopen()
  await rm(join(place.directory, 'generations', 'g1.sqlite'))
  const unusable = { code: 'DATA_DIR_UNUSABLE' }
  await assert.rejects(store.write('g1', [create(traineeRow(1))]), unusable)
  await assert.rejects(store.get('g1', ['tcs-1']), unusable)
  await assert.rejects(people(store, 'g1'), unusable)
  await store.dropGeneration('g1')
  assert.deepEqual(await store.generations(), [])
})
