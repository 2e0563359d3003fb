import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuseStale, withoutDroppedStale } from '../../../src/sync/lead/stale.ts'
import { anInstallation } from '../examples.ts'

const STALE = { 'g-2': { reason: 'a write failed', at: 5 } }

test('a generation that missed a change is refused with the reason', () => {
  assert.throws(() => refuseStale('g-2', { stale: STALE }), {
    code: 'GENERATION_STALE',
    message: /g-2 .*a write failed/,
  })
  refuseStale('g-1', { stale: STALE })
})

test('an entry goes with its generation', () => {
  const installation = anInstallation({ stale: STALE })
  assert.equal(withoutDroppedStale(installation, new Set(['g-1', 'g-2'])), null)
  assert.deepEqual(withoutDroppedStale(installation, new Set(['g-1']))?.stale, {})
})
