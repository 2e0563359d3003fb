import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Lease } from '../../../src/ports/run-ledger.ts'
import { clocksDiffer, hasExpired, nextLease, trustedFor } from '../../../src/sync/lease/lease-rules.ts'

const LEASE_MS = 20_000
const NOW = 1_000_000
const question = { holder: 'me', now: NOW, leaseMs: LEASE_MS, alone: false }
const of = (holder: string, until: number, term = 3): Lease => ({ holder, until, term })

describe('the next holder of the lease', () => {
  const UNTIL = NOW + LEASE_MS
  const cases: readonly (readonly [what: string, known: Lease | null, alone: boolean, next: Lease | null])[] = [
    ['it is free: the first term starts', null, false, of('me', UNTIL, 1)],
    ['mine, and valid: it is renewed in its term', of('me', NOW + 1), false, of('me', UNTIL, 3)],
    ['mine, and expired: it was free meanwhile, the term continues', of('me', NOW - 99_999), false, of('me', UNTIL, 3)],
    ['another’s, and valid: it stays the other’s', of('other', NOW + 1), false, null],
    ['another’s, expiring at this moment: it stays the other’s', of('other', NOW), false, null],
    ['another’s, and expired: the next term starts', of('other', NOW - 1), false, of('me', UNTIL, 4)],
    ['another’s, valid, but it cannot be alive: the next term starts', of('other', NOW + 1), true, of('me', UNTIL, 4)],
  ]
  for (const [what, known, alone, next] of cases) {
    test(what, () => assert.deepEqual(nextLease(known, { ...question, alone }), next))
  }
})

describe('a lease that was observed unchanged', () => {
  const ahead = of('other', NOW + 3_600_000)
  test('for no longer than a lease still belongs to the other process', () => {
    assert.equal(nextLease(ahead, question, { unchangedMs: LEASE_MS }), null)
  })
  test('for longer has expired, however far ahead its holder’s clock is: the next term starts', () => {
    assert.deepEqual(nextLease(ahead, question, { unchangedMs: LEASE_MS + 1 }), of('me', NOW + LEASE_MS, 4))
  })
})

test('a lease never passes from one holder to another within a term', () => {
  const takings = fc.array(fc.record({ holder: fc.constantFrom('a', 'b', 'c'), passed: fc.nat(50_000) }))
  fc.assert(
    fc.property(takings, (all) => {
      let known = null as Lease | null
      let now = 0
      for (const { holder, passed } of all) {
        now += passed
        const next = nextLease(known, { holder, now, leaseMs: LEASE_MS, alone: false })
        if (next === null) continue
        const sameTerm = known !== null && known.term === next.term
        if (sameTerm) assert.equal(next.holder, known?.holder)
        else assert.equal(next.term, (known?.term ?? 0) + 1)
        known = next
      }
    }),
  )
})

describe('whether a lease has expired', () => {
  const cases: readonly (readonly [holder: string, until: number, alone: boolean, lapsed: boolean])[] = [
    ['other', NOW + 1, false, false],
    ['other', NOW, false, false],
    ['other', NOW - 1, false, true],
    ['other', NOW + 1, true, true],
    ['me', NOW + 1, true, false],
    ['me', NOW - 1, true, true],
  ]
  for (const [holder, until, alone, lapsed] of cases) {
    test(`of ${holder}, until ${until - NOW} ms from now${alone ? ', without other processes' : ''}: ${lapsed}`, () => {
      assert.equal(hasExpired({ holder, until }, { holder: 'me', now: NOW, alone }), lapsed)
    })
  }
})

test('a lease is trusted for less than it was granted', () => {
  assert.equal(trustedFor(20_000), 18_000)
})

describe('clocks that differ', () => {
  for (const [by, differ] of [
    [0, false],
    [5_000, false],
    [-5_000, false],
    [5_001, true],
    [-5_001, true],
    [3_600_000, true],
  ] as const) {
    test(`by ${by} ms ${differ ? 'cannot' : 'can'} be relied on for a lease of 20 s`, () => {
      assert.equal(clocksDiffer(NOW + by, NOW, LEASE_MS), differ)
    })
  }
})
