import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROBLEM } from '../../../src/app/json/problem.ts'
import { altered } from '../../faults/altered.ts'
import { runToEnd } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

test('an unsupported method is refused, with the supported ones', async (t) => {
  const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: 'the token of an operator' })
  const cases = [
    ['DELETE', '/api/sync', 'GET, POST'],
    ['QUERY', '/api/sync', 'GET, POST'],
    ['OPTIONS', '/api/v1/doctors?dbcs=', 'GET, HEAD'],
    ['PUT', '/api/sync/runs/none', 'GET, HEAD'],
    ['GET', '/api/sync/runs/none/cancel', 'POST'],
    ['POST', '/docs/static/index.html', 'GET, HEAD'],
  ] as const
  for (const [method, path, allow] of cases) {
    const { status, headers, body } = await http.send(method, path)
    assert.deepEqual([status, headers.get('allow')], [405, allow], `${method} ${path}`)
    const [plain = ''] = path.split('?')
    assert.equal(PROBLEM.parse(body).detail, `${method} ${plain}: expected ${allow.replace(', ', ' or ')}`)
  }
  for (const path of [
    '/api/sync/runs/none/of/these',
    '/api/sync/',
    '/api//sync',
    '/',
    '/api/sync/runs/a%2fb/cancel/',
  ]) {
    assert.equal((await http.send('DELETE', path)).status, 404, path)
  }
})

test('HEAD answers as GET, without a body, and starts nothing', async (t) => {
  let wholeLists = 0
  const http = await HttpInstallation.make(t, (backends) => ({
    ...backends,
    listReader: altered(backends.listReader, {
      all:
        (own) =>
        (...asked) => {
          wholeLists += 1
          return own(...asked)
        },
    }),
  }))
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const before = await http.worker.context.ledger.runs(10)
  for (const path of ['/api/v1/doctors', '/api/connection/connected', '/api/admins', '/api/sync/runs']) {
    const { status, headers, body } = await http.send('HEAD', path)
    assert.deepEqual([status, body], [200, null], path)
    const got = await http.get(path)
    assert.equal(headers.get('content-type'), got.headers.get('content-type'))
    assert.equal(headers.get('reval-run'), got.headers.get('reval-run'))
  }
  assert.equal(
    (await http.send('HEAD', '/api/v1/doctors?format=csv')).headers.get('content-type'),
    'text/csv; charset=utf-8',
  )
  assert.equal(wholeLists, 0)
  for (const path of ['/api/sync', '/api/sync/compare?after=live']) {
    assert.equal((await http.send('HEAD', path)).status, 405, path)
  }
  assert.deepEqual(await http.worker.context.ledger.runs(10), before)
})
