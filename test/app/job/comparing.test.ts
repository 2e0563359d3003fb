import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { readRun } from '../../../src/sync/records.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeRows } from '../../faults/held-rows.ts'
import { Outage } from '../../faults/outage.ts'
import { announceAll } from './announced.ts'
import type { Few } from './few-sources.ts'
import { ask, DAY, runEnd, runToEnd, startRun, UNJUDGED, Workplace, type Owner } from './workplace.ts'

const CHANGED: Few = { label: 'changed', trainees: 18, doctors: 22, reasons: 6 }

/** A run that compares its complete generation with live, and waits. */
async function comparing(t: Owner, purpose: 'preview' | 'verify', { syncs } = { syncs: 1 }) {
  const place = await Workplace.make(t, UNJUDGED)
  await place.loadFew()
  const gate = new Gate()
  const worker = await place.start((backends) => heldBeforeRows(backends, gate))
  for (let earlier = 1; earlier < syncs; earlier += 1) await runToEnd(worker)
  const live = await runToEnd(worker)
  assert.equal(live.state, 'live')
  const run = await startRun(worker, DAY, { purpose })
  await gate.reached
  const { building } = await place.installation()
  assert.equal((await readRun(worker.context.ledger, run.id)).state, 'comparing')
  return { place, worker, gate, run, built: building?.generation ?? '', live: live.generation ?? '' }
}

/** Stops the worker that compares and starts another, which ends the run. */
async function takenOver({ place, worker, gate, run }: Awaited<ReturnType<typeof comparing>>): Promise<Run> {
  const left = assert.rejects(run.ended, { message: 'the worker ended before the run' })
  const stopping = worker.stop()
  gate.open()
  await Promise.all([stopping, left])
  const events = createRunEvents()
  const ended = runEnd(events, run.id)
  await place.start(undefined, events)
  return ended
}

describe('while a run is compared with live', { concurrency: 2 }, () => {
  for (const purpose of ['preview', 'verify'] as const) {
    test(`a ${purpose} can be cancelled, and leaves nothing`, async (t) => {
      const { place, worker, gate, run, live } = await comparing(t, purpose)
      const cancelling = ask(worker, 'cancel')
      gate.open()
      await cancelling
      const { state, failure } = await run.ended
      assert.deepEqual([state, failure?.code, failure?.stage], ['cancelled', 'RUN_CANCELLED', 'comparing'])
      assert.deepEqual(await place.generations(), [live])
      assert.equal((await runToEnd(worker)).state, 'live')
    })
  }

  test('a preview is compared with what is live in the end', async (t) => {
    const { worker, gate, run, live } = await comparing(t, 'preview', { syncs: 2 })
    await ask(worker, 'rollback')
    gate.open()
    const { state, comparison } = await run.ended
    assert.equal(state, 'held back')
    assert.notEqual(comparison?.with.generation, live)
  })

  test('changes reach live and what was built', async (t) => {
    const { place, worker, gate, run, built } = await comparing(t, 'preview')
    await place.loadFew(CHANGED)
    await announceAll(worker)
    const now = await place.documents()
    assert.deepEqual(await place.documents(built), now)
    gate.open()
    const { state, comparison } = await run.ended
    const { missing, surplus, different } = comparison?.summary ?? {}
    assert.deepEqual([state, missing, surplus, different], ['held back', 0, 0, 0])
    assert.deepEqual(await place.documents(built), now)
  })

  test('another process that takes over compares a preview again, and not the run', async (t) => {
    const found = await comparing(t, 'preview')
    const { state, failure, generation, restarts, comparison } = await takenOver(found)
    assert.deepEqual([state, failure?.code, generation, restarts], ['held back', 'PREVIEW', found.built, []])
    assert.equal(comparison?.summary.different, 0)
  })

  test('another process that takes over ends a verification', async (t) => {
    const found = await comparing(t, 'verify')
    const { state, failure } = await takenOver(found)
    assert.deepEqual([state, failure?.code, failure?.stage], ['failed', 'VERIFY_INTERRUPTED', 'comparing'])
    assert.deepEqual(await found.place.generations(), [found.live])
  })
})

test('an engine that is away for a while makes the comparison start over, and not the run', async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  await place.loadFew()
  const outage = new Outage('store')
  const events = createRunEvents()
  const worker = await place.start((backends) => outage.around(backends), events)
  assert.equal((await runToEnd(worker)).state, 'live')
  const { clock } = worker.context
  let over: Promise<void> = Promise.resolve()
  events.on('stage.started', ({ stage }) => {
    if (stage === 'comparing') over = outage.last(clock, 300)
  })
  const run = await runToEnd(worker, DAY, { purpose: 'preview' })
  await over
  assert.deepEqual([run.state, run.failure?.code, run.restarts], ['held back', 'PREVIEW', []])
  assert.ok(outage.calls > 0)
  assert.equal(run.comparison?.summary.rows.before, 25)
})

test('an engine that stays away fails the run once nothing moves', async (t) => {
  const place = await Workplace.make(t, { ...UNJUDGED, REVAL_STALL_SECONDS: '1' })
  await place.loadFew()
  const outage = new Outage('store')
  const events = createRunEvents()
  const worker = await place.start((backends) => outage.around(backends), events)
  const live = await runToEnd(worker)
  events.on('stage.started', ({ stage }) => {
    if (stage === 'comparing') outage.begin()
  })
  const run = await runToEnd(worker, DAY, { purpose: 'preview' })
  outage.end()
  assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['failed', 'STORE_FAILED', 'comparing'])
  assert.equal((await place.installation()).live?.run, live.id)
})

describe('a verification', { concurrency: 2 }, () => {
  test('ends without telling the services of a new master, and drops what it built', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const worker = await place.start()
    const live = await runToEnd(worker)
    const run = await runToEnd(worker, DAY, { purpose: 'verify' })
    assert.deepEqual([run.state, run.failure, run.verification?.different], ['verified', null, 0])
    assert.ok(!('lists' in run.stages))
    assert.deepEqual(await place.generations(), [live.generation])
  })

  test('promotes what it built if live differs and it is to repair that', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const worker = await place.start()
    await runToEnd(worker)
    const same = await runToEnd(worker, DAY, { purpose: 'verify', repair: 'promote' })
    assert.equal(same.state, 'verified')
    // Not announced: as if a change had been lost.
    await place.loadFew({ label: 'changed' })
    const run = await runToEnd(worker, DAY, { purpose: 'verify', repair: 'promote' })
    assert.deepEqual([run.state, run.verification?.repaired?.how], ['live', 'promote'])
    assert.equal((await place.installation()).live?.run, run.id)
    assert.equal((await runToEnd(worker, DAY, { purpose: 'verify' })).verification?.different, 0)
  })

  test('that the checks do not trust fails with their code', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const worker = await place.start()
    const live = await runToEnd(worker)
    await place.loadFew({ reasons: 0 })
    const run = await runToEnd(worker, DAY, { purpose: 'verify' })
    assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['failed', 'CHECK_SOURCE_EMPTY', 'checking'])
    assert.deepEqual(await place.generations(), [live.generation])
  })

  test('is void if live moved meanwhile', async (t) => {
    const { place, worker, gate, run, live } = await comparing(t, 'verify', { syncs: 2 })
    await ask(worker, 'rollback')
    gate.open()
    const { state, failure } = await run.ended
    assert.deepEqual([state, failure?.code, failure?.stage], ['failed', 'VERIFY_VOID', 'comparing'])
    assert.equal((await place.installation()).previous?.generation, live)
    assert.equal((await place.generations()).length, 2)
  })
})
