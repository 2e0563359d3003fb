import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { engineProxy, PASSED, type EngineProxy } from '../index-store/engine-proxy.ts'
import { servers } from '../servers.ts'
import { FaultPlace } from './fault-place.ts'
import { killServer, startServer } from './server.ts'
import { suiteOwner, trying } from './trying.ts'

/** A killed engine keeps its port for as long as the system needs to take its memory back. */
async function untilGone(): Promise<void> {
  const end = AbortSignal.timeout(60_000)
  for (;;) {
    try {
      await fetch(servers.search.url, { signal: end })
    } catch (error) {
      if (end.aborted) throw error
      return
    }
    await pause(100)
  }
}

describe('search engine that goes away while it fills tables', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  let proxy: EngineProxy
  before(async () => {
    await startServer('search')
    owner.after(() => startServer('search'))
    proxy = await engineProxy(owner)
    place = await FaultPlace.make(owner, { REVAL_LISTS: 'tables' })
    await place.startLive()
    place.installation.set({ REVAL_SEARCH_URL: proxy.url })
    await place.start('integration')
  })

  trying({ fault: 'search, killed and started while it fills tables', when: 'lists' }, async () => {
    const filling = Promise.withResolvers<undefined>()
    const back = Promise.withResolvers<undefined>()
    proxy.fateOf = ({ method, path }) => {
      if (method !== 'GET' || !path.startsWith('/_tasks/')) return PASSED
      filling.resolve(undefined)
      return { kind: 'delayed', until: back.promise }
    }
    const { run, seconds } = await place.runThrough('lists', async () => {
      await filling.promise
      await killServer('search')
      await untilGone()
      await startServer('search')
      proxy.fateOf = () => PASSED
      back.resolve(undefined)
    })
    assert.deepEqual(run.restarts, [])
    return { lost: await place.exact(), seconds }
  })
})
