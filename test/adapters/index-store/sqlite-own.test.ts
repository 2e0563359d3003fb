import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assemble } from '../../../src/domain/assemble.ts'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import type { ReadRow } from '../../../src/ports/index-store.ts'
import { generation } from '../../contract/index-store/place.ts'
import { profileOf } from '../../contract/index-store/profile-model.ts'
import { oddRows } from '../../contract/index-store/profiling.ts'
import { nearDay } from '../../contract/index-store/arbitraries.ts'
import { create, filled, found, ONE, people, remove, replace, stored } from '../../contract/index-store/rows.ts'
import { traineeRow, TWO, written } from '../../contract/index-store/rows.ts'
import { placeFor } from './sqlite-place.ts'
import { generationFile, SQLITE_KEYS } from './sqlite-planting.ts'

const isLinux = process.platform === 'linux'

test('the profile is exact, including medians', async (t) => {
  const { store } = await placeFor(t)
  let round = 0
  await fc.assert(
    fc.asyncProperty(oddRows, nearDay, async (some, today) => {
      const id = `round-${(round += 1)}`
      await store.createGeneration(generation(id))
      await store.write(id, some.map(create))
      const expected = profileOf(
        some.map(({ parts }) => assemble(parts)),
        today,
      )
      assert.deepEqual(await store.profile(id, today), expected)
      await store.makeVisible(id)
      assert.deepEqual(await store.profile(id, today), expected)
      await store.dropGeneration(id)
    }),
    { numRuns: 40 },
  )
})

test('a generation that was filled before a field was added is read without it, and takes no write', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const row = traineeRow(1)
  await written(place.store, create(row))
  await place.store.makeVisible('g1')
  const columns = Object.keys(assemble(row.parts)).length
  await place.store.close()
  const older = new DatabaseSync(generationFile(place.directory, 'g1'))
  older.exec(`ALTER TABLE row DROP COLUMN placementGrade; UPDATE row SET parts = json_remove(parts, '$[0][#-1]')`)
  older.close()
  const catalogue = new DatabaseSync(join(place.directory, 'index.sqlite'))
  catalogue.exec('UPDATE generation SET assembleVersion = 1')
  catalogue.close()

  const store = await place.reopen()
  const found = await stored(store, row.id)
  const { trainee } = row.parts
  assert.deepEqual(found.row.parts, { ...row.parts, trainee: trainee && { ...trainee, placementGrade: null } })
  assert.deepEqual(found.document, { ...assemble(row.parts), placementGrade: null })
  assert.equal(Object.keys(found.document).length, columns)
  const profile = await store.profile('g1', '2026-06-01')
  assert.deepEqual([profile.fields.tcsPersonId, profile.fields.placementGrade], [1, 0])
  for (const name of INDEX_NAMES) {
    for await (const document of store.documents('g1', name, '2026-06-01')) assert.ok(!('placementGrade' in document))
  }
  await assert.rejects(store.write('g1', [replace(row, found.token)]), { code: 'GENERATION_VERSION' })
})

test('a field that no column keeps as it is fails its own row', async (t) => {
  const { store } = await placeFor(t)
  await store.createGeneration(generation('g1'))
  const writes = [create(traineeRow(1, ONE, 'half \ud800')), create(traineeRow(2))]
  const [refused, other] = await store.write('g1', writes)
  assert.deepEqual(refused, {
    status: 'failed',
    reason: 'doctorFirstName: contains an incomplete character (lone surrogate)',
  })
  assert.deepEqual(other, { status: 'written' })
})

test('rows are found by number as they are, before and after the first makeVisible', async (t) => {
  const place = await placeFor(t)
  const { store } = place
  const reader = await place.openReader()
  await store.createGeneration(generation('g1'))
  await written(store, create(traineeRow(1)), create(traineeRow(2)), create(traineeRow(3)))
  const areFound = async (byOne: string[], byTwo: string[]) => {
    for (const each of [store, reader]) {
      const ids = async (number: typeof ONE) => (await found(each, number)).map(({ row }) => row.id)
      assert.deepEqual([await ids(ONE), await ids(TWO)], [byOne, byTwo])
      for (const row of await found(each, ONE, TWO)) assert.deepEqual(row, await stored(store, row.row.id))
    }
  }
  await areFound(['tcs-1', 'tcs-2', 'tcs-3'], [])
  const move = async (person: number) => {
    const { token } = await stored(store, `tcs-${person}`)
    await written(store, replace(traineeRow(person, TWO), token))
  }
  await move(1)
  await areFound(['tcs-2', 'tcs-3'], ['tcs-1'])
  await store.makeVisible('g1')
  await move(2)
  await written(store, remove('tcs-3', (await stored(store, 'tcs-3')).token))
  await areFound([], ['tcs-1', 'tcs-2'])
})

