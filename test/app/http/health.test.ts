import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as z from 'zod'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { altered } from '../../faults/altered.ts'
import { HttpInstallation } from './installation.ts'

const SERVICES = ['tcs', 'recommendation', 'connection', 'integration'] as const
const READINESS = z.object({
  ready: z.boolean(),
  services: z.array(
    z.object({
      service: z.string(),
      ready: z.boolean(),
      dependencies: z.array(z.object({ name: z.string(), ready: z.boolean(), reason: z.string().optional() })),
    }),
  ),
})

async function readiness(http: HttpInstallation, path = '/health/ready') {
  const { status, body } = await http.get(path)
  const { ready, services } = READINESS.parse(body)
  assert.equal(status, ready ? 200 : 503)
  return { ready, unready: services.filter((each) => !each.ready).map(({ service }) => service), body }
}

/** `down` is called at each ping: a backend can go away and come back. */
function failing(down: () => boolean) {
  return (own: () => Promise<void>) => async () => {
    if (down()) throw new RevalError('LEDGER_FAILED', 'it is away')
    await own()
  }
}

const UNUSABLE: readonly (readonly [
  string,
  (backends: WorkerBackends, down: () => boolean) => WorkerBackends,
  readonly string[],
])[] = [
  [
    'ledger',
    (backends, down) => ({ ...backends, ledger: altered(backends.ledger, { ping: failing(down) }) }),
    SERVICES,
  ],
  [
    'index store',
    (backends, down) => ({ ...backends, store: altered(backends.store, { ping: failing(down) }) }),
    ['recommendation', 'connection', 'integration'],
  ],
  [
    'broker',
    (backends, down) => ({ ...backends, broker: altered(backends.broker, { ping: failing(down) }) }),
    SERVICES,
  ],
  [
    'trainee source',
    (backends, down) => ({ ...backends, traineeSource: altered(backends.traineeSource, { ping: failing(down) }) }),
    ['tcs', 'integration'],
  ],
  [
    'doctor source',
    (backends, down) => ({ ...backends, doctorSource: altered(backends.doctorSource, { ping: failing(down) }) }),
    ['recommendation', 'integration'],
  ],
  [
    'exception source',
    (backends, down) => ({ ...backends, exceptionSource: altered(backends.exceptionSource, { ping: failing(down) }) }),
    ['integration'],
  ],
]

describe('health', { concurrency: 4 }, () => {
  test('a worker is live and ready, and so is each of its services', async (t) => {
    const http = await HttpInstallation.make(t)
    assert.deepEqual(await http.get('/health/live').then(({ body }) => body), { live: true, services: SERVICES })
    assert.equal((await readiness(http)).ready, true)
    for (const service of SERVICES) {
      assert.equal((await http.get(`/health/${service}/live`)).status, 200)
      assert.equal((await readiness(http, `/health/${service}/ready`)).ready, true)
    }
  })

  for (const [what, without, services] of UNUSABLE) {
    test(`without the ${what}, ${services.join(', ')} are live but not ready, with the reason; and ready once it is back`, async (t) => {
      let down = true
      const http = await HttpInstallation.make(t, (backends) => without(backends, () => down))
      const { unready, body } = await readiness(http)
      assert.deepEqual(unready, services)
      assert.match(
        JSON.stringify(body),
        new RegExp(`"name":"${what}","ready":false,"code":"LEDGER_FAILED","reason":"it is away"`),
      )
      assert.equal((await http.get('/health/live')).status, 200)
      for (const service of SERVICES) {
        const own = await readiness(http, `/health/${service}/ready`)
        assert.equal(own.ready, !services.includes(service), service)
      }
      down = false
      assert.equal((await readiness(http)).ready, true)
    })
  }

  test('closed backends are not ready', async (t) => {
    const http = await HttpInstallation.make(t)
    const { ledger, store, broker } = http.worker.context
    await Promise.all([store.close(), broker.close()])
    assert.deepEqual((await readiness(http)).unready, SERVICES)
    await ledger.close()
    const { unready } = await readiness(http)
    assert.deepEqual(unready, SERVICES)
  })
})
