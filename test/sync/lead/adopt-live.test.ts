import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { adoptLive, refuseOlderLedger } from '../../../src/sync/lead/adopt-live.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
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
