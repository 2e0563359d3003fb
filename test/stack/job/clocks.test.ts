import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RunView } from '../../../src/app/run-view.ts'
import { Installation } from './installation.ts'
import {
  assertNextLeavesNothing,
  assertWhole,
  happened,
  IS_OVERTAKEN,
  IS_WRITER,
  startChild,
} from '../takeover/writers.ts'

const HOUR_MS = 3_600_000
const SETTINGS = { REVAL_WRITER_LEASE_SECONDS: '5', REVAL_MESSAGE_ROWS: '200' }

/** A renewal, and a look of the other's, come while the doctors are being written. */
const SLOW = { REVAL_SOURCE_ROWS_PER_SECOND: '250' }

describe('clocks that differ', () => {
  for (const hours of [1, -1]) {
    test(`a process whose clock is ${hours} h wrong stands by and reports it, and the other one works`, async (t) => {
      const place = await Installation.make(t, SETTINGS)
      await place.loadSample()
      const wrong = startChild(place, { what: String(hours * HOUR_MS), moment: 'start' })
      const told = await wrong.log('the complaint', ({ code }) => code === 'CLOCKS_DIFFER')
      assert.match(String(told.reason), hours > 0 ? /3600 s ahead of/ : /3600 s behind/)
      const right = await place.start('integration')
      await right.log('the lease', IS_WRITER)
      await place.startTogether(['tcs', 'recommendation', 'connection'])
      assert.deepEqual((await place.sync()).restarts, [])
      await assertWhole(place)
      assert.deepEqual(wrong.logged.filter(IS_WRITER), [])
      assert.deepEqual(right.logged.filter(IS_OVERTAKEN), [])
    })

    test(`a clock that is set ${hours > 0 ? 'forward' : 'back'} by an hour while its process writes: no harm comes of it`, async (t) => {
      const place = await Installation.make(t, { ...SETTINGS, ...SLOW })
      await place.loadSample()
      const happening = { what: String(hours * HOUR_MS), moment: 'store.write before' }
      const changed = startChild(place, happening)
      await changed.log('the lease', IS_WRITER)
      const other = await place.start('integration')
      await place.startTogether(['tcs', 'recommendation', 'connection'])
      const run: RunView = await place.sync()
      await happened(changed, happening)
      assert.equal(run.state, 'live')
      await assertWhole(place)
      // A lease that seems over is the other's; one that seems to last for an hour is still its holder's.
      assert.deepEqual(
        run.restarts.map(({ cause }) => cause),
        hours < 0 ? ['takeover'] : [],
      )
      if (hours < 0) await changed.log('the loss of the lease', IS_OVERTAKEN)
      await assertNextLeavesNothing(place, hours < 0 ? other : changed)
    })
  }
})