test('searches by id and number use the indexes once they exist', async (t) => {
  const place = await placeFor(t)
  await filled(place.store, 'g1', 1, 2)
  const file = new DatabaseSync(join(place.directory, 'generations', 'g1.sqlite'), { readOnly: true })
  t.after(() => file.close())
  const planOf = (sql: string) => JSON.stringify(file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
  assert.match(planOf('SELECT * FROM row WHERE id IN (SELECT value FROM json_each(?))'), /INDEX row_id/)
  assert.match(planOf('SELECT * FROM row WHERE number IN (SELECT value FROM json_each(?))'), /INDEX row_number/)
})

test('values that no row has are shown as text', async (t) => {
  const place = await placeFor(t)
  await filled(place.store, 'g1', 1, 2)
  const file = new DatabaseSync(generationFile(place.directory, 'g1'))
  file.exec(`UPDATE row SET number = 1 << 60, tcsPersonId = 1 << 63, existsInGmc = 2, admin = x'00', doctorLastName = 5
    WHERE id = 'tcs-1'`)
  file.exec("UPDATE row SET number = 'abc', tcsPersonId = 'abc', existsInGmc = 'abc' WHERE id = 'tcs-2'")
  file.close()
  const rows = (await Array.fromAsync(place.store.rows('g1'))).flat().map((row) => row.read())
  const shown = ({ document: { tcsPersonId, existsInGmc, doctorLastName }, wrongKeys }: ReadRow) => [
    ...[tcsPersonId, existsInGmc, doctorLastName],
    ...wrongKeys,
  ]
  assert.deepEqual(rows.map(shown), [
    ['"-9223372036854775808"', '2', '5', 'number'],
    ['"abc"', '"abc"', 'Khan', 'number'],
  ])
  assert.equal(typeof rows[0]?.document.admin, 'string')
})

test('on Linux, the thread that writes has a lower priority than the others', { skip: !isLinux }, async (t) => {
  const { store } = await placeFor(t)
  await store.createGeneration(generation('g1'))
  const tasks = readdirSync('/proc/self/task').map((task) => getPriority(Number(task)))
  assert.ok(Math.max(...tasks) >= 10, tasks.join(' '))
  assert.equal(getPriority(), Math.min(...tasks), 'of the process')
})

describe('a guard', () => {
  test('runs once, in the tick of the call', async (t) => {
    const { store } = await placeFor(t)
    let asked = 0
    const isAskedAtOnce = async (call: (guard: () => void) => Promise<unknown>) => {
      const before = asked
      const calling = call(() => (asked += 1))
      assert.equal(asked, before + 1)
      await calling
      assert.equal(asked, before + 1)
    }
    await isAskedAtOnce((guard) => store.createGeneration(generation('g1'), guard))
    await isAskedAtOnce((guard) => store.write('g1', [create(traineeRow(1))], guard))
    await isAskedAtOnce((guard) => store.promote('g1', null, guard))
    await store.createGeneration(generation('g2'))
    await isAskedAtOnce((guard) => store.dropGeneration('g2', guard))
  })
})

test('a removed alias is restored', async (t) => {
  const place = await placeFor(t)
  await filled(place.store, 'g1', 1)
  await filled(place.store, 'g2', 2)
  await place.store.promote('g1', null)
  const takeAway = (name: string) => {
    const file = new DatabaseSync(join(place.directory, 'index.sqlite'))
    file.prepare('DELETE FROM name WHERE name = ?').run(name)
    file.close()
  }
  takeAway('connectedindex')
  await place.store.promote('g1', 'g2')
  assert.deepEqual(await people(place.store, 'live', 'disconnectedindex'), [1])
  takeAway('connectedindex')
  await place.store.promote('g2', 'g1')
  const names = (await place.store.liveAliases()) ?? {}
  assert.deepEqual(names, Object.fromEntries(INDEX_NAMES.map((name) => [name, 'g2'])))
})

test('no other program can store an id that a search for it does not find', async (t) => {
  const { store, directory } = await placeFor(t)
  await store.createGeneration(generation('g1'))
  await written(store, create(traineeRow(1)))
  await store.makeVisible('g1')
  const file = new DatabaseSync(generationFile(directory, 'g1'))
  try {
    const bytes = "INSERT INTO row (key, id, seq, parts) VALUES (9, x'7463', 9, '[]')"
    assert.throws(() => file.exec(bytes), /CHECK constraint failed/)
  } finally {
    file.close()
  }
})

test('a stream names no wrong list key in a generation of other rules, which made other keys', async (t) => {
  const place = await placeFor(t)
  await filled(place.store, 'g1', 1)
  await place.store.makeReadable('g1')
  const [key = ''] = Object.keys(SQLITE_KEYS).slice(-1)
  await place.plant('g1', 'tcs-1', { change: 'key', key, value: '7654321' })
  const wrongKeys = async () => {
    const [row] = (await Array.fromAsync(place.store.rows('g1'))).flat()
    return row?.read().wrongKeys
  }
  assert.deepEqual(await wrongKeys(), [key])
  const catalogue = new DatabaseSync(join(place.directory, 'index.sqlite'))
  catalogue.exec('UPDATE generation SET assembleVersion = 1')
  catalogue.close()
  assert.deepEqual(await wrongKeys(), [])
})
