import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { byList, LIST_NAMES } from '../../../src/domain/lists.ts'
import type { GenerationId, IndexStore } from '../../../src/ports/index-store.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'
import { aNumber, TODAY } from '../../domain/examples.ts'
import { generation, openPlace, withTables, type StoreFactory, type StorePlace } from './place.ts'
import { create, filled, ONE, remove, replace, statuses, stored, traineeRow, TWO, written } from './rows.ts'
import {
  assertTables,
  currentTables,
  filledTables,
  inAnyOrder,
  PEOPLE,
  tableOf,
  tablesOf,
  whole,
} from './table-rows.ts'
import { tablesLikeTheMaster } from './tables-like-the-master.ts'

const NONE = byList(() => 0)
const UNKNOWN = { code: 'GENERATION_UNKNOWN' }
const FAILED = { code: 'STORE_FAILED' }

/** A place whose g1 has filled tables. */
async function placeWithTables(t: TestContext, factory: StoreFactory): Promise<StorePlace> {
  const place = await openPlace(t, factory)
  await filledTables(place.store, 'g1')
  return place
}

export function tables(factory: StoreFactory): void {
  filling(factory)
  keeping(factory)
  mending(factory)
  promoting(factory)
  tablesOfTerms(factory)
  tablesLikeTheMaster(factory)
}

function filling(factory: StoreFactory): void {
  describe('filling tables', () => {
    test('gives each list its rows and only its fields, and tells how far it is', async (t) => {
      const { store } = await openPlace(t, factory)
      const told: number[] = []
      await filledTables(store, 'g1', PEOPLE, { ...whole(), onRows: (rows) => told.push(rows) })
      // Visible at once.
      assert.deepEqual(
        await store.countTables('g1'),
        byList((list) => tablesOf(PEOPLE)[list].size),
      )
      await assertTables(store, 'g1', PEOPLE)
      const all = LIST_NAMES.reduce((sum, list) => sum + tablesOf(PEOPLE)[list].size, 0)
      assert.equal(told.at(-1), all)
      assert.deepEqual(
        told,
        told.toSorted((a, b) => a - b),
      )
    })

    test('is what makes them: before, they are empty, whatever is written or mended', async (t) => {
      const { store } = await openPlace(t, factory)
      await store.createGeneration(withTables('g1'))
      await written(store, ...PEOPLE.map(create))
      await store.makeVisible('g1')
      await store.mendTables('g1', ['tcs-1', 'tcs-9'])
      assert.deepEqual(await store.countTables('g1'), NONE)
      for (const list of LIST_NAMES) {
        assert.deepEqual(await Array.fromAsync(store.tableRows('g1', list)), [])
        assert.deepEqual(await store.tableRowsOf('g1', list, ['tcs-1']), [])
      }
      await assert.rejects(store.promote('g1', null), { code: 'GENERATION_UNREADABLE' })
      assert.equal(await store.liveAliases(), null)
    })

    test('starts over when it is repeated', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      await plantInTable('g1', 'connectedindex', 'tcs-1', null)
      await plantInTable('g1', 'exceptionindex', 'foreign', { gmcReferenceNumber: ONE })
      await store.fillTables('g1', whole())
      await assertTables(store, 'g1', PEOPLE)
    })

    test('stops with the reason of its signal; the tables count as not filled, and can be filled later', async (t) => {
      const { store } = await openPlace(t, factory)
      await store.createGeneration(withTables('g1'))
      await written(store, ...PEOPLE.map(create))
      await store.makeVisible('g1')
      const reason = new Error('the run was cancelled')
      const isReason = (error: unknown) => error === reason
      await assert.rejects(store.fillTables('g1', { ...whole(), signal: AbortSignal.abort(reason) }), isReason)
      // The second time, it begins with filled tables.
      for (const row of [traineeRow(5), traineeRow(6)]) {
        const aborting = new AbortController()
        const onRows = () => aborting.abort(reason)
        await assert.rejects(store.fillTables('g1', { signal: aborting.signal, onRows }), isReason)
        await written(store, create(row))
        await store.makeVisible('g1')
        assert.deepEqual(await store.tableRowsOf('g1', 'recommendationindex', [row.id]), [])
        await assert.rejects(store.promote('g1', null), { code: 'GENERATION_UNREADABLE' })
        await store.fillTables('g1', whole())
      }
      await assertTables(store, 'g1', [...PEOPLE, traineeRow(5), traineeRow(6)])
    })

    test('is for the day of the tables, which a generation tells', async (t) => {
      const { store, reopen } = await openPlace(t, factory)
      await filled(store, 'g0', 1)
      const later = { ...generation('g1', 2), tableDay: '2026-06-02' }
      await store.createGeneration(later)
      await written(store, ...PEOPLE.map(create))
      await store.makeVisible('g1')
      await store.fillTables('g1', whole())
      const exceptions = await tableOf(store, 'g1', 'exceptionindex')
      assert.equal(exceptions.size, tablesOf(PEOPLE).exceptionindex.size + 1)
      assert.ok(exceptions.has('tcs-4'))
      assert.deepEqual(await store.generations(), [generation('g0'), later])
      assert.deepEqual(await (await reopen()).generations(), [generation('g0'), later])
    })

    test('an empty generation has empty tables', async (t) => {
      const { store } = await openPlace(t, factory)
      await filledTables(store, 'g1', [])
      await assertTables(store, 'g1', [])
      await written(store, ...PEOPLE.map(create))
      await assertTables(store, 'g1', PEOPLE)
    })

    test('a generation whose lists are views has no tables', async (t) => {
      const { store } = await openPlace(t, factory)
      await filled(store, 'g1', 1)
      await store.fillTables('g1', whole())
      await store.mendTables('g1', ['tcs-1'])
      assert.equal(await store.countTables('g1'), null)
      await assert.rejects(Array.fromAsync(store.tableRows('g1', 'connectedindex')), FAILED)
      await assert.rejects(store.tableRowsOf('g1', 'connectedindex', ['tcs-1']), FAILED)
      assert.deepEqual(await store.generations(), [generation('g1')])
    })

    test('a generation of another rules version is neither filled nor mended', async (t) => {
      const { store } = await openPlace(t, factory)
      await store.createGeneration({ ...withTables('g1'), assembleVersion: 999 })
      const refused = { code: 'GENERATION_VERSION' }
      await assert.rejects(store.fillTables('g1', whole()), refused)
      await assert.rejects(store.mendTables('g1', ['tcs-1']), refused)
    })

    test('tables are dropped with their generation', async (t) => {
      const { store } = await placeWithTables(t, factory)
      await store.dropGeneration('g1')
      for (const id of ['g1', 'never']) await assertUnknown(store, id)
      await filledTables(store, 'g2')
      await assertTables(store, 'g2', PEOPLE)
    })

    test('and mending ask the guard, which refuses both', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      await plantInTable('g1', 'connectedindex', 'tcs-1', null)
      const over = new Error('the lease is over')
      const refuse = () => {
        throw over
      }
      const isOver = (error: unknown) => error === over
      await assert.rejects(store.fillTables('g1', whole(), refuse), isOver)
      await assert.rejects(store.mendTables('g1', ['tcs-1'], refuse), isOver)
      assert.deepEqual(await store.tableRowsOf('g1', 'connectedindex', ['tcs-1']), [])
      let asked = 0
      await store.mendTables('g1', ['tcs-1'], () => (asked += 1))
      assert.ok(asked > 0)
      await store.fillTables('g1', whole(), () => (asked = -1))
      assert.ok(asked < 0)
    })
  })
}

