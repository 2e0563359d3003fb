import assert from 'node:assert/strict'
import { mkdtemp, open, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openIndexStore } from '../../../src/adapters/index-store/sqlite/open.ts'
import { aRow, TODAY } from '../../domain/examples.ts'
import { generation } from '../../contract/index-store/place.ts'
import { create, people, statuses, traineeRow, written } from '../../contract/index-store/rows.ts'
import { placeFor } from './sqlite-place.ts'
import { generationFile } from './sqlite-planting.ts'

const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => create(traineeRow(from + index, String(1_000_000 + from + index))))

/** Ids with the same hash in the unindexed table. */
const SAME_HASH = ['tcs-1039599', 'tcs-1222382'] as const

test('a full disk rejects the batch with its code, writes none of it, and loses no earlier rows', async (t) => {
  const place = await placeFor(t, { maxPages: 200 })
  const full = { code: 'DISK_FULL' }
  await place.store.createGeneration(generation('g1'))
  let rows = 0
  const filling = async () => {
    for (; rows < 100_000; rows += 100) await place.store.write('g1', many(rows, 100))
  }
  await assert.rejects(filling(), full)
  assert.ok(rows > 0)
  // Building the index on numbers needs more space than the rows.
  await assert.rejects(place.store.makeVisible('g1'), full)
  assert.deepEqual(await place.store.get('g1', [`tcs-${rows}`]), [])
  assert.equal((await place.store.count('g1', TODAY)).withTrainee, rows)
  // The rejected batch was not written: some of its rows alone would have fitted.
  assert.deepEqual(await statuses(place.store, create(traineeRow(rows))), ['written'])
  rows += 1
  // There is space again.
  const store = await place.reopen()
  assert.ok((await store.write('g1', many(rows, 100))).every(({ status }) => status === 'written'))
  await store.makeVisible('g1')
  assert.equal((await people(store, 'g1')).length, rows + 100)
})

test('a row with a value that no column can hold fails alone', async (t) => {
  const { store } = await placeFor(t)
  await store.createGeneration(generation('g1'))
  const row = traineeRow(1)
  // The types forbid it, but a faulty codec could let it through.
  const broken = { ...row.parts, trainee: { ...row.parts.trainee, programmeOwner: ['Wessex'] } } as unknown
  const writes = [create(traineeRow(2)), create({ ...row, parts: broken as typeof row.parts }), create(traineeRow(3))]
  assert.deepEqual(await store.write('g1', writes), [
    { status: 'written' },
    { status: 'failed', reason: 'programmeOwner: must be text or a number, got object' },
    { status: 'written' },
  ])
  assert.deepEqual(await statuses(store, create(row)), ['written'])
})

test('ids are found with and without an index, in this process and the next', async (t) => {
  const place = await placeFor(t)
  let { store } = place
  await store.createGeneration(generation('g1'))
  const row = (at: number) => aRow(`gmc-${at}`, {})
  for (let rows = 0; rows < 54_000; rows += 6_000) {
    await written(store, ...Array.from({ length: 6_000 }, (_, at) => create(row(rows + at))))
  }
  const known = ['gmc-0', 'gmc-47999', 'gmc-48000', 'gmc-53999']
  const areKnown = async () => {
    assert.equal((await store.get('g1', [...known, 'gmc-99999'])).length, 4)
    assert.deepEqual(await statuses(store, create(row(0)), create(row(53_999))), ['exists', 'exists'])
  }
  await areKnown()
  store = await place.reopen()
  await areKnown()
  assert.deepEqual(await statuses(store, create(row(1)), create(row(54_000))), ['exists', 'written'])
  await store.makeVisible('g1')
  await areKnown()
  assert.deepEqual(await statuses(store, create(row(54_000)), create(row(54_001))), ['exists', 'written'])
  store = await place.reopen()
  await areKnown()
})

test('without an index, rows with the same hash are distinguished', async (t) => {
  const { store } = await placeFor(t)
  await store.createGeneration(generation('g1'))
  const [one, other] = SAME_HASH
  await written(store, create(aRow(one, { reason: 'one' })))
  assert.deepEqual(await store.get('g1', [other]), [])
  await written(store, create(aRow(other, { reason: 'other' })))
  assert.deepEqual(await statuses(store, create(aRow(one, {})), create(aRow(other, {}))), ['exists', 'exists'])
  const rows = await store.get('g1', [other])
  assert.deepEqual(
    rows.map(({ row }) => row.parts.reason),
    ['other'],
  )
})

