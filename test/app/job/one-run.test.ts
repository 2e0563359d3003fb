import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../../src/app/sync-context.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { requestRun } from '../../../src/sync/lead/run-request.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading } from '../../faults/held-backends.ts'
import { DAY, runEnd, runToEnd, startRun, Workplace } from './workplace.ts'

test('of concurrent requests one starts a run, and the others get its id', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const gate = new Gate()
  const { context } = await place.start((backends) => heldBeforeReading(backends, 'traineeSource', gate))
  // Others use their own connection, as another process does.
  await place.reading(async ({ ledger, clock }) => {
    const askers = [context, { ledger, clock, newId }, context, { ledger, clock, newId }]
    const results = await Promise.allSettled(askers.map((asker) => requestRun(asker, { by: 'test', day: DAY })))
    const runs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []))
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    assert.equal(runs.length, 1)
    assert.equal(refusals.length, 3)
    for (const refusal of refusals) {
      assert.ok(refusal instanceof RevalError)
      assert.equal(refusal.code, 'RUN_IN_PROGRESS')
      assert.deepEqual(refusal.details, { run: runs[0] })
    }
    assert.equal((await ledger.runs(10)).length, 1)
    const ended = runEnd(context.events, runs[0] ?? '')
    gate.open()
    assert.equal((await ended).state, 'live')
  })
})

test('a run in progress refuses another until it has ended', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const gate = new Gate()
  const worker = await place.start((backends) => heldBeforeReading(backends, 'exceptionSource', gate))
  const { id, ended } = await startRun(worker)
  await gate.reached
  await assert.rejects(startRun(worker), { code: 'RUN_IN_PROGRESS', details: { run: id } })
  gate.open()
  await ended
  assert.equal((await runToEnd(worker)).state, 'live')
})

test('a second worker on the directory is refused, and the first continues', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const worker = await place.start()
  await assert.rejects(place.start(), { code: 'DATA_DIR_IN_USE' })
  assert.equal((await runToEnd(worker)).state, 'live')
})
