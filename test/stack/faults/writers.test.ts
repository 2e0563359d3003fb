import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { happened, IS_OVERTAKEN, IS_WRITER, startChild } from '../takeover/writers.ts'
import type { RevalProcess } from '../job/process.ts'
import { FaultPlace } from './fault-place.ts'
import type { When } from './trial.ts'
import { suiteOwner, trying } from './trying.ts'

const HOUR_MS = 3_600_000
/** A renewal of the lease, and a look of the other's, come while the doctors are being written. */
const SLOW = { REVAL_SOURCE_ROWS_PER_SECOND: '250' }

describe('a writer that is not what it seems', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  before(async () => {
    place = await FaultPlace.make(owner, SLOW)
    await place.startLive()
    await place.process('integration').stop()
  })

  /** The writer, to which this happens, and another process beside it. */
  async function beside(what: string, moment: string): Promise<{ child: RevalProcess; other: RevalProcess }> {
    const child = startChild(place.installation, { what, moment })
    await child.log('the lease', IS_WRITER)
    return { child, other: await place.installation.start('integration') }
  }

  const PAUSES: readonly (readonly [When, moment: string])[] = [
    ['doctors', 'store.write before'],
    ['promoting', 'store.promote before'],
  ]
  for (const [when, moment] of PAUSES) {
    trying({ fault: 'writer paused for longer than its lease', when }, async () => {
      const { child, other } = await beside('SIGSTOP', moment)
      const sync = place.installation.run(['sync'])
      await happened(child, { what: 'SIGSTOP', moment })
      await other.log('the lease', IS_WRITER)
      assert.equal((await sync.end()).code, 0, sync.complaints)
      await place.exact()
      child.kill('SIGCONT')
      await child.log('the loss of the lease', IS_OVERTAKEN)
      const lost = await place.exact()
      await Promise.all([child.stop(), other.stop()])
      return { lost, seconds: null }
    })
  }

  trying({ fault: 'writer paused for longer than its lease', when: 'changes' }, async () => {
    const moment = 'store.write before'
    const { child, other } = await beside('SIGSTOP', moment)
    const seconds = await place.changesThrough(async () => {
      await happened(child, { what: 'SIGSTOP', moment })
      await other.log('the lease', IS_WRITER)
      // What it has in hand now is late.
      child.kill('SIGCONT')
      await child.log('the loss of the lease', IS_OVERTAKEN)
    })
    const lost = await place.exact()
    await Promise.all([child.stop(), other.stop()])
    return { lost, seconds }
  })

  for (const hours of [1, -1]) {
    trying(
      { fault: `clock of the writer set ${hours > 0 ? 'forward' : 'back'} by an hour`, when: 'changes' },
      async () => {
        const what = String(hours * HOUR_MS)
        const { child, other } = await beside(what, 'store.write before')
        const seconds = await place.changesThrough(() => happened(child, { what, moment: 'store.write before' }))
        const lost = await place.exact()
        await Promise.all([child.stop(), other.stop()])
        return { lost, seconds }
      },
    )
  }

  for (const hours of [1, -1]) {
    trying(
      { fault: `clock of a process ${hours > 0 ? 'an hour ahead' : 'an hour behind'}`, when: 'doctors' },
      async () => {
        const wrong = startChild(place.installation, { what: String(hours * HOUR_MS), moment: 'start' })
        const told = await wrong.log('the complaint', ({ code }) => code === 'CLOCKS_DIFFER')
        assert.match(String(told.reason), hours > 0 ? /3600 s ahead of/ : /3600 s behind/)
        const right = await place.installation.start('integration')
        await right.log('the lease', IS_WRITER)
        assert.deepEqual((await place.installation.sync()).restarts, [])
        assert.deepEqual(wrong.logged.filter(IS_WRITER), [])
        assert.deepEqual(right.logged.filter(IS_OVERTAKEN), [])
        const lost = await place.exact()
        await Promise.all([wrong.stop(), right.stop()])
        return { lost, seconds: null }
      },
    )

    trying(
      { fault: `clock of the writer set ${hours > 0 ? 'forward' : 'back'} by an hour`, when: 'doctors' },
      async () => {
        const { child, other } = await beside(String(hours * HOUR_MS), 'store.write before')
        const run = await place.installation.sync()
        // A lease that seems over is the other's; one that seems to last for an hour is still its holder's.
        assert.deepEqual(
          run.restarts.map(({ cause }) => cause),
          hours < 0 ? ['takeover'] : [],
        )
        if (hours < 0) await child.log('the loss of the lease', IS_OVERTAKEN)
        const lost = await place.exact()
        await Promise.all([child.stop(), other.stop()])
        return { lost, seconds: null }
      },
    )
  }
})