test('a batch rolled back at the end leaves no ids behind', async (t) => {
  const { store } = await placeFor(t, { maxPages: 60 })
  await store.createGeneration(generation('g1'))
  let rows = 0
  const filling = async () => {
    for (; rows < 10_000; rows += 50) await store.write('g1', many(rows, 50))
  }
  await assert.rejects(filling(), { code: 'DISK_FULL' })
  assert.deepEqual(await store.get('g1', [`tcs-${rows}`, `tcs-${rows + 49}`]), [])
  assert.equal((await store.get('g1', [`tcs-${rows - 1}`])).length, 1)
  assert.deepEqual(await statuses(store, create(traineeRow(rows - 1)), create(traineeRow(rows))), ['exists', 'written'])
})

test('files of a newer version are rejected', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  await place.store.close()
  const newer = { code: 'DATA_DIR_NEWER' }
  const makeNewer = (file: string) => {
    const database = new DatabaseSync(join(place.directory, file))
    database.exec('PRAGMA user_version = 99')
    database.close()
  }
  makeNewer('generations/g1.sqlite')
  const store = await place.open()
  await assert.rejects(store.write('g1', many(0, 1)), { code: 'GENERATION_VERSION' })
  await assert.rejects(store.get('g1', ['tcs-1']), newer)
  await store.close()
  makeNewer('index.sqlite')
  await assert.rejects(openIndexStore({ directory: place.directory }), newer)
  await assert.rejects(openIndexStore({ directory: place.directory, readOnly: true }), newer)
})

test('a reader may open before any writer, sees committed data, and writes nothing', async (t) => {
  const place = await placeFor(t)
  const early = await place.openReader()
  assert.deepEqual(await early.generations(), [])
  await place.store.createGeneration(generation('g1'))
  await place.store.write('g1', many(0, 3))
  assert.equal((await early.get('g1', ['tcs-1'])).length, 1)
  assert.equal((await early.count('g1', TODAY)).withTrainee, 3)
  const refused = { code: 'STORE_FAILED' }
  await assert.rejects(early.createGeneration(generation('g2')), refused)
  await assert.rejects(early.write('g1', many(5, 1)), refused)
  await assert.rejects(early.makeVisible('g1'), refused)
  await assert.rejects(early.promote('g1', null), refused)
  await assert.rejects(early.dropGeneration('g1'), refused)
})

test('a reader in an empty directory finds nothing and creates nothing', async (t) => {
  const place = await placeFor(t)
  const elsewhere = await mkdtemp(join(place.directory, 'empty-'))
  const reader = await openIndexStore({ directory: elsewhere, readOnly: true })
  assert.deepEqual(await reader.generations(), [])
  assert.equal(await reader.liveAliases(), null)
  await assert.rejects(people(reader, 'live'), { code: 'NOTHING_LIVE' })
  await assert.rejects(reader.get('g1', ['tcs-1']), { code: 'GENERATION_UNKNOWN' })
  await reader.close()
  assert.deepEqual(await readdir(elsewhere), [])
})

test('a generation whose file was truncated, emptied, overwritten or damaged is not promoted', async (t) => {
  const place = await placeFor(t)
  const spoils: Readonly<Record<string, (file: string) => Promise<void>>> = {
    cut: (file) => truncate(file, 64 * 1024),
    emptied: (file) => truncate(file, 0),
    overwritten: (file) => writeFile(file, 'something else'),
    damaged: async (file) => {
      const handle = await open(file, 'r+')
      await handle.write(Buffer.alloc(4 * 4096, 'x'), 0, 4 * 4096, 20 * 4096)
      await handle.close()
    },
  }
  for (const id of ['live', ...Object.keys(spoils)]) {
    await place.store.createGeneration(generation(id))
    await place.store.write(id, many(0, 2_000))
    await place.store.makeVisible(id)
  }
  await place.store.promote('live', null)
  // Closed, so that everything is in the files.
  const store = await place.reopen()
  for (const [id, spoil] of Object.entries(spoils)) {
    await spoil(generationFile(place.directory, id))
    await assert.rejects(store.promote(id, 'live'), { code: 'GENERATION_UNREADABLE' }, id)
    assert.equal((await people(store, 'live')).length, 2_000)
  }
})

test('closing completes earlier calls, later ones are rejected, and closing twice is allowed', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const writing = place.store.write('g1', many(0, 1))
  await Promise.all([place.store.close(), place.store.close()])
  assert.deepEqual(await writing, [{ status: 'written' }])
  await place.store.close()
  await assert.rejects(place.store.generations(), { code: 'STORE_FAILED' })
})
