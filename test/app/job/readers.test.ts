import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import { backendsOf } from '../../../src/app/backends.ts'
import { ask, DAY, runToEnd, UNJUDGED, Workplace } from './workplace.ts'

test('during runs, a reader never sees a missing, empty or mixed set of indexes', async (t) => {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '10' })
  await place.makeDemo(120)
  const worker = await place.startWithIndexThread()
  assert.equal((await runToEnd(worker)).state, 'live')
  const former = await place.documents()
  await place.makeDemo(120, 2)
  const whole = new Map([[JSON.stringify(former), 'former']])

  const over = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    while (!over.signal.aborted) {
      const names = await worker.context.store.liveAliases()
      assert.equal(new Set(Object.values(names ?? {})).size, 1, 'the aliases show different generations')
      const before = JSON.stringify(names)
      const documents = await place.documents()
      // The aliases may move between one index and the next: a set is of one generation if they did not.
      if (JSON.stringify(await worker.context.store.liveAliases()) !== before) continue
      seen.push(JSON.stringify(documents))
    }
  })()
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live', run.failure?.reason)
  await ask(worker, 'rollback')
  await ask(worker, 'rollback')
  over.abort()
  await reading
  whole.set(JSON.stringify(await place.documents()), 'new')
  const kinds = new Set(seen.map((documents) => whole.get(documents) ?? 'neither'))
  assert.ok(kinds.has('former'))
  assert.ok(!kinds.has('neither'))
  assert.ok(seen.length > 3, `only ${seen.length} looks`)
})

test('a reader in the middle of an index finishes it, whatever goes live', async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  await place.makeDemo(60)
  const worker = await place.startWithIndexThread()
  assert.equal((await runToEnd(worker)).state, 'live')
  const former = await place.documents()
  const reader = await (await backendsOf(place.config)).openReader(place.config)
  try {
    const slow = INDEX_NAMES.map((index) => reader.store.documents('live', index, DAY)[Symbol.asyncIterator]())
    const firsts = await Promise.all(slow.map((documents) => documents.next()))
    await place.loadSample()
    // Twice, so that the generation being read is dropped.
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.equal((await runToEnd(worker)).state, 'live')
    for (const [position, documents] of slow.entries()) {
      let count = firsts[position]?.done === true ? 0 : 1
      while ((await documents.next()).done !== true) count += 1
      assert.equal(count, former[INDEX_NAMES[position] ?? 'masterdoctorindex'].length)
    }
  } finally {
    await reader.close()
  }
})
