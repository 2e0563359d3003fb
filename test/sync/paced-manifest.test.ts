import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openRunLedger } from '../../src/adapters/run-ledger/sqlite/run-ledger.ts'
import { PacedManifest } from '../../src/sync/lead/paced-manifest.ts'
import { folderFor } from '../adapters/run-ledger/sqlite-place.ts'
import { ManualClock } from '../clock/manual-clock.ts'
import { receipt } from '../contract/run-ledger/samples.ts'
import { altered } from '../faults/altered.ts'

type Owner = Parameters<typeof folderFor>[0]

/** A ledger that takes so long to count receipts, and how often it was asked. */
async function slowLedger(t: Owner, milliseconds: number) {
  const clock = new ManualClock()
  const own = await openRunLedger(folderFor(t))
  t.after(() => own.close())
  let asked = 0
  const ledger = altered(own, {
    manifest:
      (count) =>
      async (...attempt) => {
        asked += 1
        await clock.advance(milliseconds)
        return count(...attempt)
      },
  })
  const manifest = new PacedManifest({ ledger, clock })
  const messages = async (attempt = 'a1') => (await manifest.count('r1', 'trainees', attempt)).messages
  return { clock, own, messages, asked: () => asked }
}

describe('receipts', () => {
  test('are counted anew after ten times as long as counting took, and not before', async (t) => {
    const { clock, own, messages, asked } = await slowLedger(t, 30)
    await own.addReceipts([receipt(1)])
    assert.equal(await messages(), 1)
    await own.addReceipts([receipt(2)])
    await clock.advance(299)
    assert.equal(await messages(), 1)
    await clock.advance(1)
    assert.equal(await messages(), 2)
    assert.equal(asked(), 2)
  })

  test('are counted anew after a second at the latest', async (t) => {
    const { clock, own, messages } = await slowLedger(t, 5_000)
    assert.equal(await messages(), 0)
    await own.addReceipts([receipt(1)])
    await clock.advance(1_000)
    assert.equal(await messages(), 1)
  })

  test('are counted at every look where that takes no time, and for another attempt in any case', async (t) => {
    const quick = await slowLedger(t, 0)
    assert.equal(await quick.messages(), 0)
    await quick.own.addReceipts([receipt(1)])
    assert.equal(await quick.messages(), 1)
    const slow = await slowLedger(t, 1_000)
    assert.equal(await slow.messages(), 0)
    await slow.own.addReceipts([receipt(1, { attempt: 'a2' })])
    assert.equal(await slow.messages('a2'), 1)
  })
})
