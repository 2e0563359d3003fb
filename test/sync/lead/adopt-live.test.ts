import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { adoptLive, refuseOlderLedger } from '../../../src/sync/lead/adopt-live.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { ledgerFor, storeFor } from '../a-context.ts'
import { kept } from '../examples.ts'

test('a promotion that another writer finishes meanwhile is neither a lost ledger nor adopted', async (t) => {
  const store = await storeFor(t)
  const ledger = await ledgerFor(t)
  const [one, two] = [kept(1), kept(2)]
  for (const { generation } of [one, two])
    await store.createGeneration({ id: generation, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  await store.promote(one.generation, null)
  await changeInstallation(ledger, (known) => ({ ...known, live: one }))
  const moving = {
    ...store,
    liveAliases: async () => {
      await store.promote(two.generation, one.generation)
      await changeInstallation(ledger, (known) => ({ ...known, live: two }))
      return store.liveAliases()
    },
  }
  await refuseOlderLedger({ ledger, store: moving })
  await changeInstallation(ledger, (known) => ({ ...known, live: one }))
  await store.promote(one.generation, two.generation)
  const context = { ledger, store: moving, clock: new ManualClock() }
  await assert.rejects(adoptLive(context, { by: 'test', why: 'a test' }), { code: 'PROMOTION_IN_PROGRESS' })
  assert.deepEqual((await readInstallation(ledger)).live, two)
})

test('of two copies of the Java indexes the later one is kept, and none that is gone', async (t) => {
  const own = await storeFor(t)
  const ledger = await ledgerFor(t)
  for (const [at, id] of ['half-a-copy', 'java', 'ours'].entries())
    await own.createGeneration({ id, createdAt: at, assembleVersion: ASSEMBLE_VERSION })
  await own.promote('ours', null)
  const store = altered<IndexStore>(own, {
    generations: (list) => async () =>
      (await list()).map((each) => (each.id === 'ours' ? each : { ...each, java: true as const })),
  })
  // Restored from before that copy was discarded.
  await changeInstallation(ledger, (known) => ({ ...known, java: kept(7) }))
  await adoptLive({ ledger, store, clock: new ManualClock() }, { by: 'test', why: 'a test' })
  const { live, java } = await readInstallation(ledger)
  assert.deepEqual([live?.generation, java?.generation], ['ours', 'java'])
})
