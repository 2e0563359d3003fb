import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Installation } from '../../../src/ports/run-ledger.ts'
import { changedSince, installationSeen, refuseChanged } from '../../../src/sync/lead/installation-seen.ts'
import { aChange, anInstallation, kept, RUN_REQUEST } from '../examples.ts'

const SEEN: Partial<Installation> = {
  live: kept(1),
  previous: kept(0),
  heldBack: kept(2),
  history: [aChange({ at: 5 })],
}

const CHANGES: readonly (readonly [string, Partial<Installation>, string])[] = [
  ['another run is live', { live: kept(3) }, 'live'],
  ['the previous run expired', { previous: null }, 'previous'],
  ['another run is held back', { heldBack: kept(3) }, 'heldBack'],
  ['the run held back is being discarded', { discarding: 'q-1' }, 'heldBack'],
  ['a run was requested', { currentRun: RUN_REQUEST }, 'current'],
  ['the aliases moved and moved back', { history: [aChange({ at: 6 })] }, 'movedAt'],
]

describe('what was seen of an installation', () => {
  for (const [what, change, field] of CHANGES) {
    test(`differs if ${what}`, () => {
      const [seen, now] = [installationSeen(anInstallation(SEEN)), anInstallation({ ...SEEN, ...change })]
      assert.deepEqual(
        changedSince(seen, now).map((each) => each.field),
        [field],
      )
      assert.throws(() => refuseChanged(seen, now), { code: 'STATE_CHANGED' })
    })
  }

  test('stays while a run goes on, changes are applied and a writer takes over', () => {
    const now = anInstallation({ ...SEEN, term: 7, building: kept(9), stale: { 'g-0': { reason: 'x', at: 1 } } })
    refuseChanged(installationSeen(anInstallation(SEEN)), now)
  })

  test('says what was and what is', () => {
    const seen = installationSeen(anInstallation(SEEN))
    const now = anInstallation({ ...SEEN, heldBack: null })
    assert.deepEqual(changedSince(seen, now), [{ field: 'heldBack', was: 'run-2', now: null }])
  })

  for (const text of ['', 'x', Buffer.from('[1]').toString('base64url'), '{}']) {
    test(`is not “${text}”, which nothing matches`, () => {
      assert.throws(() => refuseChanged(text, anInstallation(SEEN)), { code: 'STATE_CHANGED' })
      assert.equal(changedSince(text, anInstallation(SEEN)).length, 5)
    })
  }

  test('is no condition if it is not given', () => refuseChanged(null, anInstallation(SEEN)))
})
