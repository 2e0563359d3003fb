import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { backendsOf } from '../../../src/app/backends.ts'
import { RESULTS } from '../../../src/app/json/results.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { until } from '../../app/job/workplace.ts'
import { Installation, SERVICES } from './installation.ts'

const LIST = z.object({ failures: z.array(z.object({ keys: z.array(z.string()) })) })
const ERASED = RESULTS['reval erase --json, POST /api/sync/erase'].schema

test('on the real servers a person is erased from rows, failures, dead letters and records', async (t) => {
  const place = await Installation.make(t)
  await place.loadSample()
  const serving = await place.startTogether(SERVICES)
  await place.sync()
  await place.sync()
  const config = readConfig({ ...environment(), ...place.environment })
  const backends = await backendsOf(config)
  const broker = await backends.openBroker(config)
  assert.ok(broker !== null)
  t.after(() => broker.close())
  const bodies = ['[{"tcsPersonId":1001},{"tcsPersonId":1002},{"x":1}]', '[{"tcsPersonId":1002},{"x":1}]']
  for (const body of bodies) await broker.publish('traineeChanged', { body: Buffer.from(body), attributes: {} })
  const letters = async () => LIST.parse(JSON.parse(await place.reval('failures', 'list', '--json'))).failures
  await until(async () => (await letters()).length === 2)
  const reader = await backends.openReader(config)
  t.after(() => reader.close())
  const runs = await reader.ledger.runs(10)
  await reader.ledger.addFailures(
    runs.map(({ id, generation }) => ({
      ...{ run: id, generation: generation ?? '', stage: 'doctors', at: 1 },
      ...{ key: 'gmc-7131824', code: 'ROW_DATE_IMPOSSIBLE', reason: 'so' },
    })),
  )

  const erased = ERASED.parse(JSON.parse(await place.reval('erase', '7131824', '--why', 'request 12', '--json')))
  assert.deepEqual(erased, {
    erased: { rows: { live: 1, previous: 1, heldBack: 0 }, failedRows: 2, deadLetters: 1, records: 0 },
    sharing: 0,
    otherKeys: 1,
    remaining: { persons: 1, doctors: 1, recommended: 0, reasons: 0 },
    unread: null,
  })
  assert.deepEqual(
    (await letters()).map(({ keys }) => keys),
    [['tcs-1002']],
  )
  for (const generation of ['live', 'previous']) {
    const documents = await place.reval('export', 'masterdoctorindex', '--generation', generation)
    assert.equal(documents.includes('7131824'), false, generation)
    assert.ok(documents.length > 100_000)
  }
  const { rows } = ERASED.parse(JSON.parse(await place.reval('erase', '1001', '--why', 'again', '--json'))).erased
  assert.deepEqual(rows, { live: 0, previous: 0, heldBack: 0 })
  const listed = await place.reval('erase', '--list')
  assert.match(listed, /request 12: 1 row of live, 1 of previous/)
  assert.doesNotMatch(listed + JSON.stringify(serving.logged), /7131824|\b1001\b/)

  // The sources still have the person: a resync brings the rows back.
  assert.match(await place.reval('resync', '1001'), /^created tcs-1001$/m)
})
