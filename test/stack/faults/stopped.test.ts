import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '../../../src/ports/run-ledger.ts'
import type { RevalProcess } from '../job/process.ts'
import { FaultPlace } from './fault-place.ts'
import { killServer, startServer, stopServer, type ServerName } from './server.ts'
import { suiteOwner, trying } from './trying.ts'

/** Who needs each server, by its readiness; the first one is asked. */
const NEEDED_BY: Readonly<Record<ServerName, ServiceName>> = {
  rabbitmq: 'integration',
  sqs: 'recommendation',
  mysql: 'tcs',
  mongodb: 'recommendation',
  search: 'integration',
}
const STAGES = ['trainees', 'doctors', 'lists'] as const
const SERVERS: readonly (readonly [ServerName, how: string, typeof stopServer])[] = [
  ['rabbitmq', 'stopped', stopServer],
  ['sqs', 'stopped', stopServer],
  ['mysql', 'stopped', stopServer],
  ['mongodb', 'stopped', stopServer],
  ['search', 'killed', killServer],
]

interface Readiness {
  readonly ready: boolean
  readonly services: readonly {
    readonly dependencies: readonly { readonly ready: boolean; readonly reason?: string }[]
  }[]
}

async function readiness(service: RevalProcess): Promise<Readiness> {
  const answer = await fetch(`${await service.address()}/health/ready`, { signal: AbortSignal.timeout(10_000) })
  const body = (await answer.json()) as Readiness
  assert.equal(answer.status, body.ready ? 200 : 503)
  return body
}

/** Asked until it is as wanted: a process that lost a server tells nobody of its own accord. */
async function untilReady(service: RevalProcess, wanted: boolean): Promise<Readiness> {
  const end = performance.now() + 60_000
  for (;;) {
    const seen = await readiness(service)
    if (seen.ready === wanted) return seen
    assert.ok(
      performance.now() < end,
      `${service.name} is ${wanted ? 'not ready' : 'still ready'}: ${JSON.stringify(seen)}`,
    )
    await pause(200)
  }
}

// The matrix chooses tests by the name of the server, which comes first.
describe('a server that goes away and comes back', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  before(async () => {
    await startAllServers()
    place = await FaultPlace.make(owner)
    owner.after(() => startAllServers())
    await place.startLive()
  })

  /** Readiness tells both, with a reason. */
  async function outage(server: ServerName, stop: typeof stopServer): Promise<void> {
    const service = place.process(NEEDED_BY[server])
    await stop(server)
    const missed = await untilReady(service, false)
    const reasons = missed.services.flatMap(({ dependencies }) => dependencies.filter(({ ready }) => !ready))
    assert.ok(reasons.every(({ reason }) => (reason ?? '') !== ''))
    await startServer(server)
    await untilReady(service, true)
  }

  for (const [server, how, stop] of SERVERS) {
    for (const stage of STAGES) {
      trying({ fault: `${server}, ${how} and started`, when: stage }, async () => {
        // The lists wait for connection, so that the outage comes in the middle of them.
        if (stage === 'lists') await place.process('connection').stop()
        const { seconds } = await place.runThrough(stage, async () => {
          await outage(server, stop)
          if (stage === 'lists') await place.start('connection')
        })
        return { lost: await place.exact(), seconds }
      })
    }
    trying({ fault: `${server}, ${how} and started`, when: 'changes' }, async () => {
      const seconds = await place.changesThrough(() => outage(server, stop))
      return { lost: await place.exact(), seconds }
    })
  }
})

async function startAllServers(): Promise<void> {
  for (const [server] of SERVERS) await startServer(server)
}
