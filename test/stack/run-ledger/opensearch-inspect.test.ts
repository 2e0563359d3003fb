import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import { inspectLedger } from '../../../src/adapters/run-ledger/opensearch/inspect.ts'
import { aliasOf, LAYOUT_VERSION } from '../../../src/adapters/run-ledger/opensearch/schema.ts'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import { ERROR_CODES } from '../../../src/errors/codes.ts'
import type { Finding } from '../../../src/ports/finding.ts'
import { INSTALLATION } from '../../../src/ports/run-ledger.ts'
import { ONE_OF_EACH, run } from '../../contract/run-ledger/samples.ts'
import { ledgerFor, namesFor } from './own-ledger.ts'
import { ask, settingsOfItsOwn } from './search-place.ts'

/** Makes the five aliases show an index, as a promotion does. */
async function showGeneration(t: TestContext, settings: SearchSettings): Promise<void> {
  const path = `/${settings.searchPrefix}some-generation`
  t.after(() => ask(settings, { method: 'DELETE', path, kind: 'large' }))
  const aliases = Object.fromEntries(INDEX_NAMES.map((name) => [`${settings.searchPrefix}${name}`, {}]))
  await ask(settings, { method: 'PUT', path, body: { aliases }, kind: 'large' })
}

async function statuses(settings: SearchSettings): Promise<string[]> {
  return (await inspectLedger(settings)).map(({ status }) => status)
}

async function ledgerFinding(settings: SearchSettings): Promise<Finding | undefined> {
  return (await inspectLedger(settings)).at(-1)
}

test('an empty engine passes, and the check creates nothing', async (t) => {
  const settings = namesFor(t)
  for (let time = 1; time <= 2; time += 1) {
    const findings = await inspectLedger(settings)
    assert.deepEqual(new Set(findings.map(({ status }) => status)), new Set(['ok']))
    assert.match(findings[1]?.found ?? '', /not found/)
  }
})

test('a ledger tells its layout and its number of runs', async (t) => {
  const settings = namesFor(t)
  const ledger = await ledgerFor(t, settings)
  for (const id of ['r1', 'r2']) await ledger.save('run', id, run(id), 'new')
  const alias = aliasOf('records', settings)
  const [, records] = await inspectLedger(settings)
  assert.deepEqual(records, { what: `index ${alias}`, status: 'ok', found: `${alias}-1, layout ${LAYOUT_VERSION}` })
  assert.deepEqual(await ledgerFinding(settings), { what: 'run ledger', status: 'ok', found: '2 runs' })
})

test('aliases on a generation that the ledger does not know fail, with the remedy', async (t) => {
  const settings = namesFor(t)
  await showGeneration(t, settings)
  const gone = await ledgerFinding(settings)
  assert.equal(gone?.status, 'fail')
  assert.equal(gone.remedy, ERROR_CODES.LEDGER_GONE)
  assert.match(gone.found, /some-generation.*does not exist/)

  const ledger = await ledgerFor(t, settings)
  const emptied = await ledgerFinding(settings)
  assert.equal(emptied?.status, 'fail')
  assert.equal(emptied.remedy, ERROR_CODES.LEDGER_GONE)
  assert.match(emptied.found, /has no live generation/)

  await ledger.save('installation', INSTALLATION, ONE_OF_EACH.installation, 'new')
  assert.equal((await ledgerFinding(settings))?.status, 'ok')
})

test('another layout and a missing index are distinguished', async (t) => {
  const settings = namesFor(t)
  await ledgerFor(t, settings)
  await ask(settings, { method: 'DELETE', path: `/${aliasOf('records', settings)}-1`, kind: 'large' })
  assert.deepEqual(await statuses(settings), ['ok', 'warn', 'ok', 'ok'])
  const write = (layout: number) =>
    ask(settings, {
      method: 'PUT',
      path: `/${aliasOf('failures', settings)}/_mapping`,
      body: { _meta: { layout } },
      kind: 'large',
    })
  await write(LAYOUT_VERSION + 1)
  assert.deepEqual(await statuses(settings), ['ok', 'warn', 'fail'])
  await write(LAYOUT_VERSION - 1)
  assert.deepEqual(await statuses(settings), ['ok', 'warn', 'fail'])
  assert.equal((await ledgerFinding(settings))?.remedy, ERROR_CODES.LEDGER_OLDER)
})

test('differing clocks are reported, with the difference and the remedy', async (t) => {
  const settings = namesFor(t)
  const clocks = async (ahead: number) => {
    const [finding] = await inspectLedger(settings, { now: () => Date.now() + ahead })
    return finding
  }
  assert.equal((await clocks(0))?.status, 'ok')
  const slow = await clocks(3_000)
  assert.equal(slow?.status, 'warn')
  assert.match(slow.found, /^(2\.9|3\.0|3\.1) s behind/)
  assert.match((await clocks(-60_000))?.found ?? '', /^(59\.9|60\.0|60\.1) s ahead/)
  assert.equal((await clocks(-60_000))?.status, 'fail')
})

test('an unreachable engine is a finding', async () => {
  const settings = { ...settingsOfItsOwn(), searchUrl: 'http://127.0.0.1:9' }
  const [finding] = await inspectLedger(settings)
  assert.equal(finding?.status, 'fail')
  assert.match(finding.found, /REVAL_SEARCH_URL/)
  assert.equal(finding.remedy, ERROR_CODES.SERVER_UNREACHABLE)
})
