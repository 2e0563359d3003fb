import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Row } from '../../../src/domain/row.ts'
import { words } from '../../../src/domain/words.ts'
import type { GenerationId, StoreWrite, Token } from '../../../src/ports/index-store.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation } from '../index-store/place.ts'
import { create, remove, replace } from '../index-store/rows.ts'
import { assertPage, listQuery, namesFound, type Asked } from './asking.ts'
import { NORTH, personRow, WESSEX } from './fixture.ts'
import { filledWith, sourceOf, type Filled, type ListFactory, type ListPlace } from './place.ts'

const ANN = personRow(1, { first: 'Ann', last: 'Archer', programme: 'Cardiology' })
const BEN = personRow(2, { first: 'Ben', last: 'Baker', programme: 'Cardiology' })
const RENAMED = personRow(1, { first: 'Zoë', last: 'Young-Carter', programme: 'Renal Medicine', body: WESSEX })
const NEW = personRow(3, { first: 'New', last: 'Comer', programme: 'Dermatology' })

/** The store and reader of all these tests; each has generations of its own. */
export function changing(factory: ListFactory): void {
  let opened: ListPlace | null = null
  let generations = 0
  before(async () => {
    opened = await factory()
  })
  after(() => opened?.dispose())
  const thePlace = (): ListPlace => opened ?? assert.fail('the place could not be opened')
  const nextId = (): GenerationId => `changing-${(generations += 1)}`
  const filled = (...rows: Row[]): Promise<Filled> => filledWith(thePlace(), nextId(), rows)

  /** Carries writes out and makes them visible; these rows are there then. */
  const changed = async ({ id, reader }: Filled, writes: readonly StoreWrite[], ...rows: Row[]): Promise<Filled> => {
    const { store } = thePlace()
    for (const { status } of await store.write(id, writes)) assert.equal(status, 'written')
    await store.makeVisible(id)
    return { id, reader, rows: rows.map(sourceOf) }
  }
  const tokenOf = async ({ id }: Filled, row: Row): Promise<Token> => {
    const [stored] = await thePlace().store.get(id, [row.id])
    return stored?.token ?? assert.fail(`${row.id} is not there`)
  }
  const everywhere: readonly Asked[] = [{ list: 'doctors' }, { list: 'all' }, { list: 'connected' }]

  describe('rows that change after they were made readable', () => {
    test('a row is found as it is, and no longer as it was', async () => {
      const before = await filled(ANN, BEN)
      const after = await changed(before, [replace(RENAMED, await tokenOf(before, ANN))], RENAMED, BEN)
      for (const asked of everywhere) {
        assert.deepEqual(await namesFound(after, { ...asked, search: 'archer' }), [])
        assert.deepEqual(await namesFound(after, { ...asked, search: 'young c' }), ['Zoë Young-Carter'])
        assert.deepEqual(await namesFound(after, { ...asked, bodies: [NORTH] }), ['Ben Baker'])
        await assertPage(after, listQuery(asked))
      }
      assert.deepEqual(await namesFound(after, { list: 'doctors', search: 'cardio' }), ['Ben Baker'])
      assert.deepEqual(await namesFound(after, { list: 'doctors', search: 'renal' }), ['Zoë Young-Carter'])
      const suggested = await after.reader.suggest(after.id, suggesting(''), TODAY)
      assert.deepEqual(suggested, ['Cardiology', 'Renal Medicine'])
    })

    test('created and deleted rows', async () => {
      const before = await filled(ANN, BEN)
      const after = await changed(before, [create(NEW), remove(ANN.id, await tokenOf(before, ANN))], BEN, NEW)
      for (const asked of everywhere) {
        assert.deepEqual(await namesFound(after, { ...asked, search: 'ann' }), [])
        assert.deepEqual(await namesFound(after, { ...asked, search: 'com' }), ['New Comer'])
        await assertPage(after, listQuery(asked))
      }
      const back = [create(ANN), remove(NEW.id, await tokenOf(after, NEW))]
      await assertPage(await changed(after, back, ANN, BEN), listQuery())
    })

    test('making rows readable again changes nothing', async () => {
      const { store } = thePlace()
      const before = await filled(ANN)
      const after = await changed(before, [create(BEN)], ANN, BEN)
      await store.makeReadable(after.id)
      await store.makeVisible(after.id)
      await assertPage(after, listQuery())
    })

    test('each generation has its own rows', async () => {
      const first = await filled(ANN, BEN)
      const second = await filled(RENAMED)
      await assertPage(first, listQuery())
      await assertPage(second, listQuery())
      await thePlace().store.dropGeneration(first.id)
      await assert.rejects(first.reader.page(first.id, listQuery(), TODAY, { offset: 0, size: 20 }), {
        code: 'GENERATION_UNKNOWN',
      })
      await assertPage(second, listQuery())
    })
  })

  describe('generations that cannot be read', () => {
    const calls = (id: GenerationId, { reader }: ListPlace) => [
      () => reader.page(id, listQuery(), TODAY, { offset: 0, size: 20 }),
      () => reader.counts(id, listQuery(), TODAY),
      () => reader.suggest(id, suggesting('a'), TODAY),
      () => Array.fromAsync(reader.all(id, listQuery(), TODAY)),
    ]

    test('an unknown one', async () => {
      for (const call of calls(nextId(), thePlace())) await assert.rejects(call, { code: 'GENERATION_UNKNOWN' })
    })

    test('one that another version filled', async () => {
      const { id } = await filled(ANN)
      await thePlace().outdate(id)
      for (const call of calls(id, thePlace())) await assert.rejects(call, { code: 'GENERATION_VERSION' })
    })

    test('making rows readable is refused for an unknown generation, and by its guard', async () => {
      const { store, reader } = thePlace()
      const id = nextId()
      await assert.rejects(store.makeReadable(id), { code: 'GENERATION_UNKNOWN' })
      await store.createGeneration(generation(id))
      const lost = new Error('lost')
      await assert.rejects(
        store.makeReadable(id, () => {
          throw lost
        }),
        lost,
      )
      await store.makeReadable(id)
      await store.makeVisible(id)
      assert.deepEqual(await reader.page(id, listQuery(), TODAY, { offset: 0, size: 20 }), { rows: [], total: 0 })
    })
  })
}

function suggesting(phrase: '' | 'a') {
  return { ...listQuery({ list: 'doctors' }), field: 'programmeName' as const, phrase: words(phrase) }
}
