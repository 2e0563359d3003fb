import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { expireGenerations } from '../../../src/sync/retention/expire-generations.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor } from '../a-context.ts'
import { aChange, aRun, kept } from '../examples.ts'

const DAY = 86_400_000

/** Live since the start, with a previous generation and one whose run was held back at the start. */
async function keeping(t: TestContext, days: { readonly heldBack?: number; readonly previous?: number }) {
  const clock = new ManualClock()
  const [store, ledger, broker] = [await storeFor(t), await ledgerFor(t), brokerFor(t, clock)]
  for (const name of [1, 2, 3]) {
    const { generation } = kept(name)
    await store.createGeneration({ id: generation, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  }
  const heldBack = aRun({ id: 'run-3', state: 'held back', generation: 'g-3', finishedAt: clock.now() })
  await ledger.save('run', heldBack.id, heldBack, 'new')
  await changeInstallation(ledger, (known) => ({
    ...known,
    term: 1,
    live: kept(1),
    previous: kept(2),
    heldBack: kept(3),
    history: [aChange({ from: kept(2), to: kept(1), at: clock.now() })],
  }))
  const [heldBackMs, previousMs] = [(days.heldBack ?? 0) * DAY, (days.previous ?? 0) * DAY]
  const settings = { ...SETTINGS, retention: { ...SETTINGS.retention, heldBackMs, previousMs } }
  const context = { ...aContext({ clock, ledger, store, broker }), settings, term: 1, guard: () => undefined }
  const generations = async () => (await store.generations()).map(({ id }) => id).sort()
  return { context, clock, ledger, generations }
}

describe('after the set age', () => {
  test('a held-back generation is dropped, and its run is discarded by reval', async (t) => {
    const { context, clock, ledger, generations } = await keeping(t, { heldBack: 14 })
    await clock.advance(14 * DAY - 1)
    await expireGenerations(context)
    assert.deepEqual(await generations(), ['g-1', 'g-2', 'g-3'])
    await clock.advance(2)
    await expireGenerations(context)
    await expireGenerations(context)
    assert.deepEqual(await generations(), ['g-1', 'g-2'])
    const { heldBack, previous } = await readInstallation(ledger)
    assert.deepEqual([heldBack, previous], [null, kept(2)])
    assert.partialDeepStrictEqual((await ledger.read('run', 'run-3'))?.value, {
      state: 'discarded',
      decision: { action: 'discarded', by: 'reval', why: 'held back for more than 14 days' },
    })
  })

  test('the previous generation is dropped, counted from when it was live last', async (t) => {
    const { context, clock, ledger, generations } = await keeping(t, { previous: 3 })
    await clock.advance(2 * DAY)
    // Rolled back and again: it was live in between.
    const at = clock.now()
    await changeInstallation(ledger, (known) => ({
      ...known,
      history: [aChange({ from: kept(2), to: kept(1), at }), ...known.history],
    }))
    await clock.advance(2 * DAY)
    await expireGenerations(context)
    assert.deepEqual(await generations(), ['g-1', 'g-2', 'g-3'])
    await clock.advance(2 * DAY)
    await expireGenerations(context)
    assert.deepEqual(await generations(), ['g-1', 'g-3'])
    const { live, previous } = await readInstallation(ledger)
    assert.deepEqual([live, previous], [kept(1), null])
  })
})

test('without an age, and live in any case, all are kept', async (t) => {
  const { context, clock, generations } = await keeping(t, {})
  await clock.advance(3_650 * DAY)
  await expireGenerations(context)
  assert.deepEqual(await generations(), ['g-1', 'g-2', 'g-3'])
})

test('nothing is dropped while a run goes live', async (t) => {
  const { context, clock, ledger, generations } = await keeping(t, { heldBack: 1, previous: 1 })
  const run = aRun({ id: 'run-4', state: 'promoting', generation: 'g-4' })
  await ledger.save('run', run.id, run, 'new')
  await changeInstallation(ledger, (known) => ({ ...known, currentRun: run, building: kept(4) }))
  await clock.advance(2 * DAY)
  await expireGenerations(context)
  assert.deepEqual(await generations(), ['g-1', 'g-2', 'g-3'])
})
