import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aliasOf, PARTS } from '../../../src/adapters/run-ledger/opensearch/layout.ts'
import { openSearchRunLedger } from '../../../src/adapters/run-ledger/opensearch/run-ledger.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'
import { failureCursor, type FailedRow } from '../../../src/ports/run-ledger.ts'
import { failure, receipt, run } from '../../contract/run-ledger/samples.ts'
import { ledgerFor, namesFor } from './own-ledger.ts'
import { ask, removeLedger } from './search-place.ts'

test('who opens at once on nothing opens one ledger', async (t) => {
  const settings = namesFor(t)
  const ledgers = await Promise.all(Array.from({ length: 5 }, () => ledgerFor(t, settings)))
  const saves = ledgers.map((ledger) => ledger.save('run', 'r1', run('r1'), 'new'))
  const results = await Promise.allSettled(saves)
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const ledger of ledgers) assert.deepEqual((await ledger.read('run', 'r1'))?.value, run('r1'))
})

test('a ledger whose indexes were deleted says so whatever it is asked, and makes none by itself', async (t) => {
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
    addReceipts: () => ledger.addReceipts([receipt(1)]),
    manifest: () => ledger.manifest('r1', 'trainees', 'a1'),
    addFailures: () => ledger.addFailures([failure('a')]),
    failures: () => ledger.failures('r1', 1),
    countFailures: () => ledger.countFailures('r1'),
    clearFailures: () => ledger.clearFailures('r1'),
    tidy: () => ledger.tidy('r1'),
    forget: () => ledger.forget('r1'),
  }
  for (const [name, use] of Object.entries(uses)) {
    await t.test(name, () => assert.rejects(use(), { code: 'LEDGER_FAILED', transient: false, message: /is gone/ }))
  }
  const path = `/${PARTS.map((part) => `${aliasOf(part, settings)}*`).join(',')}`
  assert.deepEqual(await ask(settings, { method: 'GET', path, repeatable: true }), {})
})

test('a ledger of a newer layout is refused with the reason', async (t) => {
  const settings = namesFor(t)
  const alias = aliasOf('receipts', settings)
  await ask(settings, {
    method: 'PUT',
    path: `/${alias}-1`,
    body: { mappings: { _meta: { layout: 2 } }, aliases: { [alias]: {} } },
    repeatable: true,
  })
  const reason = { code: 'LEDGER_FAILED', message: new RegExp(`newer version.*${alias}-1 has layout 2`) }
  await assert.rejects(openSearchRunLedger({ settings }), reason)
})

test('an index that somebody else made under a name of the ledger is refused and left alone', async (t) => {
  const settings = namesFor(t)
  const alias = aliasOf('records', settings)
  t.after(() => ask(settings, { method: 'DELETE', path: `/${alias}`, repeatable: true }))
  await ask(settings, { method: 'PUT', path: `/${alias}`, repeatable: true })
  const reason = { code: 'LEDGER_FAILED', message: /has to be an alias/ }
  await assert.rejects(openSearchRunLedger({ settings }), reason)
})

test('receipts by the thousand come to one manifest', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  await ledger.addReceipts(Array.from({ length: 5_000 }, (_, at) => receipt(at + 1)))
  const times: number[] = []
  for (let sequence = 5_001; sequence <= 5_050; sequence += 1) {
    await ledger.addReceipts([receipt(sequence)])
    const before = performance.now()
    const manifest = await ledger.manifest('r1', 'trainees', 'a1')
    times.push(performance.now() - before)
    assert.deepEqual(manifest, {
      messages: sequence,
      rows: 10 * sequence,
      failedRows: sequence,
      ownRows: 2 * sequence,
    })
  }
  const median = times.sort((a, b) => a - b)[25] ?? NaN
  t.diagnostic(`a manifest of 5,000 receipts with a new one: ${median.toFixed(1)} ms (median of 50)`)
})

test('failures keep their order whatever their keys are made of, and come whole however long they are', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  const long = 'x'.repeat(40_000)
  const keys = ['\ud7fe', '\ud7ff', '\ud7ffa', '\ud800', '\udbffz', '\udfff', '\ue000', '\uffff', '𝒳', `${long}1`, long]
  const all = keys.map((key) => failure(key))
  await ledger.addFailures(all)
  const found: FailedRow[] = []
  for (;;) {
    const last = found.at(-1)
    const [next] = await ledger.failures('r1', 1, last && failureCursor(last))
    if (next === undefined) break
    found.push(next)
  }
  const byCodePoint = (a: FailedRow, b: FailedRow) => compareByCodePoint(failureCursor(a), failureCursor(b))
  const isShort = ({ key }: FailedRow) => key.length < 100
  assert.deepEqual(found.filter(isShort), all.filter(isShort).sort(byCodePoint))
  assert.deepEqual([...found].sort(byCodePoint), [...all].sort(byCodePoint))
  assert.deepEqual(await ledger.failures('r1', 100), found)
})

test('more failures than one search gives come in one call', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  const keys = Array.from({ length: 10_500 }, (_, at) => `tcs-${100_000 + at}`)
  await ledger.addFailures(keys.map((key) => failure(key)))
  const keysOf = async (limit: number) => (await ledger.failures('r1', limit)).map(({ key }) => key)
  assert.deepEqual(await keysOf(10_499), keys.slice(0, 10_499))
  assert.deepEqual(await keysOf(20_000), keys)
  assert.equal(await ledger.countFailures('r1'), 10_500)
})

test('a record of a very long id is told from one that begins the same', async (t) => {
  const ledger = await ledgerFor(t, namesFor(t))
  const id = 'é/'.repeat(400)
  await ledger.save('lease', `${id}1`, { holder: 'a', until: 1 }, 'new')
  await ledger.save('lease', `${id}2`, { holder: 'b', until: 2 }, 'new')
  assert.equal((await ledger.read('lease', `${id}1`))?.value.holder, 'a')
  assert.equal((await ledger.read('lease', `${id}2`))?.value.holder, 'b')
})
