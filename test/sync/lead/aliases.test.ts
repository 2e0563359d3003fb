import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { Generation, IndexStore, LiveAliases } from '../../../src/ports/index-store.ts'
import type { Installation } from '../../../src/ports/run-ledger.ts'
import { changeAliases, finishAliasChange, rollBack } from '../../../src/sync/lead/aliases.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { altered, type Alterations } from '../../faults/altered.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor, told } from '../a-context.ts'
import { aChange, aChangeRequest, kept } from '../examples.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

/** Three generations; the aliases point to the first. */
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
  const events = told(context, 'aliases.changing', 'aliases.changed')
  const shown = async () => new Set(Object.values((await own.liveAliases()) ?? {}))
  return { context, own, events, shown, installation: () => readInstallation(ledger) }
}

const FAULT = new RevalError('STORE_FAILED', 'the answer got lost', { transient: true })
const TO_TWO = aChangeRequest()

describe('the aliases are moved', () => {
  test('to a generation, recorded before and after', async (t) => {
    const { context, events, shown, installation } = await place(t)
    await changeAliases(context, TO_TWO)
    const { live, previous, changing, history } = await installation()
    assert.deepEqual([live, previous, changing], [kept(2), kept(1), null])
    assert.deepEqual(history, [{ ...TO_TWO, from: kept(1), at: context.clock.now() }])
    assert.deepEqual([await shown(), events], [new Set(['g-2']), ['aliases.changing', 'aliases.changed']])
  })

  test('and back, and forth again', async (t) => {
    const { context, shown, installation } = await place(t)
    await changeAliases(context, TO_TWO)
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

  test('even if the store’s answer is lost: reading them back decides', async (t) => {
    const { context, installation } = await place(t, {
      promote: (own) => async (to, from, guard) => {
        await own(to, from, guard)
        throw FAULT
      },
    })
    await changeAliases(context, TO_TWO)
    assert.deepEqual((await installation()).live, kept(2))
  })

  test('not back without a previous generation', async (t) => {
    const { context } = await place(t)
    await assert.rejects(rollBack(context, { id: 'q', by: '', why: '' }), { code: 'NOTHING_TO_ROLL_BACK' })
  })

  test('to the Java services’ generation by the name of its run, at any time, and back', async (t) => {
    const { context, shown, installation } = await place(t, {}, { previous: kept(2), java: kept(3) })
    const to = (run: string | null) => rollBack(context, { id: `q-${run}`, run, by: 'somebody', why: 'so' })
    assert.deepEqual(await to('run-3'), kept(3))
    assert.deepEqual(await shown(), new Set(['g-3']))
    await assert.rejects(to('run-3'), { code: 'NOTHING_TO_ROLL_BACK', message: 'run run-3 is live' })
    await assert.rejects(to('run-2'), { code: 'GENERATION_UNKNOWN', message: /can lead to run-1 or run-3/ })
    assert.deepEqual(await to('run-1'), kept(1))
    const { live, previous, java } = await installation()
    assert.deepEqual([live, previous, java], [kept(1), kept(3), kept(3)])
  })

  test('without a previous generation, that of the Java services is named', async (t) => {
    const { context } = await place(t, {}, { java: kept(3) })
    const wanted = { code: 'NOTHING_TO_ROLL_BACK', message: /--to run-3/ }
    await assert.rejects(rollBack(context, { id: 'q', by: '', why: '' }), wanted)
  })
})

describe('an alias change that did not take place,', () => {
  const some = async (own: () => Promise<LiveAliases | null>): Promise<LiveAliases | null> => {
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
      'as only some aliases moved',
      { liveAliases: (own) => () => some(own) },
      'the aliases were moved to g-2 but do not point to it',
    ],
  ]
  for (const [what, alterations, message] of cases) {
    test(`${what} leaves the record unchanged, and the next one can start`, async (t) => {
      const { context, own, events, installation } = await place(t, alterations)
      const before = await installation()
      await assert.rejects(changeAliases(context, TO_TWO), { code: 'STORE_FAILED', message })
      assert.deepEqual([await installation(), events], [before, ['aliases.changing']])
      await own.promote('g-1', 'g-2').catch(() => undefined)
      const again = { ...context, store: own }
      await changeAliases(again, TO_TWO)
      assert.deepEqual((await installation()).live, kept(2))
    })
  }

  for (const code of ['LEASE_EXPIRED', 'WRITER_LOST'] as const) {
    test(`for ${code} stays on record and is completed later: the aliases may yet move`, async (t) => {
      const { context, own, installation, shown } = await place(t, {
        promote: () => () => Promise.reject(new RevalError(code, 'not now')),
      })
      await assert.rejects(changeAliases(context, TO_TWO), { code })
      assert.deepEqual((await installation()).changing?.to, kept(2))
      await finishAliasChange({ ...context, store: own })
      assert.deepEqual([(await installation()).live, await shown()], [kept(2), new Set(['g-2'])])
    })
  }
})

describe('an alias change that a crash left', () => {
  const changing = aChange({ to: kept(2), from: kept(1) })

  test('before the aliases moved is completed', async (t) => {
    const { context, shown, installation } = await place(t, {}, { changing })
    await finishAliasChange(context)
    const { live, history } = await installation()
    assert.deepEqual([live, history, await shown()], [kept(2), [changing], new Set(['g-2'])])
  })

  test('after the aliases moved is recorded without a call to the store', async (t) => {
    const promotions: string[] = []
    const { context, own, installation } = await place(
      t,
      { promote: () => (to) => Promise.resolve(void promotions.push(to)) },
      { changing },
    )
    await own.promote('g-2', 'g-1')
    await finishAliasChange(context)
    const { live, previous, history } = await installation()
    assert.deepEqual([live, previous, history, promotions], [kept(2), kept(1), [changing], []])
  })

  test('is completed before another starts', async (t) => {
    const { context, installation } = await place(t, {}, { changing })
    await changeAliases(context, aChangeRequest({ to: kept(3) }))
    const { live, previous, history } = await installation()
    assert.deepEqual([live, previous, history.length], [kept(3), kept(2), 2])
  })

  test('is not an error if there is none', async (t) => {
    const { context, installation } = await place(t)
    const before = await installation()
    await finishAliasChange(context)
    assert.deepEqual(await installation(), before)
  })
})

describe('beside a Java service that writes lists, the aliases', () => {
  const beside = async (t: TestContext, generation: Partial<Generation>, before: Partial<Installation> = {}) => {
    const generations: Alterations<IndexStore>['generations'] = (own) => async () =>
      (await own()).map((each) => (each.id === 'g-2' ? { ...each, ...generation } : each))
    const found = await place(t, { generations }, before)
    return { ...found, context: { ...found.context, settings: { ...SETTINGS, javaPeers: ['connection' as const] } } }
  }

  test('are moved to a generation with tables, or to the copies of its own indexes', async (t) => {
    for (const generation of [{ tableDay: '2026-06-01' }, { java: true as const }]) {
      const { context, installation } = await beside(t, generation)
      await changeAliases(context, TO_TWO)
      assert.deepEqual((await installation()).live, kept(2))
    }
  })

  test('are not moved to views, and not back to them: nothing is recorded', async (t) => {
    const { context, events, shown, installation } = await beside(t, {}, { previous: kept(2) })
    const before = await installation()
    await assert.rejects(changeAliases(context, TO_TWO), { code: 'GENERATION_HAS_VIEWS' })
    await assert.rejects(rollBack(context, { id: 'q', by: '', why: '' }), { code: 'GENERATION_HAS_VIEWS' })
    assert.deepEqual([await installation(), events, await shown()], [before, [], new Set(['g-1'])])
  })

  test('are not moved to views by a change that was on record before the settings were changed', async (t) => {
    const { context, shown, installation } = await beside(t, {}, { changing: aChange({ to: kept(2), from: kept(1) }) })
    await assert.rejects(finishAliasChange(context), { code: 'GENERATION_HAS_VIEWS' })
    assert.deepEqual([(await installation()).changing, await shown()], [null, new Set(['g-1'])])
  })
})

test('a writer of an earlier term changes nothing', async (t) => {
  const { context, shown, installation } = await place(t, {}, { term: 2 })
  await assert.rejects(changeAliases(context, TO_TWO), { code: 'WRITER_LOST' })
  assert.deepEqual([(await installation()).changing, await shown()], [null, new Set(['g-1'])])
})
