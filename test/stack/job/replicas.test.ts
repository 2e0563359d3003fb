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
    each.get('integration')?.logged.some(({ msg }) => msg === 'this process is now the writer'),
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