async function assertUnknown(store: IndexStore, id: GenerationId): Promise<void> {
  await assert.rejects(store.fillTables(id, whole()), UNKNOWN)
  await assert.rejects(store.countTables(id), UNKNOWN)
  await assert.rejects(Array.fromAsync(store.tableRows(id, 'connectedindex')), UNKNOWN)
  await assert.rejects(store.tableRowsOf(id, 'connectedindex', ['tcs-1']), UNKNOWN)
  await assert.rejects(store.mendTables(id, ['tcs-1']), UNKNOWN)
}

function keeping(factory: StoreFactory): void {
  describe('filled tables', () => {
    test('follow rows that are created, change lists and are deleted', async (t) => {
      const { store } = await placeWithTables(t, factory)
      const [first, second, third, ...more] = PEOPLE
      assert.ok(first && second && third)
      const disconnected = { ...first, parts: { ...first.parts, doctor: null } }
      const connected = { ...third, parts: { ...third.parts, doctor: first.parts.doctor } }
      await written(
        store,
        replace(disconnected, (await stored(store, first.id)).token),
        replace(connected, (await stored(store, third.id)).token),
        remove(second.id, (await stored(store, second.id)).token),
        create(traineeRow(9)),
      )
      await assertTables(store, 'g1', [disconnected, connected, ...more, traineeRow(9)])
      await written(store, replace(first, (await stored(store, first.id)).token), create(second))
      await assertTables(store, 'g1', [first, second, connected, ...more, traineeRow(9)])
    })

    test('are as the master is where a write is refused', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      const outdated = (await stored(store, 'tcs-1')).token
      const [first] = PEOPLE
      assert.ok(first)
      await written(store, replace(first, outdated))
      await plantInTable('g1', 'connectedindex', 'tcs-1', { doctorLastName: 'Somebody else' })
      const sent = [
        replace({ ...first, parts: { ...first.parts, doctor: null } }, outdated),
        create({ ...traineeRow(2, ONE), id: 'tcs-2' }),
        remove('tcs-9', outdated),
      ]
      assert.deepEqual(await statuses(store, ...sent), ['conflict', 'exists', 'conflict'])
      await assertTables(store, 'g1', PEOPLE)
      assert.deepEqual(await statuses(store, remove('tcs-1', outdated)), ['conflict'])
      await assertTables(store, 'g1', PEOPLE)
    })

    test('are kept by the next process, and read by others', async (t) => {
      const { store, reopen, openReader } = await placeWithTables(t, factory)
      await store.promote('g1', null)
      const next = await reopen()
      await written(next, create(traineeRow(9)))
      await assertTables(next, 'g1', [...PEOPLE, traineeRow(9)])
      const reader = await openReader()
      assert.deepEqual(await reader.countTables('g1'), await next.countTables('g1'))
      const documents = await Array.fromAsync(reader.documents('live', 'connectedindex', TODAY))
      const table = await tableOf(reader, 'g1', 'connectedindex')
      assert.deepEqual(inAnyOrder(documents), inAnyOrder([...table.values()]))
    })
  })
}

