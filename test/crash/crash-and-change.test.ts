import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { expectedDocuments, runToEnd, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, carryOn, carryOnOrRun, child } from './crashing.ts'

describe('killed, and something is different at the next start', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  const owner = { after: (clean: () => Promise<void>) => cleanup.push(clean) }
  /** The demo is live, the sample waits in the sources. */
  let base: Workplace
  let demo: Documents

  before(async () => {
    base = await Workplace.make(owner)
    await base.makeDemo(60)
    const worker = await base.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    await worker.stop()
    demo = await base.documents()
    await base.loadSample()
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  for (const [stage, moment, nth] of [
    ['trainees', 'store.write after', 2],
    ['doctors', 'store.write after', 16],
    ['the lists', 'store.makeVisible after', 2],
  ] as const) {
    test(`sources replaced after a crash in ${stage}: the lists of the new sources, no mixture`, async (t) => {
      const place = await Workplace.copyOf(t, base)
      const { signal } = await child(place, 'sync', moment, String(nth))
      assert.equal(signal, 'SIGKILL')
      await place.makeDemo(60)
      const run = await carryOnOrRun(place)
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.ok(run.beginning > 1, 'what was begun from other sources was not begun again')
      assert.deepEqual(await place.documents(), demo)
      await assertNothingLeft(place)
    })
  }

  test('killed each time it begins: the run fails with a reason, what was live stays, the next run works', async (t) => {
    const place = await Workplace.copyOf(t, base, { REVAL_MAX_BEGINNINGS: '2' })
    for (let times = 0; times < 2; times += 1) {
      const { signal } = await child(place, 'sync', 'store.write after', '2')
      assert.equal(signal, 'SIGKILL')
    }
    const run = await carryOn(place)
    assert.equal(run?.state, 'failed')
    assert.equal(run.failure?.code, 'RUN_BEGUN_TOO_OFTEN')
    assert.deepEqual(await place.documents(), demo)
    assert.equal((await carryOnOrRun(place)).state, 'live')
    assert.deepEqual(await place.documents(), expectedDocuments())
    await assertNothingLeft(place)
  })

  for (const moment of [
    'store.promote before',
    'store.promote after',
    'ledger.save before',
    'ledger.save after',
  ] as const) {
    test(`a rollback killed at ${moment} is carried out once, not twice and not half`, async (t) => {
      const place = await Workplace.copyOf(t, base)
      assert.equal((await carryOnOrRun(place)).state, 'live')
      const before = await place.documents()
      assert.deepEqual(before, expectedDocuments())
      // The third record is that of the names' change: after the lease of the writer and the request itself.
      const nth = moment.startsWith('ledger') ? '4' : '1'
      const { signal } = await child(place, 'rollback', moment, nth)
      assert.equal(signal, 'SIGKILL')
      assert.equal(await carryOn(place), null)
      assert.deepEqual(await place.documents(), demo)
      await assertNothingLeft(place)
    })
  }
})
