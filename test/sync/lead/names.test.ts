import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { IndexStore, LiveNames } from '../../../src/ports/index-store.ts'
import type { Installation } from '../../../src/ports/run-ledger.ts'
import { changeNames, finishNameChange, rollBack } from '../../../src/sync/lead/names.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { altered, type Alterations } from '../../faults/altered.ts'
import { aContext, brokerFor, ledgerFor, storeFor, told } from '../a-context.ts'
import { aChange, aChangeRequest, kept } from '../examples.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

/** Three generations, of which the names show the first. */
async function place(t: TestContext, alterations: Alterations<IndexStore> = {}, before: Partial<Installation> = {}) {
  const clock = new ManualClock()
  const own = await storeFor(t)
  for (const id of ['g-1', 'g-2', 'g-3'])
    await own.createGeneration({ id, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  await own.promote('g-1', null)
  const ledger = await ledgerFor(t)
  await changeInstallation(ledger, (known) => ({ ...known, term: 1, live: kept(1), ...before }))
  const parts = { clock, ledger, store: altered(own, alterations), broker: brokerFor(t, clock) }
  const context = { ...aContext(parts), term: 1, guard: () => undefined }
  const events = told(context, 'names.changing', 'names.changed')
  const shown = async () => new Set(Object.values((await own.liveNames()) ?? {}))
  return { context, own, events, shown, installation: () => readInstallation(ledger) }
}

const FAULT = new RevalError('STORE_FAILED', 'the answer got lost', { transient: true })
const TO_TWO = aChangeRequest()

describe('the names are moved', () => {
  test('to a generation: on record before and after', async (t) => {
    const { context, events, shown, installation } = await place(t)
    await changeNames(context, TO_TWO)
    const { live, previous, changing, history } = await installation()
    assert.deepEqual([live, previous, changing], [kept(2), kept(1), null])
    assert.deepEqual(history, [{ ...TO_TWO, from: kept(1), at: context.clock.now() }])
    assert.deepEqual([await shown(), events], [new Set(['g-2']), ['names.changing', 'names.changed']])
  })

  test('and back again, and forth again', async (t) => {
    const { context, shown, installation } = await place(t)
    await changeNames(context, TO_TWO)
    assert.deepEqual(await rollBack(context, { id: 'q-1', by: 'somebody', why: 'so' }), kept(1))
    assert.deepEqual(await shown(), new Set(['g-1']))
    assert.deepEqual(await rollBack(context, { id: 'q-2', by: 'somebody', why: 'so' }), kept(2))
    const { live, previous, history } = await installation()
    assert.deepEqual([live, previous, await shown()], [kept(2), kept(1), new Set(['g-2'])])
    assert.deepEqual(
      history.map(({ kind, request }) => [kind, request]),
      [
        ['rollback', 'q-2'],
        ['rollback', 'q-1'],
        ['promotion', null],
      ],
    )
  })

  test('though the store’s answer got lost: what they show decides', async (t) => {
    const { context, installation } = await place(t, {
      promote: (own) => async (to, from, guard) => {
        await own(to, from, guard)
        throw FAULT
      },
    })
    await changeNames(context, TO_TWO)
    assert.deepEqual((await installation()).live, kept(2))
  })

  test('not back where there is nothing to go back to', async (t) => {
    const { context } = await place(t)
    await assert.rejects(rollBack(context, { id: 'q', by: '', why: '' }), { code: 'NOTHING_TO_ROLL_BACK' })
  })
})

describe('a change of names that did not take place,', () => {
  const some = async (own: () => Promise<LiveNames | null>): Promise<LiveNames | null> => {
    const names = await own()
    return names === null ? null : { ...names, exceptionindex: 'g-1' }
  }
  const cases: readonly (readonly [string, Alterations<IndexStore>, string])[] = [
    ['as the store refused it,', { promote: () => () => Promise.reject(FAULT) }, 'the answer got lost'],
    [
      'as @@ it, whatever the store said',
      { promote: () => () => Promise.resolve() },
      'the aliases were moved to g-2 but do not point to it',
    ],
    [
      'as only some names moved',
      { liveNames: (own) => () => some(own) },
      'the aliases were moved to g-2 but do not point to it',
    ],
  ]
  for (const [what, alterations, message] of cases) {
    test(`${what} leaves the record as it was, and the next one can begin`, async (t) => {
      const { context, own, events, installation } = await place(t, alterations)
      const before = await installation()
      await assert.rejects(changeNames(context, TO_TWO), { code: 'STORE_FAILED', message })
      assert.deepEqual([await installation(), events], [before, ['names.changing']])
      await own.promote('g-1', 'g-2').catch(() => undefined)
      const again = { ...context, store: own }
      await changeNames(again, TO_TWO)
      assert.deepEqual((await installation()).live, kept(2))
    })
  }

  for (const code of ['LEASE_EXPIRED', 'WRITER_LOST'] as const) {
    test(`for ${code} stays on record, and is finished later: the names may yet move`, async (t) => {
      const { context, own, installation, shown } = await place(t, {
        promote: () => () => Promise.reject(new RevalError(code, 'not now')),
      })
      await assert.rejects(changeNames(context, TO_TWO), { code })
      assert.deepEqual((await installation()).changing?.to, kept(2))
      await finishNameChange({ ...context, store: own })
      assert.deepEqual([(await installation()).live, await shown()], [kept(2), new Set(['g-2'])])
    })
  }
})

describe('a change of names that a crash left', () => {
  const changing = aChange({ to: kept(2), from: kept(1) })

  test('before the names moved is carried out', async (t) => {
    const { context, shown, installation } = await place(t, {}, { changing })
    await finishNameChange(context)
    const { live, history } = await installation()
    assert.deepEqual([live, history, await shown()], [kept(2), [changing], new Set(['g-2'])])
  })

  test('after the names moved is recorded, and nothing is asked of the store', async (t) => {
    const promotions: string[] = []
    const { context, own, installation } = await place(
      t,
      { promote: () => (to) => Promise.resolve(void promotions.push(to)) },
      { changing },
    )
    await own.promote('g-2', 'g-1')
    await finishNameChange(context)
    const { live, previous, history } = await installation()
    assert.deepEqual([live, previous, history, promotions], [kept(2), kept(1), [changing], []])
  })

  test('is finished before another begins', async (t) => {
    const { context, installation } = await place(t, {}, { changing })
    await changeNames(context, aChangeRequest({ to: kept(3) }))
    const { live, previous, history } = await installation()
    assert.deepEqual([live, previous, history.length], [kept(3), kept(2), 2])
  })

  test('is no error where there is none', async (t) => {
    const { context, installation } = await place(t)
    const before = await installation()
    await finishNameChange(context)
    assert.deepEqual(await installation(), before)
  })
})

test('a writer of an earlier term changes nothing', async (t) => {
  const { context, shown, installation } = await place(t, {}, { term: 2 })
  await assert.rejects(changeNames(context, TO_TWO), { code: 'WRITER_LOST' })
  assert.deepEqual([(await installation()).changing, await shown()], [null, new Set(['g-1'])])
})
