import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { RunView } from '../../../src/app/run-view.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { expectedDocuments } from '../../app/job/workplace.ts'
import { engineProxy, PASSED, type Fate } from '../index-store/engine-proxy.ts'
import { servers } from '../servers.ts'
import { Installation } from './installation.ts'

const LISTS = 4
/** What a cancel may take, on a machine that is busy with others. */
const CANCELLED_WITHIN_MS = 10_000

/** The indexes of all tables, by name. */
async function tableIndexes({ namespace }: Installation): Promise<readonly string[]> {
  const found = await fetch(`${servers.search.url}/_cat/indices/${namespace.prefix}-reval-list-*?h=index`)
  return (await found.text()).split('\n').filter((name) => name !== '')
}

/** An installation with tables live, whose integration process reaches the engine through a proxy. */
async function withTables(t: TestContext) {
  const proxy = await engineProxy(t)
  const settings = { REVAL_LISTS: 'tables', REVAL_WRITER_LEASE_SECONDS: '10' }
  const place = await Installation.make(t, settings)
  await place.loadSample()
  const integration = await place.start('integration', { REVAL_SEARCH_URL: proxy.url })
  await place.startTogether(['tcs', 'recommendation', 'connection'])
  await place.sync()
  assert.deepEqual(await place.documents(), expectedDocuments())

  /** A run whose tables are being filled, until something happens to its writer. */
  const fillingHeldBy = async (fate: Fate) => {
    const filling = Promise.withResolvers<undefined>()
    proxy.fateOf = ({ method, path }) => {
      if (method !== 'GET' || !path.startsWith('/_tasks/')) return PASSED
      filling.resolve(undefined)
      return fate
    }
    const sync = place.run(['sync', '--json'])
    await filling.promise
    return sync
  }
  return { place, integration, fillingHeldBy }
}

describe('four processes, whose lists are tables', () => {
  test('begin the run again after the writer was killed while it filled tables: of them nothing is left', async (t) => {
    const { place, integration, fillingHeldBy } = await withTables(t)
    const sync = await fillingHeldBy({ kind: 'delayed', until: new Promise(() => undefined) })
    assert.deepEqual(await place.documents(), expectedDocuments())
    integration.kill('SIGKILL')
    await integration.end()
    await place.start('integration')
    assert.equal((await sync.end()).code, 0, sync.complaints)
    const { state, restarts } = JSON.parse(sync.output) as RunView
    assert.equal(state, 'live')
    assert.ok(restarts.some(({ cause }) => cause === 'takeover'))
    assert.deepEqual(await place.documents(), expectedDocuments())
    const { live, previous } = await place.reading(({ ledger }) => readInstallation(ledger))
    const left = await tableIndexes(place)
    assert.equal(left.length, 2 * LISTS)
    for (const kept of [live, previous]) {
      assert.equal(left.filter((name) => name.includes(kept?.generation ?? '')).length, LISTS)
    }
  })

  test('cancel a run that fills tables within seconds, and leave what is live', async (t) => {
    const { place, fillingHeldBy } = await withTables(t)
    const copying = { completed: false, task: { status: { total: 1_000, created: 1, updated: 0 } } }
    const sync = await fillingHeldBy({ kind: 'answered', answer: { status: 200, body: JSON.stringify(copying) } })
    const asked = performance.now()
    await place.reval('cancel', '--why', 'a test')
    await sync.end()
    assert.ok(performance.now() - asked < CANCELLED_WITHIN_MS)
    assert.equal((JSON.parse(sync.output) as RunView).state, 'cancelled')
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.equal((await tableIndexes(place)).length, LISTS)
  })
})
