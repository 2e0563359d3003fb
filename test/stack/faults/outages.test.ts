import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '../../../src/ports/run-ledger.ts'
import { expectedDocuments } from '../../app/job/workplace.ts'
import { Installation } from '../job/installation.ts'
import type { RevalProcess } from '../job/process.ts'
import { killServer, startServer, stopServer, type ServerName } from './server.ts'

/** Who needs each server, by its readiness; the first one is asked. */
const NEEDED_BY: Readonly<Record<ServerName, ServiceName>> = {
  rabbitmq: 'integration',
  sqs: 'recommendation',
  mysql: 'tcs',
  mongodb: 'recommendation',
  search: 'integration',
}
const STAGES = ['trainees', 'doctors', 'lists'] as const
const SERVERS: readonly (readonly [ServerName, typeof stopServer])[] = [
  ['rabbitmq', stopServer],
  ['sqs', stopServer],
  ['mysql', stopServer],
  ['mongodb', stopServer],
  ['search', killServer],
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

/** A run that is slow enough for an outage in each of its stages. */
async function slowInstallation(t: { after(clean: () => Promise<void>): unknown }): Promise<Installation> {
  const place = await Installation.make(t, {
    REVAL_SOURCE_ROWS_PER_SECOND: '300',
    REVAL_MESSAGE_ROWS: '20',
    REVAL_CLAIM_TRIES: '30',
  })
  await place.loadSample()
  return place
}

describe('a server that goes away and comes back', () => {
  before(() => startAllServers())
  after(() => startAllServers())

  for (const [server, stop] of SERVERS) {
    test(`${server}, in each stage of a run: readiness says so, nothing is lost`, async (t) => {
      const place = await slowInstallation(t)
      const services = await place.startAll(['tcs', 'recommendation', 'integration'])
      const service = (name: ServiceName) => services.get(name) ?? assert.fail(`${name} was not started`)
      const integration = service('integration')
      const sync = place.run(['sync', '--json'])
      for (const stage of STAGES) {
        await integration.log(stage, (line) => line.msg === 'stage started' && line.stage === stage)
        await stop(server)
        const missed = await untilReady(service(NEEDED_BY[server]), false)
        const reasons = missed.services.flatMap(({ dependencies }) => dependencies.filter(({ ready }) => !ready))
        assert.ok(reasons.every(({ reason }) => (reason ?? '') !== ''))
        await startServer(server)
        await untilReady(service(NEEDED_BY[server]), true)
        // The lists wait for connection, so that the outage comes in the middle of them.
        if (stage === 'lists') await place.start('connection')
      }
      const { code } = await sync.end()
      assert.equal(code, 0, sync.complaints)
      assert.deepEqual(await place.documents(), expectedDocuments())
      for (const each of services.values()) await untilReady(each, true)
    })
  }
})

async function startAllServers(): Promise<void> {
  for (const [server] of SERVERS) await startServer(server)
}
