import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RESULTS } from '../../../src/app/json/results.ts'
import { idOfWrite } from '../../../src/domain/row-differences.ts'
import { refusingWrites } from '../../faults/faulty-store.ts'
import { runToEnd, type Owner } from '../job/workplace.ts'
import { HttpInstallation, type Answer } from './installation.ts'

/** The body must be exactly what docs/json.md says. */
function checked(name: keyof typeof RESULTS, { status, body }: Answer): void {
  assert.ok(status < 300, JSON.stringify(body))
  RESULTS[name].schema.parse(body)
}

/** A run is live without the row of person 3. */
async function withFailedRow(t: Owner) {
  const refusing = (id: string) => (write: Parameters<typeof idOfWrite>[0]) =>
    idOfWrite(write) === id ? { status: 'failed' as const, reason: 'no such shard' } : null
  const http = await HttpInstallation.make(
    t,
    (backends) => ({ ...backends, store: refusingWrites(backends.store, refusing('tcs-3')) }),
    { REVAL_CHECK_ACCEPT_FAILURES: '1' },
  )
  const run = await runToEnd(http.worker)
  assert.equal(run.state, 'live', run.failure?.reason)
  return { http, run }
}

test('what the routes answer is what docs/json.md says', async (t) => {
  const { http, run } = await withFailedRow(t)
  const letter = { body: Buffer.from('{"payload":'), attributes: {} }
  const { broker, events } = http.worker.context
  const deadLettered = new Promise((resolve) => events.once('message.deadLettered', resolve))
  await broker.publish('doctorData', letter)
  await deadLettered
  checked('GET /api/sync/runs/:id', await http.get(`/api/sync/runs/${run.id}`))
  checked('GET /api/sync/status', await http.get('/api/sync/status'))
  checked('reval runs --json, GET /api/sync/runs', await http.get('/api/sync/runs'))
  checked('reval resync --json, POST /api/sync/resync', await http.post('/api/sync/resync', { keys: ['3', 'x'] }))
  checked('reval failures list --json, GET /api/sync/failures', await http.get('/api/sync/failures'))
  checked(
    'reval failures show --json, GET /api/sync/failures/:place/:key',
    await http.get('/api/sync/failures/doctors/tcs-3'),
  )
  checked(
    'reval failures replay --json, POST /api/sync/failures/replay',
    await http.post('/api/sync/failures/replay', { all: true }),
  )
  checked(
    'reval failures discard --json, POST /api/sync/failures/discard',
    await http.post('/api/sync/failures/discard', { all: true, why: 'a test' }),
  )
  await runToEnd(http.worker)
  checked('reval rollback --json, POST /api/sync/rollback', await http.post('/api/sync/rollback'))
  checked('reval sync --json, POST /api/sync', await http.post('/api/sync'))
})
