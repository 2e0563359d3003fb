import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AssembledDocument } from '../../../src/domain/assemble.ts'
import type { RunView } from '../../../src/app/run-view.ts'
import type { ResyncResult } from '../../../src/ports/run-ledger.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { UNJUDGED } from '../../app/job/workplace.ts'
import { javaDocumentsOf, makeJavaIndexes, readJavaIndexes } from '../index-store/java-indexes.ts'
import { askEngine, settingsOfItsOwn } from '../index-store/search-place.ts'
import { servers } from '../servers.ts'
import { Installation, SERVICES } from './installation.ts'

const WHY = ['--why', 'a test'] as const

test('the indexes of the Java services are taken, compared with, rolled back to at any time, and released', async (t) => {
  const place = await Installation.make(t, UNJUDGED)
  const java = {
    ask: (method: string, path: string, body?: object | string) => askEngine(servers.search.url, method, path, body),
    settings: settingsOfItsOwn({ searchPrefix: `${place.namespace.prefix}-` }),
  }
  const installation = () => place.reading(({ ledger }) => readInstallation(ledger))
  await place.loadSample()
  assert.match((await place.refused('adopt', '--indexes', ...WHY)).complaints, /NOTHING_TO_ADOPT.* is missing/)
  assert.match((await place.refused('adopt', '--release', ...WHY)).complaints, /NOTHING_TO_RELEASE/)
  // A refused command has released the writer's lease: the next one need not wait for a writer that is gone.
  assert.match((await place.refused('rollback', ...WHY)).complaints, /NOTHING_TO_ROLL_BACK/)

  // A run of another installation is what the Java services would have built.
  const model = await Installation.make(t, UNJUDGED)
  await model.loadSample()
  const modelled = await model.startTogether(SERVICES)
  const { generation, day } = await model.sync()
  await modelled.stop()
  const rows = await model.reading(async ({ store }) => {
    const documents: AssembledDocument[] = []
    for await (const batch of store.rows(generation ?? '')) documents.push(...batch.map((row) => row.read().document))
    return documents
  })
  await makeJavaIndexes(java, javaDocumentsOf(rows, day))
  const before = await readJavaIndexes(java)

  assert.match(await place.reval('adopt', '--indexes', ...WHY), /rollback --to \S+-adopted/)
  const { live: taken } = await installation()
  assert.match(await place.reval('adopt', '--indexes', ...WHY), /Took/)
  assert.deepEqual((await installation()).live, taken)
  assert.deepEqual(await readJavaIndexes(java), before)

  const services = await place.startTogether(SERVICES)
  const pages = async (...paths: readonly string[]) => {
    const address = await services.address()
    for (const path of paths) {
      const page = await fetch(`${address}/console${path}`)
      assert.equal(page.status, 200, `${path}: ${await page.text()}`)
    }
  }
  await pages('', '/runs', `/runs/${taken?.run}`, '/system', '/verify')
  assert.match(await place.reval('explain', '1003'), /1003/)
  const held = JSON.parse(await place.reval('sync', '--preview', '--json')) as RunView
  assert.deepEqual([held.state, held.comparison?.with], ['held back', taken])
  const { missing, surplus, fields } = held.comparison?.summary ?? {}
  assert.deepEqual(
    [missing, surplus, fields],
    [0, 0, { connectionStatus: rows.filter((row) => row.existsInGmc === null).length }],
  )
  await place.reval('promote', ...WHY)
  assert.deepEqual((await installation()).previous, taken)
  await pages('', '/rollback', '/runs', '/system')

  const told = JSON.parse(await place.reval('resync', '1003', '--json')) as ResyncResult
  assert.equal(told.failed.length, 0)
  assert.deepEqual((await installation()).stale, {})
  await place.sync()
  await place.sync()
  assert.match(await place.reval('runs'), new RegExp(`${taken?.run} .* java`))
  assert.match(
    await place.reval('rollback', '--to', taken?.run ?? '', ...WHY),
    /It is as of 20.*Changes since then are not in it/,
  )
  assert.deepEqual(await readJavaIndexes(java), before)
  assert.match((await place.refused('discard', taken?.run ?? '', ...WHY)).complaints, /is live/)
  await place.reval('rollback', ...WHY)
  assert.notDeepEqual(await readJavaIndexes(java), before)

  await services.stop()
  assert.match(await place.reval('adopt', '--release', ...WHY), /indexes again/)
  assert.deepEqual(await readJavaIndexes(java), before)
  const { live, previous, java: kept } = await installation()
  assert.deepEqual([live, previous, kept], [null, null, null])
  assert.deepEqual(await place.reading(({ store }) => store.generations()), [])
  assert.match((await place.refused('adopt', '--release', ...WHY)).complaints, /NOTHING_TO_RELEASE/)
})
