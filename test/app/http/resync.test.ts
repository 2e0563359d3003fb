import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { altered } from '../../faults/altered.ts'
import { runToEnd } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

describe('POST /api/sync/resync', () => {
  test('refreshes keys, the doctors of a body, or failed rows, and says what it did', async (t) => {
    const http = await HttpInstallation.make(t)
    assert.equal((await runToEnd(http.worker)).state, 'live')
    await http.place.loadFew({ label: 'changed' })
    const one = await http.post('/api/sync/resync', { keys: [1, '424242'], why: 'a test' })
    assert.equal(one.status, 200)
    assert.deepEqual(one.body, {
      changed: [{ id: 'tcs-1', op: 'replaced' }],
      written: 1,
      keys: 2,
      unknown: ['424242'],
      failed: [],
    })
    const body = await http.post('/api/sync/resync', { body: '1-1RUZUSF' })
    assert.partialDeepStrictEqual(body, { status: 200, body: { failed: [] } })
    assert.partialDeepStrictEqual(await http.post('/api/sync/resync', { failed: true }), { body: { keys: 0 } })
  })

  test('refuses what it cannot carry out, with a code', async (t) => {
    const http = await HttpInstallation.make(t)
    const cases: readonly (readonly [object | undefined, number, string, RegExp])[] = [
      [undefined, 400, 'USAGE', /expected/],
      [{}, 400, 'USAGE', /one of: keys, body, failed/],
      [{ keys: ['1'], failed: true }, 400, 'USAGE', /one of: keys, body, failed/],
      [{ keys: [] }, 400, 'USAGE', /no keys/],
      [{ keys: [null] }, 400, 'USAGE', /keys/],
      [{ keys: [1.5] }, 400, 'USAGE', /keys/],
      [{ keys: [' '] }, 400, 'USAGE', /neither a number nor an id/],
      [{ keys: Array.from({ length: 10_001 }, (_, at) => at) }, 400, 'USAGE', /at most 10,000/],
      [{ keys: ['1'], why: 'x'.repeat(1_001) }, 400, 'USAGE', /why/],
      [{ failed: false }, 400, 'USAGE', /failed/],
      [{ keys: ['1'] }, 409, 'NOTHING_LIVE', /no rows/],
    ]
    for (const [body, status, code, message] of cases) {
      const answer = await http.post('/api/sync/resync', body)
      assert.equal(answer.status, status, JSON.stringify(body ?? null).slice(0, 80))
      assert.partialDeepStrictEqual(answer.body, { code })
      assert.match(JSON.stringify(answer.body), message)
    }
  })

  test('is refused without live changes, and while a source is away', async (t) => {
    const off = await HttpInstallation.make(t, undefined, { REVAL_LIVE_CHANGES: 'off' })
    assert.equal((await runToEnd(off.worker)).state, 'live')
    const refused = await off.post('/api/sync/resync', { keys: ['1'] })
    assert.partialDeepStrictEqual(refused, { status: 409, body: { code: 'LIVE_CHANGES_OFF' } })

    const away = await HttpInstallation.make(t, (backends) => ({
      ...backends,
      traineeSource: altered(backends.traineeSource, {
        recordsOf: () => () => Promise.reject(new RevalError('SOURCE_FAILED', 'away')),
      }),
    }))
    assert.equal((await runToEnd(away.worker)).state, 'live')
    const failed = await away.post('/api/sync/resync', { keys: ['1'] })
    assert.partialDeepStrictEqual(failed, { status: 503, body: { code: 'SOURCE_FAILED' } })
  })

  test('is for operators', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: 'sixteen characters' })
    for (const path of ['/api/sync/resync', '/api/sync/failures/replay', '/api/sync/failures/discard']) {
      assert.equal((await http.post(path, { all: true, keys: ['1'], why: 'x' })).status, 401, path)
    }
  })
})