function mending(factory: StoreFactory): void {
  describe('mending tables', () => {
    test('makes rows as the master requires, whatever another program did to them', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      await plantInTable('g1', 'recommendationindex', 'tcs-1', { doctorLastName: 'Changed' })
      await plantInTable('g1', 'connectedindex', 'tcs-1', null)
      await plantInTable('g1', 'connectedindex', 'tcs-2', { doctorLastName: 'Of the other list' })
      await plantInTable('g1', 'exceptionindex', 'of-a-java-service', { gmcReferenceNumber: ONE, doctorLastName: 'A' })
      await store.makeVisible('g1')
      const damaged = byList((list) => tablesOf(PEOPLE)[list].size)
      assert.deepEqual(await store.countTables('g1'), {
        ...damaged,
        exceptionindex: damaged.exceptionindex + 1,
      })
      const foreign = await tableOf(store, 'g1', 'exceptionindex')
      assert.deepEqual(foreign.get('of-a-java-service'), { gmcReferenceNumber: ONE, doctorLastName: 'A' })
      const ids = ['tcs-1', 'tcs-2', 'of-a-java-service', 'nowhere']
      await store.mendTables('g1', ids)
      await assertTables(store, 'g1', PEOPLE)
      await store.mendTables('g1', [...ids, ...ids])
      await store.mendTables('g1', [])
      await assertTables(store, 'g1', PEOPLE)
    })

    test('removes what a Java service made of the same people under other ids', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      const [first] = PEOPLE
      const number = first?.parts.doctor?.gmcReferenceNumber ?? ''
      await plantInTable('g1', 'disconnectedindex', 'random-1', { gmcReferenceNumber: number, doctorLastName: 'Twice' })
      await plantInTable('g1', 'exceptionindex', 'random-3', { tcsPersonId: 3, doctorLastName: 'Twice' })
      await plantInTable('g1', 'exceptionindex', 'random-9', {
        gmcReferenceNumber: '9999999',
        doctorLastName: 'Another',
      })
      await store.makeVisible('g1')
      await store.mendTables('g1', ['tcs-1', 'tcs-3'])
      await store.makeVisible('g1')
      const exceptions = await tableOf(store, 'g1', 'exceptionindex')
      assert.deepEqual(exceptions.get('random-9'), { gmcReferenceNumber: '9999999', doctorLastName: 'Another' })
      await plantInTable('g1', 'exceptionindex', 'random-9', null)
      await assertTables(store, 'g1', PEOPLE)
    })

    test('leaves all other rows as they are', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      await plantInTable('g1', 'recommendationindex', 'tcs-1', null)
      await plantInTable('g1', 'recommendationindex', 'tcs-3', null)
      await store.mendTables('g1', ['tcs-3'])
      await store.makeVisible('g1')
      const ids = [...(await tableOf(store, 'g1', 'recommendationindex')).keys()]
      assert.deepEqual(
        ids.sort(),
        PEOPLE.map(({ id }) => id)
          .filter((id) => id !== 'tcs-1')
          .sort(),
      )
    })

    test('goes by the current rows, not only by visible ones', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      const [, , third] = PEOPLE
      assert.ok(third)
      await written(store, create(traineeRow(9)), remove(third.id, (await stored(store, third.id)).token))
      await plantInTable('g1', 'recommendationindex', 'tcs-9', null)
      await plantInTable('g1', 'recommendationindex', third.id, { doctorLastName: 'Deleted' })
      await store.mendTables('g1', ['tcs-9', third.id])
      const now = await currentTables(store, 'g1', ['tcs-9', third.id])
      assert.deepEqual(now, tablesOf([traineeRow(9)]))
    })
  })
}

