import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AUDIT } from '../../../../src/app/json/audit.ts'
import { RevalError } from '../../../../src/errors/reval-error.ts'
import { altered } from '../../../faults/altered.ts'
import { HttpInstallation } from '../installation.ts'

const TOKEN = 'the token of an operator'

test('changes and look-ups are recorded with their results; plain reads are not', async (t) => {
  const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
  await http.get('/api/sync/runs', TOKEN)
  await http.get('/api/sync/explain/7000006', TOKEN)
  await http.post('/api/sync/rollback', { why: 'a test' }, TOKEN)
  await http.post('/api/sync/erase', { key: '7000006', why: 'they asked' }, TOKEN)
  await http.post('/api/sync', undefined, 'another token')
  const entries = await http.worker.context.ledger.audit(10)
  const shown = entries.map(({ what, who, roles, from, subject, why }) => ({ what, who, roles, from, subject, why }))
  const by = { who: 'operator token', roles: ['operator'], from: 'HTTP 127.0.0.1' }
  assert.deepEqual(shown, [
    { ...by, what: 'POST /api/sync/erase', subject: null, why: 'they asked' },
    { ...by, what: 'POST /api/sync/rollback', subject: null, why: 'a test' },
    { ...by, what: 'GET /api/sync/explain/:key', subject: '{"key":"…"}', why: '' },
  ])
  assert.deepEqual(entries.map(({ result }) => [result?.outcome, result?.code]).slice(1), [
    ['refused', 'NOTHING_TO_ROLL_BACK'],
    ['done', null],
  ])
  const first = AUDIT.parse((await http.get('/api/sync/audit?limit=2', TOKEN)).body)
  const second = AUDIT.parse((await http.get(`/api/sync/audit?before=${first.next ?? ''}`, TOKEN)).body)
  assert.deepEqual(
    [...first.entries, ...second.entries].map(({ id }) => id),
    entries.map(({ id }) => id),
  )
  assert.equal(second.next, null)
  assert.ok(entries.every(({ at, result }) => result !== null && result.at >= at))
})

test('nothing in a request can hide its subject from the audit log', async (t) => {
  const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: TOKEN })
  const pad = 'x'.repeat(12_000)
  await http.get(`/api/sync/explain/7000006?key=7000007&why=%1B[2J&x=${pad}`, TOKEN)
  await http.get(`/api/sync/compare?x=${pad}&after=run-5`, TOKEN)
  await http.post('/api/sync/runs/run-5/discard', { x: 'x'.repeat(100_000), id: 'run-6', why: 'a\nb' }, TOKEN)
  const subjects = (await http.worker.context.ledger.audit(10)).map(({ subject }) => subject ?? '')
  assert.match(subjects[0] ?? '', /^{"id":"run-5","x":"x+$/)
  assert.match(subjects[1] ?? '', /"after":"run-5"}$/)
  assert.match(subjects[2] ?? '', /^{"key":"7000006","x":"x+"}$/)
})

test('an action that cannot be recorded is not carried out', async (t) => {
  const http = await HttpInstallation.make(t, (backends) => ({
    ...backends,
    ledger: altered(backends.ledger, {
      save:
        (own) =>
        async (kind, ...rest) => {
          if (kind === 'audit') throw new RevalError('LEDGER_FAILED', 'the ledger is away')
          return own(kind, ...rest)
        },
    }),
  }))
  const refused = await http.post('/api/sync')
  assert.partialDeepStrictEqual(refused, { status: 503, body: { code: 'LEDGER_FAILED' } })
  assert.deepEqual(await http.worker.context.ledger.runs(10), [])
})
