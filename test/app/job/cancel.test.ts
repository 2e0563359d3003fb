import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, expectedDocuments, runToEnd, UNJUDGED, Workplace } from './workplace.ts'

for (const stage of ['trainees', 'doctors', 'lists']) {
  test(`a run cancelled in ${stage} leaves the live generation, and nothing else`, async (t) => {
    const place = await Workplace.make(t, { ...UNJUDGED, REVAL_MESSAGE_ROWS: '10' })
    await place.makeDemo(100)
    const worker = await place.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    const live = await place.documents()
    await place.loadSample()

    const there = new Promise<void>((resolve) => {
      worker.context.events.on('claim.made', ({ claim }) => {
        if (claim.stage === stage) resolve()
      })
    })
    const running = runToEnd(worker)
    await there
    await ask(worker, 'cancel')
    const run = await running
    assert.equal(run.state, 'cancelled')
    assert.deepEqual(run.failure, { code: 'RUN_CANCELLED', reason: 'cancelled by test: a test', stage })
    assert.deepEqual(await place.documents(), live)
    assert.equal((await worker.context.store.generations()).length, 1)

    assert.equal((await runToEnd(worker)).state, 'live')
    assert.deepEqual(await place.documents(), expectedDocuments())
  })
}

test('nothing can be cancelled without a run, and a live run is over', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(30)
  const worker = await place.start()
  await assert.rejects(ask(worker, 'cancel'), { code: 'RUN_UNKNOWN' })
  const { id } = await runToEnd(worker)
  await assert.rejects(ask(worker, 'cancel', id), { code: 'RUN_OVER' })
})
