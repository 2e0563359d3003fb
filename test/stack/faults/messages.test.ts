import { before, describe } from 'node:test'
import { join } from 'node:path'
import { IS_WRITER } from '../takeover/writers.ts'
import { FaultPlace } from './fault-place.ts'
import { suiteOwner, trying } from './trying.ts'

const UNRULY = join(import.meta.dirname, 'unruly-process.ts')

describe('messages', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  let started = false
  before(async () => {
    place = await FaultPlace.make(owner)
  })

  const FAULTS: readonly (readonly [fault: string, doubled: number, heldBack: number, unacknowledged: number])[] = [
    ['every message delivered twice', 1, 0, 0],
    ['messages of both brokers shuffled', 0, 0.5, 0],
    ['every message twice, shuffled, acknowledgements lost', 1, 0.3, 0.3],
  ]
  for (const [fault, ...odds] of FAULTS) {
    trying({ fault, when: 'doctors' }, async (t) => {
      const { installation } = place
      const unruly = installation.run([UNRULY, ...odds.map(String)], {}, process.execPath)
      t.after(() => unruly.stop())
      await unruly.log('the lease', IS_WRITER)
      await installation.sync()
      const lost = await place.exact()
      await unruly.stop()
      return { lost, seconds: null }
    })
  }

  const FLOWS = [
    ['every change announced twice', { copies: 2 }],
    ['changes of all channels shuffled', { heldBack: 20 }],
    ['every change announced three times, shuffled', { copies: 3, heldBack: 40 }],
  ] as const
  for (const [fault, flow] of FLOWS) {
    trying({ fault, when: 'changes' }, async () => {
      if (!started) await place.startLive()
      started = true
      const seconds = await place.changesThrough(() => Promise.resolve(), flow)
      return { lost: await place.exact(), seconds }
    })
  }
})
