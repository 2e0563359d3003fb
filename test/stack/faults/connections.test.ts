import { before, describe } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { FaultPlace } from './fault-place.ts'
import type { ServerName } from './server.ts'
import { Proxies } from './toxiproxy.ts'
import { suiteOwner, trying } from './trying.ts'

/** A stage in which each server is used. */
const USED_IN = {
  rabbitmq: 'trainees',
  sqs: 'doctors',
  mysql: 'trainees',
  mongodb: 'doctors',
  search: 'doctors',
} as const satisfies Record<ServerName, string>
const SERVERS = Object.keys(USED_IN) as ServerName[]

/** Longer than a request, a heartbeat or the lease of the writer takes. */
const HALF_OPEN_MS = 8_000
const CUT_MS = 1_000
const SLOW_MS = 4_000

describe('connections to a server', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  let proxies: Proxies
  before(async () => {
    place = await FaultPlace.make(owner, {}, async (direct) => {
      const made = await Proxies.make(owner, direct)
      proxies = made.proxies
      return made.settings
    })
    await place.startLive()
  })

  const FAULTS: readonly (readonly [string, (server: ServerName) => Promise<void>, number])[] = [
    ['cut', (server) => proxies.cut(server), CUT_MS],
    ['slowed', (server) => proxies.slow(server), SLOW_MS],
    ['half open', (server) => proxies.halfOpen(server), HALF_OPEN_MS],
  ]
  for (const server of SERVERS) {
    for (const [how, begin, lasting] of FAULTS) {
      const strike = async () => {
        await begin(server)
        await pause(lasting)
        await proxies.mend(server)
      }
      trying({ fault: `connections to ${server} ${how}`, when: USED_IN[server] }, async () => {
        const { seconds } = await place.runThrough(USED_IN[server], strike)
        return { lost: await place.exact(), seconds }
      })
      trying({ fault: `connections to ${server} ${how}`, when: 'changes' }, async () => {
        const seconds = await place.changesThrough(strike)
        return { lost: await place.exact(), seconds }
      })
    }
  }
})
