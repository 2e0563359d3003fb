import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAll, type SourcesCapabilities, type SourcesFactory, type SourcesPlace } from './place.ts'
import { row } from './rows.ts'

function manyRows(count: number, message = 'x') {
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  return {
    ContactDetails: ids.map((id) => row('ContactDetails', { id, surname: message })),
    doctorsForDB: ids.map((id) => row('doctorsForDB', { storedId: String(1_000_000 + id), admin: message })),
    exceptionLogs: ids.map((id) => row('exceptionLogs', { storedId: String(1_000_000 + id), errorMessage: message })),
  }
}

const sourcesOf = ({ trainees, doctors, exceptions }: SourcesPlace) => [trainees, doctors, exceptions]

export function snapshots(factory: SourcesFactory, capabilities: SourcesCapabilities): void {
  test('sources that were never filled are missing', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    for (const source of sourcesOf(place)) {
      await assert.rejects(source.snapshot(), { code: 'SOURCE_MISSING' })
      await assert.rejects(source.ping(), { code: 'SOURCE_MISSING' })
    }
    const missing = { code: 'SOURCE_MISSING' }
    await assert.rejects(place.trainees.recordsOf({ personIds: [], numbers: [] }), missing)
    await assert.rejects(place.doctors.recordsOf({ numbers: [], storedIds: [] }), missing)
    await assert.rejects(place.doctors.doctorsOfRecommendations([]), missing)
    await assert.rejects(place.exceptions.reasonsOf([]), missing)
  })

  test('sources filled with no rows are empty', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill({})
    for (const source of sourcesOf(place)) {
      await using snapshot = await source.snapshot()
      assert.equal(snapshot.expected, 0)
      for await (const batch of snapshot.batches(10)) assert.fail(`a batch of ${batch.length}`)
      await source.ping()
    }
  })

  test('rows are returned once, in non-empty batches up to the requested size', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill(manyRows(20))
    for (const source of sourcesOf(place)) {
      for (const size of [1, 7, 10, 20, 21]) {
        await using snapshot = await source.snapshot()
        const sizes: number[] = []
        const seen = new Set<string>()
        for await (const batch of snapshot.batches(size)) {
          sizes.push(batch.length)
          batch.forEach((each) => seen.add(JSON.stringify(each)))
        }
        assert.equal(seen.size, 20)
        assert.ok(sizes.every((each) => each > 0 && each <= size))
        assert.equal(snapshot.expected, 20)
      }
    }
  })

  test('a reader may stop early, close twice, and start again', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill(manyRows(20))
    const snapshot = await place.doctors.snapshot()
    for await (const batch of snapshot.batches(5)) {
      assert.equal(batch.length, 5)
      break
    }
    await snapshot[Symbol.asyncDispose]()
    await snapshot[Symbol.asyncDispose]()
    assert.equal((await readAll(place.doctors)).length, 20)
  })

  test('other work continues while rows are read', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill(manyRows(20))
    await using snapshot = await place.trainees.snapshot()
    let turns = 0
    setImmediate(() => (turns += 1))
    for await (const batch of snapshot.batches(1)) assert.equal(batch.length, 1)
    assert.equal(turns, 1)
  })

  if (capabilities.keepsSnapshots.length > 0) keeping(factory, capabilities)
  if (capabilities.knowsEditions) editions(factory)
}

function keeping(factory: SourcesFactory, { keepsSnapshots }: SourcesCapabilities): void {
  test('a snapshot is consistent to its end', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    await place.fill(manyRows(20, 'before'))
    for (const source of keepsSnapshots.map((name) => place[name])) {
      await using snapshot = await source.snapshot()
      const rows: unknown[] = []
      for await (const batch of snapshot.batches(6)) {
        if (rows.length === 0) await place.fill(manyRows(3, 'after'))
        rows.push(...batch)
      }
      assert.equal(rows.filter((each) => JSON.stringify(each).includes('before')).length, 20)
      assert.equal((await readAll<unknown>(source)).length, 3)
      await place.fill(manyRows(20, 'before'))
    }
  })
}

function editions(factory: SourcesFactory): void {
  test('snapshots of the same filling share an edition, those of others do not', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    const found: (string | null)[][] = []
    for (let filling = 0; filling < 2; filling += 1) {
      await place.fill(manyRows(1))
      const read = sourcesOf(place).map(async (source) => {
        await using snapshot = await source.snapshot()
        return snapshot.edition
      })
      found.push(await Promise.all(read))
    }
    const [first, second] = found.map((each) => new Set(each))
    assert.equal(first?.size, 1)
    assert.equal(second?.size, 1)
    assert.ok(!first.has(null))
    assert.notDeepEqual(first, second)
  })
}
