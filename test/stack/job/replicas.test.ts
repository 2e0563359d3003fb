import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectedDocuments } from '../../app/job/workplace.ts'
import { Installation, SERVICES } from './installation.ts'

test('two replicas of each service: one of them writes, the sample becomes what it must', async (t) => {
  const place = await Installation.make(t)
  await place.loadSample()
  const replicas = [await place.startAll(), await place.startAll()]
  await place.sync()
  assert.deepEqual(await place.documents(), expectedDocuments())
  const writers = replicas.filter((each) =>
    each.get('integration')?.logged.some(({ msg }) => msg === 'this process writes'),
  )
  assert.equal(writers.length, 1)
  // Each stage was sent once, whichever replica took it.
  for (const service of SERVICES) {
    const claims = replicas.flatMap(
      (each) => each.get(service)?.logged.filter(({ msg }) => msg === 'stage claimed') ?? [],
    )
    assert.equal(claims.length, { integration: 0, tcs: 1, recommendation: 2, connection: 1 }[service])
  }
})

test('a writer that is killed in the middle is followed within seconds, and the run goes on', async (t) => {
  // So slow that the kill comes in the middle of a stage.
  const place = await Installation.make(t, { REVAL_SOURCE_ROWS_PER_SECOND: '400', REVAL_MESSAGE_ROWS: '50' })
  await place.loadSample()
  const first = await place.start('integration')
  await first.log('the right to write', ({ msg }) => msg === 'this process writes')
  const second = await place.start('integration')
  await place.startAll(['tcs', 'recommendation', 'connection'])
  const sync = place.run(['sync', '--json'])
  await first.log('the doctors', ({ msg, stage }) => msg === 'stage started' && stage === 'doctors')
  const killed = performance.now()
  first.kill('SIGKILL')
  await second.log('the right to write', ({ msg }) => msg === 'this process writes')
  assert.ok(performance.now() - killed < 10_000, 'it took more than ten seconds to take over')
  assert.equal((await sync.end()).code, 0, sync.complaints)
  assert.deepEqual(await place.documents(), expectedDocuments())
  assert.match(sync.output, /"beginning": 1,/)
})
