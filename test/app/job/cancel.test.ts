import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Stage } from '../../../src/ports/run-ledger.ts'
import { createRunEvents, type RunEvents } from '../../../src/sync/events.ts'
import { requestRun } from '../../../src/sync/run-request.ts'
import { postRequest } from '../../../src/sync/writer-request.ts'
import { newId } from '../../../src/app/sync-context.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading, heldOnceStored } from '../../faults/held-backends.ts'
import { ask, DAY, runEnd, runToEnd, startRun, Workplace, type Owner } from './workplace.ts'

/** A former run is live, and the sources are others now. */
async function synced(t: Owner) {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '5' })
  await place.loadFew({ label: 'former' })
  const worker = await place.start()
  const { generation } = await runToEnd(worker)
  const documents = await place.documents()
  await worker.stop()
  await place.loadFew({ label: 'new' })
  return { place, former: { generation, documents } }
}

type Synced = Awaited<ReturnType<typeof synced>>

async function assertUntouched({ place, former }: Synced): Promise<void> {
  assert.deepEqual(await place.documents(), former.documents)
  assert.deepEqual(await place.generations(), [former.generation])
  const { currentRun, live, heldBack } = await place.installation()
  assert.deepEqual([currentRun, live?.generation, heldBack], [null, former.generation, null])
}

const HOLDS: readonly (readonly [Stage, string, (backends: WorkerBackends, gate: Gate) => WorkerBackends])[] = [
  ['trainees', 'before they are read', (backends, gate) => heldBeforeReading(backends, 'traineeSource', gate)],
  ['trainees', 'before the command', (backends, gate) => heldOnceStored(backends, 'trainees', gate)],
  ['doctors', 'before they are read', (backends, gate) => heldBeforeReading(backends, 'doctorSource', gate)],
  ['lists', 'before reasons are read', (backends, gate) => heldBeforeReading(backends, 'exceptionSource', gate)],
  ['checking', 'before it has begun', (backends, gate) => heldOnceStored(backends, 'checking', gate)],
]

describe('a run that is cancelled', { concurrency: 4 }, () => {
  for (const [stage, moment, held] of HOLDS) {
    test(`in ${stage}, ${moment}, leaves what is live alone; the next is live`, async (t) => {
      const installed = await synced(t)
      const gate = new Gate()
      const worker = await installed.place.start((backends) => held(backends, gate))
      const { id, ended } = await startRun(worker)
      await gate.reached
      const cancelled = ask(worker, 'cancel', id)
      await installed.place.untilAsked(1, cancelled)
      if (moment.startsWith('before the') || stage === 'checking') gate.open()
      await cancelled
      const run = await ended
      assert.equal(run.state, 'cancelled')
      assert.equal(run.failure?.code, 'RUN_CANCELLED')
      assert.equal(run.failure.stage, stage)
      await assertUntouched(installed)
      // Who was about to send finds out that nobody wants it.
      gate.open()
      const next = await runToEnd(worker)
      assert.equal(next.state, 'live', next.failure?.reason)
      assert.notDeepEqual(await installed.place.documents(), installed.former.documents)
    })
  }

  test('in requested, before a writer took it up', async (t) => {
    const installed = await synced(t)
    const { place } = installed
    const id = await place.reading(async ({ ledger, clock }) => {
      const asking = { ledger, clock, newId }
      const run = await requestRun(asking, { by: 'test', day: DAY })
      await postRequest(asking, { kind: 'cancel', run: run.id, by: 'test', why: '' })
      return run.id
    })
    const events = createRunEvents()
    const ended = runEnd(events, id)
    const worker = await place.start(undefined, events)
    const run = await ended
    assert.deepEqual([run.state, run.failure?.stage, run.generation], ['cancelled', 'requested', null])
    await assertUntouched(installed)
    assert.equal((await runToEnd(worker)).state, 'live')
  })

  test('while it is checked', async (t) => {
    const installed = await synced(t)
    const gate = new Gate()
    const events = createRunEvents()
    const worker = await installed.place.start((backends) => heldInCheck(backends, events, gate), events)
    const { ended } = await startRun(worker)
    await gate.reached
    const cancelled = ask(worker, 'cancel')
    await installed.place.untilAsked(1, cancelled)
    gate.open()
    await cancelled
    assert.equal((await ended).state, 'cancelled')
    await assertUntouched(installed)
  })

  test('is not cancelled once it is over, nor when it never was', async (t) => {
    const { place } = await synced(t)
    const worker = await place.start()
    const run = await runToEnd(worker)
    const documents = await place.documents()
    await assert.rejects(ask(worker, 'cancel', run.id), { code: 'RUN_OVER' })
    await assert.rejects(ask(worker, 'cancel', 'nobody-knows'), { code: 'RUN_UNKNOWN' })
    await assert.rejects(ask(worker, 'cancel'), { code: 'RUN_UNKNOWN' })
    assert.deepEqual(await place.documents(), documents)
  })
})

/** Recommendation counts too, in an earlier stage. */
function heldInCheck(backends: WorkerBackends, events: RunEvents, gate: Gate): WorkerBackends {
  let checking = false
  events.on('stage.started', ({ stage }) => {
    checking = stage === 'checking'
  })
  const store = altered(backends.store, {
    count: (own) => async (generation, day) => {
      if (checking) await gate.pass()
      return own(generation, day)
    },
  })
  return { ...backends, store }
}
