import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { engineProxy, PASSED, type EngineProxy, type SeenRequest } from '../index-store/engine-proxy.ts'
import { everyOtherBulk, someItems } from './bulk-refusals.ts'
import { FaultPlace } from './fault-place.ts'
import { suiteOwner, trying } from './trying.ts'

describe('writes that the engine refuses', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  let proxy: EngineProxy
  before(async () => {
    proxy = await engineProxy(owner)
    place = await FaultPlace.make(owner, {}, () => Promise.resolve({ REVAL_SEARCH_URL: proxy.url }))
    await place.startLive()
  })

  const run = async () => {
    await place.installation.sync()
    return null
  }
  const changes = (isEnough: () => boolean) =>
    place.changesThrough(async () => {
      while (!isEnough()) await pause(50)
      proxy.fateOf = () => PASSED
    })

  for (const [fault, fate] of [
    ['every other bulk answered 429', everyOtherBulk],
    ['two rows of five answered 503', someItems],
  ] as const) {
    for (const when of ['doctors', 'changes'] as const) {
      trying({ fault, when }, async (t) => {
        t.after(() => (proxy.fateOf = () => PASSED))
        let refused = 0
        const fateOf = fate()
        const refuse = (request: SeenRequest) => {
          const decided = fateOf(request)
          if (decided !== PASSED) refused += 1
          return decided
        }
        proxy.fateOf = refuse
        const seconds = when === 'doctors' ? await run() : await changes(() => refused > 5)
        assert.ok(refused > 0)
        return { lost: await place.exact(), seconds }
      })
    }
  }
})
