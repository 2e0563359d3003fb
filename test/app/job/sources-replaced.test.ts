import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestRun } from '../../../src/sync/lead/run-request.ts'
import { DAY, expectedDocuments, runEnd, Workplace } from './workplace.ts'

for (const stage of ['trainees', 'doctors'] as const) {
  test(`sources replaced after ${stage}: the run begins again, and shows the new ones without mixture`, async (t) => {
    const place = await Workplace.make(t)
    await place.makeDemo(60)
    const worker = await place.start()
    const { events } = worker.context
    let filling: Promise<void> | null = null
    events.on('claim.ended', ({ claim }) => {
      if (claim.stage === stage) filling ??= place.loadSample()
    })
    // The next stage may be quicker than the loading: it is held until that is done.
    const beganAgain: string[] = []
    events.on('run.beganAgain', ({ reason }) => beganAgain.push(reason))
    const { store } = worker.context
    const makeVisible = store.makeVisible.bind(store)
    store.makeVisible = async (generation) => {
      await filling
      await makeVisible(generation)
    }
    const { id } = await requestRun(worker.context, { by: 'test', day: DAY })
    worker.integration?.wake()
    const run = await runEnd(events, id)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.equal(run.beginning, 2)
    assert.match(beganAgain.join(), /the sources were replaced/)
    assert.deepEqual(run.beganAgain, beganAgain)
    assert.deepEqual(await place.documents(), expectedDocuments())
  })
}
