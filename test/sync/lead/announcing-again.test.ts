import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { ServiceName } from '../../../src/ports/run-ledger.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { AnnouncingAgain } from '../../../src/sync/lead/announcing-again.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor, troubles } from '../a-context.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

const person = (tcsPersonId: number): ChangedKey => ({ kind: 'person', tcsPersonId })

/** What is announced, where these are Java services; each call first waits for `before`. */
async function place(
  t: TestContext,
  javaPeers: readonly ServiceName[],
  before: () => Promise<void> = () => Promise.resolve(),
) {
  const clock = new ManualClock()
  const parts = { clock, ledger: await ledgerFor(t), store: await storeFor(t), broker: brokerFor(t, clock) }
  const context = { ...aContext({ ...parts, settings: { ...SETTINGS, javaPeers } }), term: 1, guard: () => undefined }
  const announced: ChangedKey[] = []
  const again = new AnnouncingAgain(context, {
    apply: async (keys, causes, announce) => {
      await before()
      assert.deepEqual([causes, announce], ['catching up', 'all'])
      announced.push(...keys)
      return { live: null, published: keys.length }
    },
  })
  return { again, announced, warnings: troubles(context) }
}

test('the keys that changed during a run are announced again once it is promoted, each once', async (t) => {
  const { again, announced } = await place(t, ['connection'])
  again.changed([person(1), person(2)])
  again.changed([person(1)])
  await again.promoted()
  await again.stop()
  assert.deepEqual(announced, [person(1), person(2)])
})

test('nothing is announced again after a run that was not promoted, or where no Java service writes lists', async (t) => {
  const { again, announced } = await place(t, ['recommendation'])
  again.changed([person(1)])
  again.forget()
  await again.promoted()
  await again.stop()
  const without = await place(t, ['tcs'])
  without.again.changed([person(1)])
  await without.again.promoted()
  await without.again.stop()
  assert.deepEqual([announced, without.announced], [[], []])
})

test('what an earlier run still owes is announced with the next, and a failure is a warning', async (t) => {
  let isBroken = true
  const { again, announced, warnings } = await place(t, ['connection'], () =>
    isBroken ? Promise.reject(new RevalError('SOURCE_FAILED', 'unreadable')) : Promise.resolve(),
  )
  again.changed([person(1)])
  await again.promoted()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(warnings, ['announcing again what changed during the run: SOURCE_FAILED'])
  isBroken = false
  again.changed([person(2)])
  await again.promoted()
  await again.stop()
  assert.deepEqual(announced, [person(1), person(2)])
})