function promoting(factory: StoreFactory): void {
  describe('tables that are live', () => {
    test('are what readers of the lists get, on any day; the master index stays the master', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      await store.promote('g1', null)
      const live = await store.liveAliases()
      assert.deepEqual(live, { masterdoctorindex: 'g1', ...byList(() => 'g1') })
      const damage = { doctorLastName: 'Only in the table' }
      for (const list of LIST_NAMES) await plantInTable('g1', list, 'tcs-4', damage)
      await store.makeVisible('g1')
      for (const list of LIST_NAMES) {
        const expected = new Map(tablesOf(PEOPLE)[list]).set('tcs-4', damage)
        const documents = await Array.fromAsync(store.documents('live', list, '2030-01-01'))
        const inOrder = [...expected].sort(([a], [b]) => compareByCodePoint(a, b)).map(([, document]) => document)
        assert.deepEqual(documents, inOrder, list)
        const view = await Array.fromAsync(store.documents('g1', list, TODAY))
        assert.deepEqual(inAnyOrder(view), inAnyOrder([...tablesOf(PEOPLE)[list].values()]), list)
      }
      const master = await Array.fromAsync(store.documents('live', 'masterdoctorindex', TODAY))
      assert.equal(master.length, PEOPLE.length)
      assert.ok(!inAnyOrder(master).join().includes(damage.doctorLastName))
    })

    test('give way to views, come back, and give way to other tables', async (t) => {
      const { store, plantInTable } = await placeWithTables(t, factory)
      const changed = { doctorLastName: 'Of the table' }
      await plantInTable('g1', 'disconnectedindex', 'tcs-3', changed)
      await filled(store, 'views', 7)
      await filledTables(store, 'g2', [traineeRow(8, TWO)])
      const names = async () => {
        const documents = await Array.fromAsync(store.documents('live', 'disconnectedindex', TODAY))
        return documents.map(({ tcsPersonId, doctorLastName }) => tcsPersonId ?? doctorLastName)
      }
      const order: [to: GenerationId, from: GenerationId | null, shown: string | number][] = [
        ['g1', null, changed.doctorLastName],
        ['views', 'g1', 7],
        ['g1', 'views', changed.doctorLastName],
        ['g2', 'g1', 8],
        ['views', 'g2', 7],
      ]
      for (const [to, from, shown] of order) {
        await store.promote(to, from)
        await store.makeVisible(to)
        assert.deepEqual(await store.liveAliases(), { masterdoctorindex: to, ...byList(() => to) })
        assert.ok((await names()).includes(shown), `${to} shows ${shown}`)
      }
      await assert.rejects(store.promote('g1', 'g2'), { code: 'ALIASES_MOVED' })
      assert.deepEqual(await names(), [7])
      await store.dropGeneration('g1')
      await store.dropGeneration('g2')
      assert.deepEqual(await names(), [7])
    })
  })
}

function tablesOfTerms(factory: StoreFactory): void {
  test('a writer whose term is over changes no table', async (t) => {
    const { store: early, openWriter } = await openPlace(t, factory)
    if (openWriter === null) return
    const late = await openWriter()
    await early.takeOver([], 1)
    await filledTables(early, 'g1')
    await early.createGeneration(withTables('g2'))
    const { token } = await stored(early, 'tcs-1')
    await late.takeOver(['g1', 'g2'], 2)
    const lost = { code: 'WRITER_LOST' }
    await assert.rejects(early.write('g1', [create(traineeRow(9))]), lost)
    await assert.rejects(early.write('g1', [remove('tcs-1', token)]), lost)
    await assert.rejects(early.mendTables('g1', ['tcs-1']), lost)
    await assert.rejects(early.fillTables('g1', whole()), lost)
    await assert.rejects(early.fillTables('g2', whole()), lost)
    await assertTables(late, 'g1', PEOPLE)
    const own = traineeRow(9, aNumber('3333333'))
    await written(late, create(own))
    await assertTables(late, 'g1', [...PEOPLE, own])
    await late.fillTables('g2', whole())
    await assertTables(late, 'g2', [])
  })
}
