import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { momentOf, Trust } from '../../../src/sync/lease/trust.ts'
import { ManualClock } from '../../clock/manual-clock.ts'

const LEASE_MS = 10_000
/** A tenth of a lease is never trusted. */
const TRUSTED_MS = 9_000

function trusting() {
  const clock = new ManualClock()
  const trust = new Trust(clock, { term: 4, leaseMs: LEASE_MS, renewed: momentOf(clock) })
  return { clock, trust }
}

describe('a writer may write', () => {
  test('while its lease is trusted, and not a millisecond longer', async () => {
    const { clock, trust } = trusting()
    await clock.advance(TRUSTED_MS - 1)
    trust.guard()
    await clock.advance(1)
    assert.throws(trust.guard, { code: 'LEASE_EXPIRED', transient: true })
  })

  test('from the start of the renewal that succeeded, not from its end', async () => {
    const { clock, trust } = trusting()
    await clock.advance(1_000)
    const started = momentOf(clock)
    await clock.advance(5_000)
    trust.renew(started)
    assert.equal(trust.remaining, TRUSTED_MS - 5_000)
  })

  test('again once a renewal succeeds', async () => {
    const { clock, trust } = trusting()
    await clock.advance(60_000)
    assert.equal(trust.holds, false)
    trust.renew(momentOf(clock))
    trust.guard()
  })

  test('no longer if the wall clock says so: the monotonic clock of a suspended machine stands still', () => {
    const { clock, trust } = trusting()
    clock.setWallClockBy(TRUSTED_MS)
    assert.throws(trust.guard, { code: 'LEASE_EXPIRED' })
  })

  test('no longer than the monotonic clock allows, however far back the wall clock was set', async () => {
    const { clock, trust } = trusting()
    clock.setWallClockBy(-3_600_000)
    await clock.advance(TRUSTED_MS - 1)
    trust.guard()
    await clock.advance(1)
    assert.throws(trust.guard, { code: 'LEASE_EXPIRED' })
  })

  test('never again after a takeover', () => {
    const { clock, trust } = trusting()
    trust.end()
    trust.renew(momentOf(clock))
    assert.throws(trust.guard, { code: 'WRITER_LOST', transient: false })
    assert.equal(trust.holds, false)
  })
})
