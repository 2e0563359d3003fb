import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { RowOrigin } from '../../../src/ports/changes.ts'
import type { IndexStore, ReadRow, ScannedRow, StoreWrite } from '../../../src/ports/index-store.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'
import {
  generation,
  openPlace,
  openStore,
  type StoreCapabilities,
  type StoreFactory,
  type StorePlace,
} from './place.ts'
import type { Planted } from './planting.ts'
import { create, found, ONE, remove, replace, stored, traineeRow, TWO, written } from './rows.ts'

/** The first row of a stream, and what comes after it. */
async function begun(
  store: IndexStore,
): Promise<{ readonly first: ScannedRow; readonly rest: () => Promise<ScannedRow[]> }> {
  const batches = store.rows('g1')[Symbol.asyncIterator]()
  const batch = await batches.next()
  const [first, ...others] = batch.done === true ? [] : batch.value
  assert.ok(first !== undefined)
  const rest = async () => {
    const rows = others
    for (let next = await batches.next(); next.done !== true; next = await batches.next()) rows.push(...next.value)
    return rows
  }
  return { first, rest }
}

async function scanned(store: IndexStore, id = 'g1'): Promise<ScannedRow[]> {
  return (await Array.fromAsync(store.rows(id))).flat()
}

async function scannedRow(store: IndexStore, id: string): Promise<ScannedRow> {
  const row = (await scanned(store)).find((each) => each.id === id)
  assert.ok(row !== undefined, `${id} is not in the stream`)
  return row
}

async function filledWith(store: IndexStore, id: string, rows: readonly Row[]): Promise<void> {
  await store.createGeneration(generation(id))
  await store.write(id, rows.map(create))
  await store.makeVisible(id)
}

const asWritten = (row: Row, origin: RowOrigin | null = null): ReadRow => ({
  row,
  document: assemble(row.parts),
  origin,
  wrongKeys: [],
})

const ORIGIN: RowOrigin = { at: 1_780_000_000_000, causes: ['doctorChanged', 'resync'] }

