import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LeaseWatch } from '../../../src/sync/lease/lease-watch.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

const lease = { holder: 'other', term: 1, until: 99 }

test('a lease is unchanged since it was first observed, by the monotonic clock', async () => {
  const clock = new ManualClock()
  const watch = new LeaseWatch(clock)
  assert.deepEqual(watch.observe(null), { unchangedMs: 0 })
  await clock.advance(1_000)
  assert.deepEqual(watch.observe(lease), { unchangedMs: 0 })
  await clock.advance(2_000)
  clock.setWallClockBy(3_600_000)
  assert.deepEqual(watch.observe({ ...lease }), { unchangedMs: 2_000 })
  for (const changed of [{ ...lease, until: 100 }, { ...lease, term: 2 }, { ...lease, holder: 'third' }, null]) {
    await clock.advance(1_000)
    assert.deepEqual(watch.observe(changed), { unchangedMs: 0 })
  }
})
