import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aliasOf, LAYOUT_VERSION, LEDGER_INDEXES } from '../../../src/adapters/run-ledger/opensearch/schema.ts'
import { openSearchRunLedger } from '../../../src/adapters/run-ledger/opensearch/open.ts'
import { failedDoctorKey } from '../../../src/domain/row.ts'
import { failure, run } from '../../contract/run-ledger/samples.ts'
import { ledgerFor, namesFor } from './own-ledger.ts'
import { ask, removeLedger } from './search-place.ts'

test('concurrent first openings create one ledger', async (t) => {
  const settings = namesFor(t)
  const ledgers = await Promise.all(Array.from({ length: 5 }, () => ledgerFor(t, settings)))
  const saves = ledgers.map((ledger) => ledger.save('run', 'r1', run('r1'), 'new'))
  const results = await Promise.allSettled(saves)
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const ledger of ledgers) assert.deepEqual((await ledger.read('run', 'r1'))?.value, run('r1'))
})

test('a ledger whose indexes were deleted rejects every call, and creates none', async (t) => {
  const settings = namesFor(t)
  const ledger = await ledgerFor(t, settings)
  const revision = await ledger.save('run', 'r1', run('r1'), 'new')
  await removeLedger(settings)
  const uses: Readonly<Record<string, () => Promise<unknown>>> = {
    ping: () => ledger.ping(),
    read: () => ledger.read('run', 'r1'),
    'save over': () => ledger.save('run', 'r1', run('r1'), revision),
    'save new': () => ledger.save('run', 'r2', run('r2'), 'new'),
    runs: () => ledger.runs(1),
    addFailures: () => ledger.addFailures([failure('a')]),
    failures: () => ledger.failures('g1', 1),
    countFailures: () => ledger.countFailures('g1'),
    removeFailures: () => ledger.removeFailures('g1', ['a']),
    removeFailuresOf: () => ledger.removeFailuresOf(['r1']),
    tidy: () => ledger.tidy('r1'),
    forget: () => ledger.forget('r1'),
  }
  for (const [name, use] of Object.entries(uses)) {
    await t.test(name, () => assert.rejects(use(), { code: 'LEDGER_GONE', transient: false, message: /is gone/ }))
  }
  const path = `/${LEDGER_INDEXES.map((part) => `${aliasOf(part, settings)}*`).join(',')}`
  assert.deepEqual(await ask(settings, { method: 'GET', path, kind: 'large' }), {})
})

const OTHER_LAYOUTS = [
  { layout: LAYOUT_VERSION + 1, code: 'LEDGER_FAILED', why: 'a newer version' },
  { layout: LAYOUT_VERSION - 1, code: 'LEDGER_OLDER', why: 'an older version' },
] as const

for (const { layout, code, why } of OTHER_LAYOUTS) {
  test(`a ledger that ${why} wrote is refused with the reason`, async (t) => {
    const settings = namesFor(t)
    const alias = aliasOf('failures', settings)
    await ask(settings, {
      method: 'PUT',
      path: `/${alias}-1`,
      body: { mappings: { _meta: { layout } }, aliases: { [alias]: {} } },
      kind: 'large',
    })
    const message = new RegExp(`${why}.*${alias}-1 has layout ${layout}`)
    await assert.rejects(openSearchRunLedger({ settings }), { code, message })
  })
}

test('the clock of the engine on this machine agrees within a second', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  const before = Date.now()
  const time = await ledger.serverTime()
  assert.ok(time !== null && time > before - 1_000 && time < Date.now() + 1_000)
})

test('a foreign index with a name of the ledger is refused and left unchanged', async (t) => {
  const settings = namesFor(t)
  const alias = aliasOf('records', settings)
  t.after(() => ask(settings, { method: 'DELETE', path: `/${alias}`, kind: 'large' }))
  await ask(settings, { method: 'PUT', path: `/${alias}`, kind: 'large' })
  const reason = { code: 'LEDGER_FAILED', message: /not an alias/ }
  await assert.rejects(openSearchRunLedger({ settings }), reason)
})

test('the failure of the longest key that the domain lets through is kept', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  const generation = `g-${'9'.repeat(60)}`
  const longest = failure(failedDoctorKey('€'.repeat(1_000)), { generation })
  await ledger.addFailures([longest, longest])
  assert.deepEqual(await ledger.failures(generation, 10), [longest])
})

test('more failures than one search gives come in one call', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  const keys = Array.from({ length: 10_500 }, (_, at) => `tcs-${100_000 + at}`)
  await ledger.addFailures(keys.map((key) => failure(key)))
  const keysOf = async (limit: number) => (await ledger.failures('g1', limit)).map(({ key }) => key)
  assert.deepEqual(await keysOf(10_499), keys.slice(0, 10_499))
  assert.deepEqual(await keysOf(20_000), keys)
  assert.equal(await ledger.countFailures('g1'), 10_500)
})

test('a record whose id is longer than any is not found', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  assert.equal(await ledger.read('run', 'r'.repeat(10_000)), null)
})
