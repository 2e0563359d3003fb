import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIST_NAMES } from '../../../src/domain/lists.ts'
import type { Repair } from '../../../src/ports/run-ledger.ts'
import { readFindings } from '../../../src/sync/verify/findings.ts'
import { runToEnd } from '../../app/job/workplace.ts'
import { tableOf } from '../../contract/index-store/table-rows.ts'
import { askEngine } from '../index-store/search-place.ts'
import { plantIn, plantInTablesOf } from '../index-store/search-planting.ts'
import { servers } from '../servers.ts'
import { workerOnServers } from './worker-on-servers.ts'

test('a verification names what a Java service did to tables, and a repair by rows undoes it', async (t) => {
  const { worker, namespace } = await workerOnServers(t, { REVAL_LISTS: 'tables', REVAL_VERIFY_SETTLE_SECONDS: '0' })
  const { generation: live, failure } = await runToEnd(worker)
  assert.ok(live, failure?.reason)
  const { store, ledger } = worker.context
  const searchPrefix = `${namespace.prefix}-`
  const ask = (method: string, path: string, body?: object) => askEngine(servers.search.url, method, path, body)
  const plant = plantInTablesOf({ ask, searchPrefix })
  const tables = async () => {
    await store.makeVisible(live)
    return Promise.all(LIST_NAMES.map((list) => tableOf(store, live, list)))
  }
  const verify = async (repair: Repair | null = null) => {
    const run = await runToEnd(worker, undefined, { purpose: 'verify', repair })
    assert.ok(run.verification, run.failure?.reason)
    const findings = await readFindings(ledger, run.verification, { limit: 1_000 })
    const found = findings.map(({ list, kind, id, fields }) => `${kind} ${list ?? 'master'} ${id} ${fields.join(' ')}`)
    return { found, verification: run.verification }
  }
  const right = await tables()
  const [all, connected, , exceptions] = right
  assert.ok(all && connected && exceptions)
  const [lost = '', changed = '', gone = ''] = [...connected.keys()].filter((id) => !exceptions.has(id))
  const nothing = await verify()
  assert.deepEqual([nothing.found, nothing.verification.tables], [[], { missing: 0, surplus: 0, different: 0 }])

  // As the services write: with `_class` and `id`, and an id of their own if they find no row.
  const written = { ...all.get(changed), id: changed, _class: 'uk.nhs.hee.Doctor', admin: 'somebody' }
  await plant(live, 'connectedindex', lost, null)
  await plant(live, 'recommendationindex', changed, written)
  const stranger = { gmcReferenceNumber: '7654321', doctorFirstName: 'nobody' }
  await plant(live, 'exceptionindex', 'AVeryRandomId', stranger)
  await plant(live, 'connectedindex', 'AVeryRandomId', stranger)
  const expected = [
    `missing connectedindex ${lost} `,
    `different recommendationindex ${changed} admin`,
    'surplus connectedindex AVeryRandomId ',
    'surplus exceptionindex AVeryRandomId ',
  ]
  assert.deepEqual((await verify()).found.sort(), expected.toSorted())
  // A row that the master lost is in the tables still.
  await plantIn({ ask, searchPrefix })(live, gone, { change: 'delete' })
  const repaired = await verify('rows')
  const ofGone = repaired.found.filter((each) => each.includes(` ${gone} `))
  assert.deepEqual(ofGone, [
    `missing master ${gone} `,
    `surplus recommendationindex ${gone} `,
    `surplus connectedindex ${gone} `,
  ])
  assert.equal(repaired.found.length, expected.length + ofGone.length)
  assert.equal(repaired.verification.repaired?.remaining, 0)
  assert.deepEqual(await tables(), right)
  assert.deepEqual((await verify()).found, [])
})
