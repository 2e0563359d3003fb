import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { listen } from '../../../src/app/http/server.ts'
import { createLog } from '../../../src/app/log.ts'
import { PROBLEM } from '../../../src/app/json/problem.ts'
import { httpRemedy } from '../../../src/app/http/remedies.ts'
import { ERROR_CODES, type ErrorCode } from '../../../src/errors/codes.ts'
import { readConfig } from '../../../src/config/config.ts'
import { HttpInstallation, NO_SIGN_IN } from './installation.ts'

const SILENT = createLog({ level: 'silent', format: 'json' })

describe('HTTP errors', () => {
  const cases: readonly (readonly ['get' | 'post', string, object | undefined, number, ErrorCode, RegExp])[] = [
    ['get', '/api/sync/runs/nobody', undefined, 404, 'RUN_UNKNOWN', /nobody/],
    ['get', '/api/sync/runs/nobody/failures', undefined, 404, 'RUN_UNKNOWN', /nobody/],
    ['post', '/api/sync/runs/nobody/cancel', undefined, 404, 'RUN_UNKNOWN', /nobody/],
    ['get', '/api/sync/runs?limit=0', undefined, 400, 'USAGE', /limit/],
    ['get', '/api/sync/runs?limit=many', undefined, 400, 'USAGE', /limit/],
    ['post', '/api/sync/rollback', { why: 7 }, 400, 'USAGE', /why/],
    ['post', '/api/sync/rollback', { why: 'x'.repeat(1_001) }, 400, 'USAGE', /why/],
    ['post', '/api/sync/verify', [], 400, 'USAGE', /the request: /],
    ['get', '/api/sync/explain/%ff', undefined, 400, 'USAGE', /valid url/],
    ['get', `/api/sync/explain/${'x'.repeat(1_500)}`, undefined, 414, 'USAGE', /param/],
    ['get', '/api/nothing', undefined, 404, 'USAGE', /GET \/api\/nothing/],
    ['post', '/api/sync/runs', undefined, 405, 'USAGE', /POST \/api\/sync\/runs: expected GET or HEAD/],
  ]

  test('have a code, a message and a remedy', async (t) => {
    const http = await HttpInstallation.make(t)
    for (const [method, path, body, status, code, message] of cases) {
      const answer = await http.send(method.toUpperCase(), path, { body })
      assert.equal(answer.status, status, path)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.partialDeepStrictEqual(PROBLEM.parse(answer.body), { status, code, remedy: httpRemedy(code) })
      assert.match(JSON.stringify(answer.body), message)
    }
  })

  test('do not name a command if HTTP has a route for it', () => {
    // The keys of a record.
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      assert.doesNotMatch(
        httpRemedy(code),
        /reval (sync|runs|status|cancel|promote|rollback|<command>)|--(expect|sender-gone|help)/,
        code,
      )
    }
  })
})

describe('HTTP bodies', { concurrency: 2 }, () => {
  async function posted(
    http: HttpInstallation,
    path: string,
    type: string | null,
    body: string | ReadableStream | null,
  ) {
    const headers: Record<string, string> = type === null ? {} : { 'content-type': type }
    // Needed for a stream, which goes out in chunks, its length untold.
    const streamed = body instanceof ReadableStream ? { duplex: 'half' as const } : {}
    const answer = await fetch(http.server.address + path, { method: 'POST', headers, body, ...streamed })
    return { status: answer.status, text: await answer.text() }
  }

  test('are optional, whatever the content type', async (t) => {
    const http = await HttpInstallation.make(t)
    const types = [null, 'application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded']
    for (const type of [...types, 'text/plain', 'application/xml', 'nonsense']) {
      for (const body of [null, '']) {
        // The rollback itself is refused here, not the request: nothing is live.
        const { status, text } = await posted(http, '/api/sync/rollback', type, body)
        assert.deepEqual([status, /NOTHING_TO_ROLL_BACK/.test(text)], [409, true], `${String(type)}: ${text}`)
      }
    }
    const chunked = await posted(http, '/api/sync/rollback', 'application/json', new Blob([]).stream())
    assert.equal(chunked.status, 409, chunked.text)
    assert.equal((await posted(http, '/api/sync', 'application/x-www-form-urlencoded', '')).status, 202)
  })

  test('are JSON, with any JSON content type', async (t) => {
    const http = await HttpInstallation.make(t)
    for (const type of ['application/json', 'application/json;charset=UTF-8', 'application/merge-patch+json']) {
      const { status, text } = await posted(http, '/api/sync/rollback', type, '{"why": 7}')
      assert.deepEqual([status, /why/.test(text)], [400, true], `${type}: ${text}`)
    }
  })

  test('of other types are refused', async (t) => {
    const http = await HttpInstallation.make(t)
    const noJson = await posted(http, '/api/sync/rollback', 'application/json', '{"why": ')
    assert.deepEqual([noJson.status, /the body is not JSON.*USAGE/.test(noJson.text)], [400, true])
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const { status, text } = await posted(http, '/api/sync/rollback', type, 'why=because')
      assert.deepEqual([status, /must be application\/json.*USAGE/.test(text)], [415, true], type)
    }
  })
})

describe('HTTP listens', () => {
  test('on 127.0.0.1 by default', () => {
    assert.deepEqual(readConfig({}).http, {
      ...{ host: '127.0.0.1', port: 8088, publicUrl: '', operatorToken: '', metricsToken: '', oidc: null },
      ...{ requestsPerMinute: 1200, trustedProxies: [] },
    })
  })

  test('on the configured address, and on no other', async (t) => {
    const http = await HttpInstallation.make(t)
    const { hostname, port } = new URL(http.server.address)
    assert.equal(hostname, '127.0.0.1')
    // Every address of 127/8 is this machine; a server on all addresses would answer here.
    const socket = connect({ host: '127.0.0.2', port: Number(port) })
    const outcome = await new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'))
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
    socket.destroy()
    assert.equal(outcome, 'ECONNREFUSED')
  })

  test('not on a port in use, nor on an address of another machine', async (t) => {
    const http = await HttpInstallation.make(t)
    const port = Number(new URL(http.server.address).port)
    await assert.rejects(listen(http.worker, SILENT, { ...NO_SIGN_IN, host: '127.0.0.1', port }), {
      code: 'HTTP_PORT_IN_USE',
    })
    const elsewhere = { ...NO_SIGN_IN, host: '192.0.2.1', port: 0 }
    await assert.rejects(listen(http.worker, SILENT, elsewhere), { code: 'HTTP_ADDRESS_REFUSED' })
  })

  test('no longer once it is stopped', async (t) => {
    const http = await HttpInstallation.make(t)
    await http.server.stop()
    await assert.rejects(fetch(`${http.server.address}/health/live`))
  })
})
