import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { findingOfClocks } from '../../../src/adapters/opensearch/clock.ts'
import { CALL_LIMITS, Engine, EngineFault } from '../../../src/adapters/opensearch/engine.ts'
import { SEARCH_SETTINGS, type SearchSettings } from '../../../src/adapters/opensearch/settings.ts'

/** An engine whose server is this listener. */
async function engineOf(t: TestContext, listener: RequestListener): Promise<Engine> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fallbacks = Object.entries(SEARCH_SETTINGS).map(([name, { schema, fallback }]) => [
    name,
    schema.parse(fallback),
  ])
  const searchUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // Each is the parsed default of its setting.
  const settings = { ...(Object.fromEntries(fallbacks) as SearchSettings), searchUrl }
  const engine = new Engine(settings, 'STORE_FAILED')
  t.after(async () => {
    await engine.close()
    server.closeAllConnections()
    server.close()
  })
  return engine
}

const isUnanswered = (error: unknown) =>
  error instanceof EngineFault && error.transient && error.isUnanswered && error.code === 'STORE_FAILED'

describe('a call', { concurrency: true }, () => {
  const stalls: Readonly<Record<string, RequestListener>> = {
    'without an answer': () => undefined,
    'whose answer does not end': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"half":')
    },
  }
  for (const [what, listener] of Object.entries(stalls)) {
    test(`${what} ends at the limit of its kind, with unknown outcome`, async (t) => {
      const engine = await engineOf(t, listener)
      const started = performance.now()
      await assert.rejects(engine.call({ method: 'GET', path: '/', kind: 'ping' }), isUnanswered)
      const took = performance.now() - started
      assert.ok(took >= CALL_LIMITS.ping - 50 && took < CALL_LIMITS.ping + 5_000, `${took} ms`)
    })
  }

  test('whose guard throws is not sent, and rejects with that error', async (t) => {
    let requests = 0
    const engine = await engineOf(t, (_, response) => {
      requests += 1
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    const over = new Error('the lease is over')
    const guard = () => {
      throw over
    }
    await assert.rejects(engine.call({ method: 'PUT', path: '/x', kind: 'small', guard }), (error) => error === over)
    assert.equal(requests, 0)
    await engine.call({ method: 'PUT', path: '/x', kind: 'small' })
    assert.equal(requests, 1)
  })

  for (const { status, transient, unanswered } of [
    { status: 400, transient: false, unanswered: false },
    { status: 429, transient: true, unanswered: false },
    { status: 502, transient: true, unanswered: true },
    { status: 503, transient: true, unanswered: false },
    { status: 504, transient: true, unanswered: true },
  ]) {
    test(`answered ${status} is sent once, and says whether the error is transient`, async (t) => {
      let requests = 0
      const engine = await engineOf(t, (_, response) => {
        requests += 1
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"type":"x","reason":"y"}}')
      })
      await assert.rejects(engine.call({ method: 'GET', path: '/', kind: 'small' }), (error) => {
        assert.ok(error instanceof EngineFault)
        assert.deepEqual([error.status, error.transient, error.isUnanswered], [status, transient, unanswered])
        return true
      })
      assert.equal(requests, 1)
    })
  }
})

test('clocks may differ by less than a second, and not by five', () => {
  const statuses = [0, 999, -999, 1_000, -4_999, 5_000, -3_600_000].map((ahead) => findingOfClocks(ahead).status)
  assert.deepEqual(statuses, ['ok', 'ok', 'ok', 'warn', 'warn', 'fail', 'fail'])
  assert.match(findingOfClocks(-3_600_000).found, /^3600\.0 s behind/)
})
