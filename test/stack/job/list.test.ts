import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AUDIT } from '../../../src/app/json/audit.ts'
import { RESULTS } from '../../../src/app/json/results.ts'
import { Installation, SERVICES } from './installation.ts'

const LISTED = RESULTS['reval list --json, GET /api/sync/lists/:list'].schema
const FOUND = RESULTS['reval find --json, GET /api/sync/find'].schema

/** The settings of servers that lists do not need. */
const WITHOUT_OTHERS = { REVAL_MYSQL_URL: '', REVAL_MONGODB_URL: '', REVAL_RABBITMQ_URL: '' }

test('reval list and reval find read the search engine alone, and are on record', async (t) => {
  const place = await Installation.make(t)
  await place.loadSample()
  const serving = await place.startTogether(SERVICES)
  const live = await place.sync()
  await serving.stop()

  place.set(WITHOUT_OTHERS)
  const page = LISTED.parse(
    JSON.parse(await place.reval('list', 'connected', '--search', 'smith', '--size', '2', '--json')),
  )
  assert.deepEqual([page.rows.length, page.live.run, page.live.day], [2, live.id, live.day])
  const csv = await place.reval('list', 'connected', '--search', 'smith', '--csv')
  assert.equal(csv.trimEnd().split('\n').length, page.totalResults + 1)
  const found = FOUND.parse(JSON.parse(await place.reval('find', '7131824', '--json')))
  assert.deepEqual(
    found.doctors.map(({ id, lists }) => [id, lists.slice(0, 2)]),
    [['tcs-1001', ['doctors', 'connected']]],
  )
  const { entries } = AUDIT.parse(JSON.parse(await place.reval('audit', '--limit', '3', '--json')))
  assert.deepEqual(
    entries.map(({ what, subject, result }) => [what, subject, result?.outcome, result?.rows]),
    [
      ['reval find', '{"number":"7131824","rows":["tcs-1001"]}', 'done', null],
      ['reval list', '{"list":"connected","search":"smith","format":"csv"}', 'done', page.totalResults],
      ['reval list', `{"list":"connected","rows":${JSON.stringify(page.rows.map(({ id }) => id))}}`, 'done', null],
    ],
  )
})