export function scanning(factory: StoreFactory, { readsDropped, rowsAtOnce }: StoreCapabilities): void {
  /** More rows than the store reads ahead. */
  const MANY = Array.from({ length: rowsAtOnce + 1_000 }, (_, person) => person)

  describe('the stream of the rows', () => {
    test('is in the order of their ids by code point, in batches, as they are stored', async (t) => {
      const store = await openStore(t, factory)
      const ids = ['gmc-', 'gmc-1', 'gmc-11', 'gmc-1 ', 'gmc-A', 'gmc-a', 'gmc-a\0', 'gmc-a\0b', 'gmc-e\u0301', 'gmc-é']
      // U+FFEE comes before U+1F600, whose first UTF-16 unit is less.
      ids.push('gmc-عائشة', 'gmc-\uffee', 'gmc-😀', 'gmc-😀a', 'tcs-1', 'tcs-10', 'tcs-100', 'tcs-11', 'tcs-2')
      const inOrder = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const rows = ids.map((id, at) =>
        aRow(
          id,
          id.startsWith('tcs') ? { trainee: aTrainee({ tcsPersonId: at }), doctor: aDoctor() } : { doctor: aDoctor() },
        ),
      )
      await written(store, ...rows.toReversed().map(create))
      await store.makeVisible('g1')
      const found = await scanned(store)
      assert.deepEqual(
        found.map(({ id }) => id),
        inOrder,
      )
      for (const each of found) {
        const row = rows.find(({ id }) => id === each.id)
        assert.deepEqual(each.read(), row && asWritten(row))
      }
    })

    test('of many rows comes in batches, each row once; none of an empty generation', async (t) => {
      const store = await openStore(t, factory)
      assert.deepEqual(await Array.fromAsync(store.rows('g1')), [])
      await filledWith(
        store,
        'g2',
        MANY.map((person) => traineeRow(person)),
      )
      const batches = await Array.fromAsync(store.rows('g2'))
      assert.ok(batches.length > 1)
      assert.ok(batches.every((batch) => batch.length > 0))
      const ids = batches.flat().map(({ id }) => id)
      assert.deepEqual(ids, MANY.map((person) => `tcs-${person}`).sort())
    })

    test('has equal contents for equal rows of two generations, and other contents for others', async (t) => {
      const { store } = await openPlace(t, factory)
      const rows = [1, 2, 3].map((person) => traineeRow(person))
      await filledWith(store, 'g1', rows)
      await filledWith(store, 'g2', rows.with(1, traineeRow(2, ONE, 'Änders 李')).toReversed())
      const [one, two] = [await scanned(store, 'g1'), await scanned(store, 'g2')]
      assert.deepEqual(
        one.map(({ content }, at) => content === two[at]?.content),
        [true, false, true],
      )
    })

    test('has what was visible when it began, or newer; writes go on meanwhile', async (t) => {
      const store = await openStore(t, factory)
      await written(store, ...MANY.map((person) => create(traineeRow(person))))
      await store.makeVisible('g1')
      const { first, rest } = await begun(store)
      assert.equal(first.id, 'tcs-0')
      // The last in order.
      const last = Math.max(...MANY.filter((person) => /^9+$/.test(String(person))))
      const tokens = new Map((await store.get('g1', ['tcs-5', `tcs-${last}`])).map(({ row, token }) => [row.id, token]))
      await written(
        store,
        replace(traineeRow(last, TWO, 'B'), tokens.get(`tcs-${last}`) ?? ''),
        remove('tcs-5', tokens.get('tcs-5') ?? ''),
        create(traineeRow(1_000_000)),
      )
      await store.makeVisible('g1')
      const rows = [first, ...(await rest())]
      const ids = rows.map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length)
      assert.deepEqual(ids, ids.toSorted())
      const mayBe = new Set(['tcs-5', 'tcs-1000000'])
      assert.equal(ids.filter((id) => !mayBe.has(id)).length, MANY.length - 1)
      const changed = rows.find(({ id }) => id === `tcs-${last}`)?.read()
      assert.ok(['A', 'B'].includes(changed?.row.parts.trainee?.doctorFirstName ?? ''))
      const afterwards = await scanned(store)
      assert.equal(afterwards.length, MANY.length)
      assert.equal((await scannedRow(store, `tcs-${last}`)).read().row.parts.trainee?.doctorFirstName, 'B')
    })

    test('may be left early, and the generation be dropped then', async (t) => {
      const store = await openStore(t, factory)
      await written(store, ...MANY.map((person) => create(traineeRow(person))))
      await store.makeVisible('g1')
      for await (const batch of store.rows('g1')) {
        assert.equal(batch[0]?.id, 'tcs-0')
        break
      }
      await store.dropGeneration('g1')
      await assert.rejects(scanned(store), { code: 'GENERATION_UNKNOWN' })
    })

    test('of a generation that is dropped meanwhile is whole, or ends with STORE_FAILED', async (t) => {
      const store = await openStore(t, factory)
      await written(store, ...MANY.map((person) => create(traineeRow(person))))
      await store.makeVisible('g1')
      const { rest } = await begun(store)
      await store.dropGeneration('g1')
      if (readsDropped) assert.equal((await rest()).length, MANY.length - 1)
      else await assert.rejects(rest(), { code: 'STORE_FAILED' })
    })

    test('of an unknown generation rejects', async (t) => {
      const { store } = await openPlace(t, factory)
      await assert.rejects(scanned(store, 'g9'), { code: 'GENERATION_UNKNOWN' })
    })

    test('can be read by another process', async (t) => {
      const { store, openReader } = await openPlace(t, factory)
      await filledWith(store, 'g1', [traineeRow(1), traineeRow(2)])
      const [here, there] = [await scanned(store), await scanned(await openReader())]
      assert.deepEqual(
        there.map(({ id, content }) => [id, content]),
        here.map(({ id, content }) => [id, content]),
      )
    })
  })

  describe('the origin of a row', () => {
    test('is stored with it, given back by every way of reading, and gone with a write without one', async (t) => {
      const store = await openStore(t, factory)
      const [one, two] = [traineeRow(1), traineeRow(2)]
      await written(store, { op: 'create', row: one, origin: ORIGIN }, create(two))
      const isThere = async (id: string, row: Row, origin: RowOrigin | null) => {
        await store.makeVisible('g1')
        const { token, ...byId } = await stored(store, id)
        assert.notEqual(token, '')
        const byNumber = (await found(store, ONE)).find((each) => each.row.id === id)
        assert.deepEqual(byId, asWritten(row, origin))
        assert.deepEqual(byNumber, { ...byId, token })
        assert.deepEqual((await scannedRow(store, id)).read(), byId)
      }
      await isThere('tcs-1', one, ORIGIN)
      await isThere('tcs-2', two, null)
      const later: RowOrigin = { at: ORIGIN.at + 1, causes: ['repair'] }
      await written(store, { op: 'replace', row: two, token: (await stored(store, 'tcs-2')).token, origin: later })
      await isThere('tcs-2', two, later)
      await written(store, replace(one, (await stored(store, 'tcs-1')).token))
      await isThere('tcs-1', one, null)
    })
  })

  describe('a row that another program changed', () => {
    const row = aRow('tcs-1005', {
      trainee: aTrainee({ gmcReferenceNumber: ONE }),
      doctor: aDoctor({ gmcReferenceNumber: ONE }),
    })
    const beside = [traineeRow(1), traineeRow(2)]

    async function planted(
      place: StorePlace,
      ...changes: readonly [id: string, planted: Planted][]
    ): Promise<ReadRow[]> {
      await filledWith(place.store, 'g1', [row, ...beside])
      for (const [id, each] of changes) await place.plant('g1', id, each)
      await place.store.makeVisible('g1')
      return (await scanned(place.store)).map((each) => each.read())
    }

    /** The row, found by every way of reading it. */
    async function altered(place: StorePlace, change: Planted): Promise<ReadRow> {
      const rows = await planted(place, [row.id, change])
      assert.deepEqual(
        rows.map((each) => each.row.id),
        ['tcs-1', 'tcs-1005', 'tcs-2'],
      )
      assert.deepEqual(
        [rows[0], rows[2]],
        beside.map((each) => asWritten(each)),
      )
      const { token, ...got } = await stored(place.store, row.id)
      assert.deepEqual(rows[1], got)
      // The store that wrote it can mend it.
      await written(place.store, replace(row, token))
      await place.store.makeVisible('g1')
      assert.deepEqual((await scannedRow(place.store, row.id)).read(), asWritten(row))
      return got
    }

    test('is shown as it is stored: a field', async (t) => {
      const got = await altered(await openPlace(t, factory), {
        change: 'field',
        field: 'doctorLastName',
        value: 'Else',
      })
      assert.deepEqual(got, { ...asWritten(row), document: { ...assemble(row.parts), doctorLastName: 'Else' } })
    })

    test('a field that is gone', async (t) => {
      const got = await altered(await openPlace(t, factory), { change: 'field', field: 'existsInGmc', value: null })
      assert.deepEqual(got, { ...asWritten(row), document: { ...assemble(row.parts), existsInGmc: null } })
    })

    test('a part, and not the fields that follow from it', async (t) => {
      const change = { change: 'part', part: 'doctor.doctorFirstName', value: 'Else' } as const
      const got = await altered(await openPlace(t, factory), change)
      const { doctor } = row.parts
      const parts = { ...row.parts, doctor: doctor && { ...doctor, doctorFirstName: 'Else' } }
      // Keys follow from it too; which ones there are differs between stores.
      assert.deepEqual({ ...got, wrongKeys: [] }, { ...asWritten(row), row: { ...row, parts } })
    })

    test('each key that the store searches by is named if it is wrong', async (t) => {
      const place = await openPlace(t, factory)
      await filledWith(place.store, 'g1', [row, ...beside])
      for (const [key, value] of Object.entries(place.keys)) {
        await place.plant('g1', row.id, { change: 'key', key, value })
        await place.store.makeVisible('g1')
        const ids = (await scanned(place.store)).map(({ id }) => id)
        assert.deepEqual(ids, ['tcs-1', 'tcs-1005', 'tcs-2'], key)
        const { token, ...got } = await stored(place.store, row.id)
        assert.deepEqual(got, { ...asWritten(row), wrongKeys: [key] })
        assert.deepEqual((await scannedRow(place.store, row.id)).read(), got)
        await written(place.store, replace(row, token))
        await place.store.makeVisible('g1')
        assert.deepEqual((await scannedRow(place.store, row.id)).read(), asWritten(row))
      }
    })

    for (const value of [
      '',
      'nonsense',
      null,
      [],
      {},
      [null, null, null],
      [[1], {}, null, null],
      [null, null, 7, null],
    ]) {
      test(`parts that are not what a store writes: ${JSON.stringify(value)}`, async (t) => {
        const got = await altered(await openPlace(t, factory), { change: 'parts', value })
        const none = { trainee: null, doctor: null, outcome: null, reason: null }
        assert.deepEqual(got, { ...asWritten(row), row: { id: row.id, parts: none }, wrongKeys: ['parts'] })
      })
    }

    test('rows that are added or deleted', async (t) => {
      const place = await openPlace(t, factory)
      const added = aRow('gmc-7777777', { doctor: aDoctor({ gmcReferenceNumber: '7777777' }) })
      const rows = await planted(place, ['tcs-1', { change: 'delete' }], [added.id, { change: 'add', row: added }])
      assert.deepEqual(rows, [asWritten(added), asWritten(row), asWritten(traineeRow(2))])
      const writes: StoreWrite[] = [
        create(traineeRow(1)),
        remove(added.id, (await stored(place.store, added.id)).token),
      ]
      await written(place.store, ...writes)
      await place.store.makeVisible('g1')
      assert.deepEqual(
        (await scanned(place.store)).map((each) => each.read()),
        [traineeRow(1), row, traineeRow(2)].map((each) => asWritten(each)),
      )
    })
  })
}
