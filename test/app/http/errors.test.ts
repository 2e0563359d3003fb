import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { listen } from '../../../src/app/http/server.ts'
import { createLog } from '../../../src/app/log.ts'
import { ERROR_CODES } from '../../../src/errors/codes.ts'
import { readConfig } from '../../../src/config/config.ts'
import { HttpInstallation } from './installation.ts'

const SILENT = createLog({ level: 'silent', format: 'json' })

describe('HTTP errors', () => {
  const cases: readonly (readonly [
    'get' | 'post',
    string,
    object | undefined,
    number,
    keyof typeof ERROR_CODES,
    RegExp,
  ])[] = [
    ['get', '/api/sync/runs/nobody', undefined, 404, 'RUN_UNKNOWN', /nobody/],
    ['get', '/api/sync/runs/nobody/failures', undefined, 404, 'RUN_UNKNOWN', /nobody/],
    ['post', '/api/sync/runs/nobody/cancel', undefined, 404, 'RUN_UNKNOWN', /nobody/],
    ['get', '/api/sync/runs?limit=0', undefined, 400, 'USAGE', /limit/],
    ['get', '/api/sync/runs?limit=many', undefined, 400, 'USAGE', /limit/],
    ['post', '/api/sync/rollback', { why: 7 }, 400, 'USAGE', /why/],
    ['post', '/api/sync/rollback', { why: 'x'.repeat(1_001) }, 400, 'USAGE', /why/],
    ['get', '/api/nothing', undefined, 404, 'USAGE', /GET \/api\/nothing/],
    ['post', '/api/sync/runs', undefined, 404, 'USAGE', /POST \/api\/sync\/runs/],
  ]

  test('have a code, what happened and what to do', async (t) => {
    const http = await HttpInstallation.make(t)
    for (const [method, path, body, status, code, message] of cases) {
      const answer = await http[method](path, body)
      assert.equal(answer.status, status, path)
      assert.partialDeepStrictEqual(answer.body, { error: { code, remedy: ERROR_CODES[code] } })
      assert.match(JSON.stringify(answer.body), message)
    }
  })

  test('say so of a body that is no JSON', async (t) => {
    const http = await HttpInstallation.make(t)
    const response = await fetch(`${http.server.address}/api/sync/rollback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"why": ',
    })
    assert.equal(response.status, 400)
    assert.partialDeepStrictEqual(await response.json(), { error: { code: 'USAGE' } })
  })
})

describe('HTTP listens', () => {
  test('on 127.0.0.1 unless told otherwise', () => {
    assert.deepEqual(readConfig({}).http, { host: '127.0.0.1', port: 8088, operatorToken: '' })
  })

  test('where it is told, and nowhere else', async (t) => {
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

  test('not on a port in use, nor on an address that is not of this machine', async (t) => {
    const http = await HttpInstallation.make(t)
    const port = Number(new URL(http.server.address).port)
    await assert.rejects(listen(http.worker, SILENT, { host: '127.0.0.1', port, operatorToken: '' }), {
      code: 'HTTP_PORT_IN_USE',
    })
    const elsewhere = { host: '192.0.2.1', port: 0, operatorToken: '' }
    await assert.rejects(listen(http.worker, SILENT, elsewhere), { code: 'HTTP_ADDRESS_REFUSED' })
  })

  test('no longer once it was stopped', async (t) => {
    const http = await HttpInstallation.make(t)
    await http.server.stop()
    await assert.rejects(fetch(`${http.server.address}/health/live`))
  })
})
