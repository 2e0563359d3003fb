import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { newId } from '../../../src/app/sync-context.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { requestRun } from '../../../src/sync/lead/run-request.ts'
import { postRequest } from '../../../src/sync/lead/writer-request.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { heldOnceStored } from '../../faults/held-backends.ts'
import { replacedFew } from './replaced-few.ts'
import { ask, DAY, runEnd, runToEnd, startRun, type Workplace } from './workplace.ts'

const few = replacedFew()

async function assertUntouched(place: Workplace): Promise<void> {
  const { former, formerGeneration } = few.now()
  assert.deepEqual(await place.documents(), former)
  assert.deepEqual(await place.generations(), [formerGeneration])
  const { currentRun, live, heldBack } = await place.installation()
  assert.deepEqual([currentRun, live?.generation, heldBack], [null, formerGeneration, null])
}

describe('a request between two steps of the writer', { concurrency: 2 }, () => {
  for (const stage of ['trainees', 'checking'] as const) {
    test(`cancels a run in ${stage} before the stage does anything`, async (t) => {
      const place = await few.now().copy(t)
      const gate = new Gate()
      const worker = await place.start((backends) => heldOnceStored(backends, stage, gate))
      const { ended } = await startRun(worker)
      await gate.reached
      const cancelled = ask(worker, 'cancel')
      await place.untilAsked(1)
      gate.open()
      await cancelled
      const run = await ended
      assert.deepEqual([run.state, run.failure?.stage], ['cancelled', stage])
      await assertUntouched(place)
    })
  }

  test('cancels a run that no writer has picked up', async (t) => {
    const place = await few.now().copy(t)
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
    await assertUntouched(place)
    assert.equal((await runToEnd(worker)).state, 'live')
  })

  test('cancels a run while it is checked', async (t) => {
    const place = await few.now().copy(t)
    const gate = new Gate()
    const events = createRunEvents()
    const worker = await place.start((backends) => heldInCheck(backends, gate), events)
    const { ended } = await startRun(worker)
    await gate.reached
    const cancelled = ask(worker, 'cancel')
    await place.untilAsked(1)
    gate.open()
    await cancelled
    assert.equal((await ended).state, 'cancelled')
    await assertUntouched(place)
  })

  test('is refused once the run goes live: a cancel, and a rollback', async (t) => {
    const place = await few.now().copy(t)
    const gate = new Gate()
    const worker = await place.start((backends) => heldOnceStored(backends, 'promoting', gate))
    const { ended, id } = await startRun(worker)
    await gate.reached
    const asked = Promise.allSettled([ask(worker, 'rollback'), ask(worker, 'cancel', id)])
    await place.untilAsked(2)
    gate.open()
    const codes = (await asked).map((each) =>
      each.status === 'rejected' ? (each.reason as { code: string }).code : '',
    )
    assert.deepEqual(codes, ['RUN_PROMOTING', 'RUN_PROMOTING'])
    assert.equal((await ended).state, 'live')
    assert.equal((await place.installation()).live?.run, id)
  })
})

function heldInCheck(backends: WorkerBackends, gate: Gate): WorkerBackends {
  const store = altered(backends.store, {
    profile: (own) => async (generation, day) => {
      await gate.pass()
      return own(generation, day)
    },
  })
  return { ...backends, store }
}
