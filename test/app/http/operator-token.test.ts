import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { HttpInstallation } from './installation.ts'

const TOKEN = 'the token of an operator'
const CHANGING = ['/api/sync', '/api/sync/runs/none/cancel', '/api/sync/runs/none/promote', '/api/sync/rollback']
const CODE = z.object({ error: z.object({ code: z.string() }) }).transform(({ error }) => error.code)

async function ask(http: HttpInstallation, path: string, method: string, authorization?: string) {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const answer = await fetch(http.server.address + path, { method, headers })
  const text = await answer.text()
  return { status: answer.status, code: answer.ok ? null : CODE.parse(JSON.parse(text)), text }
}

describe('the operator token', () => {
  test('is required by every route that changes something, and by no other', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
    for (const path of CHANGING) {
      for (const wrong of [undefined, '', 'Bearer ', 'Bearer another token', TOKEN.slice(1), `Basic ${TOKEN}`]) {
        const { status, code, text } = await ask(http, path, 'POST', wrong)
        assert.deepEqual([status, code], [401, 'OPERATOR_TOKEN_WRONG'], `${path} with ${String(wrong)}`)
        assert.ok(!text.includes(TOKEN))
      }
    }
    assert.equal((await ask(http, '/api/sync', 'GET')).status, 401)
    for (const path of ['/api/sync/runs', '/health/live', '/health/ready']) {
      assert.equal((await ask(http, path, 'GET')).status, 200)
    }
    const { runs } = z
      .object({ runs: z.array(z.unknown()) })
      .parse(JSON.parse((await ask(http, '/api/sync/runs', 'GET')).text))
    assert.deepEqual(runs, [])
  })

  for (const form of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, TOKEN]) {
    test(`opens them, sent as "${form}"`, async (t) => {
      const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
      assert.equal((await ask(http, '/api/sync/runs/none/cancel', 'POST', form)).code, 'RUN_UNKNOWN')
      assert.equal((await ask(http, '/api/sync', 'POST', form)).status, 202)
    })
  }

  test('is not required if none is set', async (t) => {
    const http = await HttpInstallation.make(t)
    assert.equal((await ask(http, '/api/sync', 'POST')).status, 202)
  })
})
