import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Row } from '../../../src/domain/row.ts'
import { words } from '../../../src/domain/words.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation } from '../index-store/place.ts'
import { create, remove, replace, stored } from '../index-store/rows.ts'
import { assertPage, listQuery, namesFound, type Asked } from './asking.ts'
import { NORTH, personRow, WESSEX } from './fixture.ts'
import { filledWith, openLists, sourceOf, type Filled, type ListFactory, type ListPlace } from './place.ts'

const ANN = personRow(1, { first: 'Ann', last: 'Archer', programme: 'Cardiology' })
const BEN = personRow(2, { first: 'Ben', last: 'Baker', programme: 'Cardiology' })
const RENAMED = personRow(1, { first: 'Zoë', last: 'Young-Carter', programme: 'Renal Medicine', body: WESSEX })
const NEW = personRow(3, { first: 'New', last: 'Comer', programme: 'Dermatology' })

export function changing(factory: ListFactory): void {
  const makeVisible = async ({ store, reader }: ListPlace, ...rows: Row[]): Promise<Filled> => {
    await store.makeVisible('g1')
    return { id: 'g1', reader, rows: rows.map(sourceOf) }
  }
  const everywhere: readonly Asked[] = [{ list: 'doctors' }, { list: 'all' }, { list: 'connected' }]

  describe('rows that change after they were made readable', () => {
    test('a row is found as it is, and no longer as it was', async (t) => {
      const place = await openLists(t, factory)
      await filledWith(place, 'g1', [ANN, BEN])
      const { token } = await stored(place.store, ANN.id)
      await place.store.write('g1', [replace(RENAMED, token)])
      const filled = await makeVisible(place, RENAMED, BEN)
      for (const asked of everywhere) {
        assert.deepEqual(await namesFound(filled, { ...asked, search: 'archer' }), [])
        assert.deepEqual(await namesFound(filled, { ...asked, search: 'young c' }), ['Zoë Young-Carter'])
        assert.deepEqual(await namesFound(filled, { ...asked, bodies: [NORTH] }), ['Ben Baker'])
        await assertPage(filled, listQuery(asked))
      }
      assert.deepEqual(await namesFound(filled, { list: 'doctors', search: 'cardio' }), ['Ben Baker'])
      assert.deepEqual(await namesFound(filled, { list: 'doctors', search: 'renal' }), ['Zoë Young-Carter'])
      const suggested = await place.reader.suggest('g1', suggesting(''), TODAY)
      assert.deepEqual(suggested, ['Cardiology', 'Renal Medicine'])
    })

    test('created and deleted rows', async (t) => {
      const place = await openLists(t, factory)
      await filledWith(place, 'g1', [ANN, BEN])
      const { token } = await stored(place.store, ANN.id)
      await place.store.write('g1', [create(NEW), remove(ANN.id, token)])
      const filled = await makeVisible(place, BEN, NEW)
      for (const asked of everywhere) {
        assert.deepEqual(await namesFound(filled, { ...asked, search: 'ann' }), [])
        assert.deepEqual(await namesFound(filled, { ...asked, search: 'com' }), ['New Comer'])
        await assertPage(filled, listQuery(asked))
      }
      const again = await stored(place.store, NEW.id)
      await place.store.write('g1', [create(ANN), remove(NEW.id, again.token)])
      await assertPage(await makeVisible(place, ANN, BEN), listQuery())
    })

    test('making rows readable again changes nothing', async (t) => {
      const place = await openLists(t, factory)
      await filledWith(place, 'g1', [ANN])
      await place.store.write('g1', [create(BEN)])
      await place.store.makeVisible('g1')
      await place.store.makeReadable('g1')
      await assertPage(await makeVisible(place, ANN, BEN), listQuery())
    })

    test('each generation has its own rows', async (t) => {
      const place = await openLists(t, factory)
      const first = await filledWith(place, 'g1', [ANN, BEN])
      const second = await filledWith(place, 'g2', [RENAMED])
      await assertPage(first, listQuery())
      await assertPage(second, listQuery())
      await place.store.dropGeneration('g1')
      await assert.rejects(place.reader.page('g1', listQuery(), TODAY, { offset: 0, size: 20 }), {
        code: 'GENERATION_UNKNOWN',
      })
      await assertPage(second, listQuery())
    })
  })

  describe('generations that cannot be read', () => {
    const calls = ({ reader }: ListPlace, id: string) => [
      () => reader.page(id, listQuery(), TODAY, { offset: 0, size: 20 }),
      () => reader.counts(id, listQuery(), TODAY),
      () => reader.suggest(id, suggesting('a'), TODAY),
      () => Array.fromAsync(reader.all(id, listQuery(), TODAY)),
    ]

    test('an unknown one', async (t) => {
      const place = await openLists(t, factory)
      for (const call of calls(place, 'g9')) await assert.rejects(call, { code: 'GENERATION_UNKNOWN' })
    })

    test('one that another version filled', async (t) => {
      const place = await openLists(t, factory)
      await filledWith(place, 'g1', [ANN])
      await place.outdate('g1')
      for (const call of calls(place, 'g1')) await assert.rejects(call, { code: 'GENERATION_VERSION' })
    })

    test('making rows readable is refused for an unknown generation, and by its guard', async (t) => {
      const { store, reader } = await openLists(t, factory)
      await assert.rejects(store.makeReadable('g9'), { code: 'GENERATION_UNKNOWN' })
      await store.createGeneration(generation('g1'))
      const lost = new Error('lost')
      await assert.rejects(
        store.makeReadable('g1', () => {
          throw lost
        }),
        lost,
      )
      await store.makeReadable('g1')
      await store.makeVisible('g1')
      assert.deepEqual(await reader.page('g1', listQuery(), TODAY, { offset: 0, size: 20 }), { rows: [], total: 0 })
    })
  })
}

function suggesting(phrase: '' | 'a') {
  return { ...listQuery({ list: 'doctors' }), field: 'programmeName' as const, phrase: words(phrase) }
}
