import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Worker } from '../../../src/app/worker.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading } from '../../faults/held-backends.ts'
import { runToEnd, startRun, Workplace } from './workplace.ts'

describe('sources that are replaced during a run', { concurrency: 3 }, () => {
  test('before its trainees are read: they are those of the run, which begins once', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew({ label: 'old' })
    const gate = new Gate()
    const worker = await place.start((backends) => heldBeforeReading(backends, 'traineeSource', gate))
    const { ended } = await startRun(worker)
    await gate.reached
    await place.loadFew({ label: 'new', trainees: 30 })
    gate.open()
    const run = await ended
    assert.deepEqual([run.state, run.beginning], ['live', 1])
    await assertUndisturbed(place, worker)
  })

  test('each time anew: the run fails in the end instead of beginning for ever', async (t) => {
    const place = await Workplace.make(t, { REVAL_MAX_BEGINNINGS: '3' })
    await place.loadFew()
    const events = createRunEvents()
    // The claim of the doctors is taken before they are read.
    events.on('stage.finished', ({ stage }) => {
      if (stage === 'trainees') replacing.push(place.loadFew())
    })
    const replacing: Promise<void>[] = []
    const worker = await place.start(
      (backends) => ({
        ...backends,
        doctorSource: {
          ping: () => backends.doctorSource.ping(),
          close: () => backends.doctorSource.close(),
          snapshot: async () => {
            await Promise.all(replacing)
            return backends.doctorSource.snapshot()
          },
        },
      }),
      events,
    )
    const run = await runToEnd(worker)
    assert.equal(run.failure?.code, 'RUN_BEGUN_TOO_OFTEN')
    assert.equal(run.beganAgain.length, 3)
    assert.deepEqual(await place.generations(), [])
    events.removeAllListeners('stage.finished')
    assert.equal((await runToEnd(worker)).state, 'live')
  })
})

/** What is live is what a run gives that nothing disturbs. */
async function assertUndisturbed(place: Workplace, worker: Worker): Promise<void> {
  const documents = await place.documents()
  assert.equal((await runToEnd(worker)).beginning, 1)
  assert.deepEqual(documents, await place.documents())
}
