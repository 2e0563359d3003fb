import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import type { IndexDocument } from '../../../src/domain/lists.ts'
import { UnrulyBroker } from '../../faults/unruly-broker.ts'
import { DAY, expectedDocuments, runToEnd, Workplace } from './workplace.ts'

test('a sync of the sample gives exactly the expected documents, and so does a second', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const worker = await place.startWithIndexThread()
  for (const round of ['first', 'second']) {
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', `${round}: ${run.failure?.reason ?? ''}`)
    assert.deepEqual(await place.documents(), expectedDocuments(), round)
  }
  await place.reading(async ({ store }) => {
    for (const index of INDEX_NAMES) for await (const each of store.documents('live', index, DAY)) assertTidy(each)
  })
})

function assertTidy(document: IndexDocument): void {
  assert.deepEqual(Object.keys(document), Object.keys(document).sort())
  assert.ok(!Object.values<unknown>(document).some((value) => value === null || value === undefined))
}

for (const seed of [1, 2]) {
  test(`duplicated, shuffled and redelivered messages change nothing (seed ${seed})`, async (t) => {
    // Small messages and small writes, so that there is much to shuffle.
    const place = await Workplace.make(t, {
      REVAL_MESSAGE_ROWS: '7',
      REVAL_WRITE_ROWS: '20',
      REVAL_MESSAGE_BYTES: '10000',
    })
    await place.loadSample()
    const worker = await place.start((backends) => ({
      ...backends,
      broker: new UnrulyBroker(backends.broker, { seed }),
    }))
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.deepEqual(run.restarts, [])
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.ok((run.stages.trainees?.messages ?? 0) > 100)
  })
}

test('the sample is also correct with one row per message, as the Java services send', async (t) => {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '1' })
  await place.loadSample()
  const run = await runToEnd(await place.startWithIndexThread())
  assert.equal(run.state, 'live', run.failure?.reason)
  assert.equal(run.stages.doctors?.messages, run.stages.doctors?.rows)
  assert.deepEqual(await place.documents(), expectedDocuments())
})
