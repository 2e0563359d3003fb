import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { changesView, staleView } from '../../../src/app/changes-view.ts'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { CHANGES } from '../../../src/ports/changes.ts'
import type { RunState } from '../../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { heldOnceStored } from '../../faults/held-backends.ts'
import { announceAll, PERSONS } from './announced.ts'
import type { Few } from './few-sources.ts'
import { ask, runToEnd, startRun, until, UNJUDGED, Workplace, type Documents } from './workplace.ts'

/** What the sources become: fewer trainees, more doctors, every name and reason another. */
const CHANGED: Few = { label: 'changed', trainees: 18, doctors: 22, reasons: 6 }
/** Backends whose second run goes no further, until the gate is open, once its record has this state. */
function heldInSecondRun(state: RunState, gate: Gate) {
  const events = createRunEvents()
  let runs = 0
  events.on('run.pickedUp', () => (runs += 1))
  const held = (backends: WorkerBackends) => {
    const gated = heldOnceStored(backends, state, gate)
    const save: WorkerBackends['ledger']['save'] = (...values) =>
      runs === 2 ? gated.ledger.save(...values) : backends.ledger.save(...values)
    return { ...backends, ledger: altered(backends.ledger, { save: () => save }) }
  }
  return { held, events }
}

/** Backends whose index store refuses to write to a generation, once it is named. */
function damaging(damage: { generation: string | null }) {
  return (backends: WorkerBackends) => {
    const store = altered(backends.store, {
      write: (own) => (generation, writes, guard) => {
        if (generation !== damage.generation) return own(generation, writes, guard)
        return Promise.reject(new RevalError('GENERATION_UNREADABLE', 'its index is damaged'))
      },
    })
    return { ...backends, store }
  }
}

/** What a sync of the changed sources makes live. */
async function rebuilt(t: Parameters<typeof Workplace.make>[0]): Promise<Documents> {
  const place = await Workplace.make(t, UNJUDGED)
  await place.loadFew(CHANGED)
  assert.equal((await runToEnd(await place.start())).state, 'live')
  return place.documents()
}

describe('live changes', () => {
  test('bring live and previous to what a rebuild would give', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const worker = await place.start()
    for (const state of ['live', 'live']) assert.equal((await runToEnd(worker)).state, state)
    await place.loadFew(CHANGED)
    await announceAll(worker)
    const expected = await rebuilt(t)
    assert.deepEqual(await place.documents(), expected)
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), expected)
  })

  test('during a run are in what goes live, and in what was live', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const gate = new Gate()
    const { held, events } = heldInSecondRun('lists', gate)
    const worker = await place.start(held, events)
    assert.equal((await runToEnd(worker)).state, 'live')
    const { ended } = await startRun(worker)
    await gate.reached
    await place.loadFew(CHANGED)
    await announceAll(worker)
    const expected = await rebuilt(t)
    assert.deepEqual(await place.documents(), expected)
    gate.open()
    const run = await ended
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.deepEqual(await place.documents(), expected)
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), expected)
  })

  test('are in a generation that was held back, once it is promoted', async (t) => {
    const place = await Workplace.make(t, { REVAL_CHECK_FEWEST_ROWS: '1' })
    await place.loadFew()
    const worker = await place.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    await place.loadFew({ doctors: 2 })
    const { state, id } = await runToEnd(worker)
    assert.equal(state, 'held back')
    await place.loadFew(CHANGED)
    await announceAll(worker)
    await ask(worker, 'promote', id)
    assert.equal((await place.installation()).live?.run, id)
    assert.deepEqual(await place.documents(), await rebuilt(t))
  })

  test('go on if the previous generation cannot be written; nothing rolls back to it, until a run replaces it', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const damage = { generation: null as string | null }
    const worker = await place.start(damaging(damage))
    for (const state of ['live', 'live']) assert.equal((await runToEnd(worker)).state, state)
    damage.generation = (await place.installation()).previous?.generation ?? null
    await place.loadFew(CHANGED)
    await announceAll(worker)
    assert.deepEqual(await place.documents(), await rebuilt(t))
    await assert.rejects(ask(worker, 'rollback'), { code: 'GENERATION_STALE' })
    const [stale] = staleView(await place.installation())
    assert.deepEqual([stale?.kept, stale?.generation], ['previous', damage.generation])
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.deepEqual((await place.installation()).stale, {})
    await ask(worker, 'rollback')
  })

  test('that cannot be written to a generation about to go live end its run', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const gate = new Gate()
    const damage = { generation: null as string | null }
    const { held, events } = heldInSecondRun('promoting', gate)
    const worker = await place.start((backends) => damaging(damage)(held(backends)), events)
    const first = await runToEnd(worker)
    const { ended } = await startRun(worker)
    await gate.reached
    damage.generation = (await place.installation()).building?.generation ?? null
    await place.loadFew(CHANGED)
    const announced = announceAll(worker)
    // The batch is next in line, before the aliases move.
    await until(async () => (await worker.context.broker.depth('traineeChanged')).unacknowledged === PERSONS.length)
    for (let turns = 0; turns < 20; turns += 1) await turn()
    gate.open()
    const { state, failure } = await ended
    assert.deepEqual([state, failure?.code], ['failed', 'GENERATION_STALE'])
    await announced
    const { live, stale } = await place.installation()
    assert.deepEqual([live?.run, stale], [first.id, {}])
    assert.deepEqual(await place.documents(), await rebuilt(t))
  })

  test('are refused by nobody before the first run, and shown in the status', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const worker = await place.start()
    await announceAll(worker)
    const status = () => worker.context.ledger.read('changes', CHANGES)
    await until(async () => (await status())?.value.channels.traineeChanged.refreshed === PERSONS.length)
    const found = await status()
    assert.ok(found)
    const { waiting, paused } = changesView(found.value, Date.now())
    assert.deepEqual([waiting, paused], [0, null])
  })

  for (const [what, differing, said] of [
    ['of the rules', { assembleVersion: 1 }, 'built by version 1 of the rules'],
    ['with another layout', { otherLayout: 1 }, 'stored in layout 1'],
  ] as const) {
    test(`wait for a run if another version ${what} filled live, and the writer requests it`, async (t) => {
      const place = await Workplace.make(t, UNJUDGED)
      await place.loadFew()
      const first = await place.start()
      const { generation } = await runToEnd(first)
      await first.stop()
      await place.loadFew(CHANGED)
      const older = (backends: WorkerBackends) => {
        const store = altered(backends.store, {
          generations: (own) => async () =>
            (await own()).map((each) => (each.id === generation ? { ...each, ...differing } : each)),
        })
        return { ...backends, store }
      }
      const events = createRunEvents()
      const ended = new Promise<string>((resolve) => {
        events.on('run.ended', ({ run }) => resolve(`${run.state}: ${run.requestedBy}`))
      })
      const worker = await place.start(older, events)
      await announceAll(worker)
      assert.equal(await ended, `live: integration: live was ${said}, this is version ${ASSEMBLE_VERSION}`)
      assert.deepEqual(await place.documents(), await rebuilt(t))
    })
  }
})

test('exception reasons are compared on a schedule: no channel announces them', async (t) => {
  const place = await Workplace.make(t, { ...UNJUDGED, REVAL_SCHEDULE_REASONS: '* * * * * *' })
  await place.loadFew({ reasons: 3 })
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.loadFew({ reasons: 5 })
  const reasons = async () =>
    (await place.documents()).exceptionindex.filter((document) => document.includes('exceptionReason')).length
  await until(async () => (await reasons()) === 5)
  await place.loadFew({ reasons: 1 })
  await until(async () => (await reasons()) === 1)
})
