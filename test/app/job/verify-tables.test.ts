import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Worker } from '../../../src/app/worker.ts'
import { readLiveLists } from '../../../src/app/live-lists.ts'
import { liveListsLines } from '../../../src/cli/live-lists-text.ts'
import type { ListName } from '../../../src/domain/lists.ts'
import { explainContext } from '../../../src/app/explain-context.ts'
import { sampleOrder } from '../../../src/app/sample-order.ts'
import type { Repair } from '../../../src/ports/run-ledger.ts'
import type { Finding } from '../../../src/ports/verification.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { answerTo } from '../../../src/sync/explain/answer.ts'
import { explain } from '../../../src/sync/explain/explain.ts'
import { askResync } from '../../../src/sync/resync/ask-resync.ts'
import { readFindings } from '../../../src/sync/verify/findings.ts'
import { verifySample } from '../../../src/sync/verify/sample.ts'
import { plantInTableOf } from '../../adapters/index-store/sqlite-planting.ts'
import { runToEnd, UNJUDGED, Workplace } from './workplace.ts'

const TABLES = { ...UNJUDGED, REVAL_LISTS: 'tables' }
const NOTHING = { missing: 0, surplus: 0, different: 0 }
const NEVER = new AbortController().signal

/** An installation whose lists are tables, as the sources require. */
async function synced(t: Parameters<typeof Workplace.make>[0]) {
  const place = await Workplace.make(t, TABLES)
  await place.loadFew()
  const worker = await place.start()
  const { generation } = await runToEnd(worker)
  assert.ok(generation)
  const right = await place.documents()
  const { store } = worker.context
  const plant = async (list: ListName, id: string, changed: object | null) => {
    const [row] = await store.tableRowsOf(generation, list, [id])
    const document = changed && { ...row?.document, ...changed }
    await plantInTableOf(place.directory, generation, list, id, document)
  }
  /** As Java services might: one row lost, one changed, one of an id of its own. */
  const damage = async () => {
    await plant('connectedindex', 'tcs-6', null)
    await plant('recommendationindex', 'tcs-8', { admin: 'somebody' })
    await plant('exceptionindex', 'FromJava', { gmcReferenceNumber: '7000008' })
  }
  return { place, worker, right, damage }
}

const FOUND = [
  'missing connectedindex tcs-6 ',
  'different recommendationindex tcs-8 admin',
  'surplus exceptionindex FromJava ',
]
const words = ({ list, kind, id, fields }: Finding) => `${kind} ${list ?? 'master'} ${id} ${fields.join(' ')}`

async function verify(worker: Worker, repair: Repair | null = null) {
  const { state, failure, verification } = await runToEnd(worker, undefined, { purpose: 'verify', repair })
  assert.ok(verification, failure?.reason)
  const findings = await readFindings(worker.context.ledger, verification, { limit: 100 })
  return { state, verification, findings, found: findings.map(words) }
}

describe('a verification where lists are tables', () => {
  test('compares them with the master; a repair by rows makes them like it', async (t) => {
    const { place, worker, right, damage } = await synced(t)
    const before = await verify(worker)
    assert.deepEqual([before.verification.tables, before.found], [NOTHING, []])
    await damage()
    const wrong = await place.documents()
    assert.notDeepEqual(wrong, right)
    const { verification, found } = await verify(worker)
    assert.deepEqual(found, FOUND)
    assert.deepEqual(verification.tables, { missing: 1, surplus: 1, different: 1 })
    assert.deepEqual([verification.missing, verification.listed, verification.repaired], [0, 3, null])
    assert.deepEqual(await place.documents(), wrong)
    const repaired = await verify(worker, 'rows')
    assert.deepEqual(repaired.found, FOUND)
    assert.ok(repaired.findings.every(({ isRepaired }) => isRepaired))
    assert.partialDeepStrictEqual(repaired.verification.repaired, { how: 'rows', remaining: 0 })
    assert.deepEqual(await place.documents(), right)
    assert.deepEqual((await verify(worker)).found, [])
  })

  test('can be repaired by promoting what it built', async (t) => {
    const { place, worker, right, damage } = await synced(t)
    await damage()
    const { state, found } = await verify(worker, 'promote')
    assert.deepEqual([state, found], ['live', FOUND])
    assert.deepEqual(await place.documents(), right)
    const { found: after, verification } = await verify(worker)
    assert.deepEqual([after, verification.tables], [[], NOTHING])
  })
})

test('how the lists of live are stored is told with its status', async (t) => {
  const { worker } = await synced(t)
  const { context } = worker
  const lists = await readLiveLists(context.store, await readInstallation(context.ledger))
  const rows = { recommendationindex: 25, connectedindex: 10, disconnectedindex: 15, exceptionindex: 4 }
  assert.partialDeepStrictEqual(lists, { kind: 'tables', rows, notKnown: null })
  assert.match(
    liveListsLines(lists).join('\n'),
    /^lists of live: tables for \S+: recommendationindex 25, connectedindex 10, disconnectedindex 15, exceptionindex 4$/,
  )
})

test('a check of random keys, and explaining a doctor, find what a table has otherwise than the master', async (t) => {
  const { worker, damage } = await synced(t)
  const { context, sources } = worker
  const { traineeSource: trainees, doctorSource: doctors, exceptionSource: exceptions } = sources
  const check = (size: number) =>
    verifySample(
      { ...context, hasActiveWriter: async () => false },
      { trainees, doctors, exceptions },
      { size, order: sampleOrder(1), arrivalMs: 0 },
      NEVER,
    )
  const asked = async (key: string) => answerTo(await explain(explainContext(worker), key))
  assert.deepEqual((await check(1_000)).tables, [])
  const [first] = await asked('tcs-6')
  await damage()
  const { tables, differences } = await check(1_000)
  assert.deepEqual([tables?.map(words).sort(), differences], [FOUND.toSorted(), []])
  // A row that the master lacks is found whatever is drawn.
  assert.ok((await check(1)).tables?.map(words).includes(FOUND[2] ?? ''))
  const answer = await asked('tcs-6')
  assert.equal(answer.at(-1), 'The master index matches TCS and the GMC data.')
  const [missing, mend, next] = answer
  assert.equal(missing, 'The table connectedindex lacks the row tcs-6 although the master has it.')
  assert.match(
    mend ?? '',
    /^Another program changed the table, .* To repair it: reval resync tcs-6; .* reval verify --repair --rows\.$/,
  )
  assert.equal(next, first)
  assert.match((await asked('tcs-8'))[0] ?? '', /other values of the row tcs-8 than the master: admin\.$/)
  const asking = { scope: { keys: ['tcs-6'] }, by: 'test', why: '', timeoutMs: 60_000 }
  await askResync(context, asking, NEVER, () => worker.integration?.wake())
  assert.equal((await asked('tcs-6'))[0], first)
})
