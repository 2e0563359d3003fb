import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { expectedDocuments, UNJUDGED, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, assertOneOf, carryOn, demoLive, killedAt, runAnew } from './crashing.ts'

describe('killed, and something has changed at the next start', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  const sample = expectedDocuments()
  /** The demo is live, the sample waits in the sources. */
  let base: Workplace
  let demo: Documents

  before(async () => {
    base = await demoLive({ after: (clean) => cleanup.push(clean) })
    demo = await base.documents()
    await base.loadSample()
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  for (const [where, moment, nth] of [
    ['in the trainees', 'workspace.addTrainees after', 2],
    ['between trainees and doctors', 'ledger.save run doctors after', 1],
    ['between doctors and lists', 'ledger.save run lists after', 1],
  ] as const) {
    test(`sources replaced after a crash ${where}: the lists are those of the new sources only`, async (t) => {
      const place = await Workplace.copyOf(t, base, UNJUDGED)
      await killedAt(place, 'sync', moment, nth)
      await place.makeDemo(60)
      const { run } = await carryOn(place)
      assert.equal(run?.state, 'live', run?.failure?.reason)
      assert.ok(run.restarts.length > 0, 'a run of other sources was not restarted')
      assert.deepEqual(await place.documents(), demo)
      await assertNothingLeft(place)
    })
  }

  test('killed at each restart: the run fails with a reason, the live generation stays, the next run works', async (t) => {
    const place = await Workplace.copyOf(t, base, { ...UNJUDGED, REVAL_MAX_TAKEOVERS: '1' })
    for (let times = 0; times < 2; times += 1) {
      await killedAt(place, 'sync', 'workspace.addTrainees after', 2)
      await assertOneOf(place, demo)
    }
    const { run } = await carryOn(place)
    assert.equal(run?.failure?.code, 'RUN_RESTARTED_TOO_OFTEN')
    assert.equal(run.state, 'failed')
    assert.deepEqual(await place.documents(), demo)
    await assertNothingLeft(place)
    assert.equal((await runAnew(place)).state, 'live')
    assert.deepEqual(await place.documents(), sample)
  })

  for (const [where, moment, nth] of [
    ['while it reads', 'filling.add after', 5],
    ['before it replaces the sources', 'filling.commit before', 1],
  ] as const) {
    test(`a load killed ${where} leaves the earlier sources, and the next load works`, async (t) => {
      const place = await Workplace.copyOf(t, base, UNJUDGED)
      await place.makeDemo(60)
      await killedAt(place, 'load', moment, nth)
      assert.equal((await runAnew(place)).state, 'live')
      assert.deepEqual(await place.documents(), demo)
      await place.loadSample()
      assert.equal((await runAnew(place)).state, 'live')
      assert.deepEqual(await place.documents(), sample)
    })
  }
})
