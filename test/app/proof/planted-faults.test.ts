import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test, type TestContext } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { RowSample } from '../../../src/sync/receive/row-sample.ts'
import { verifySample } from '../../../src/sync/verify/sample.ts'
import { cells, rowsOfTable } from '../../docs/page-rows.ts'
import { DAY, runToEnd, Workplace, type Documents } from '../job/workplace.ts'
import { faultsWith, PLANTED_FAULTS, type PlantedFault, type Victims } from './planted-faults.ts'

/** Several messages of each kind, so that one of them can be lost. */
const SETTINGS = { REVAL_MESSAGE_ROWS: '20' }
/** A run that waits for what was lost gives up soon. Other runs must not, however slow the machine. */
const SETTINGS_OF_LOSS = { ...SETTINGS, REVAL_STALL_SECONDS: '1', REVAL_MAX_RESTARTS: '0' }
/** As in `build.ts`. */
const SAMPLED_ROWS = 100

interface Installed {
  readonly place: Workplace
  readonly documents: Documents
  readonly victims: Victims
}

let installed: Installed
const cleaning: (() => Promise<void>)[] = []

/** A run without a fault is live. */
before(async () => {
  const place = await Workplace.make({ after: (clean) => cleaning.push(clean) }, SETTINGS)
  await place.makeDemo(250)
  const worker = await place.start()
  const { state, generation } = await runToEnd(worker)
  assert.equal(state, 'live')
  const scanned = await Array.fromAsync(worker.context.store.rows(generation ?? ''))
  const victims = victimsAmong(scanned.flat().map((each) => each.read().row))
  await worker.stop()
  installed = { place, documents: await place.documents(), victims }
})
after(async () => {
  for (const clean of cleaning) await clean()
})

function victimsAmong(rows: readonly Row[]): Victims {
  const sample = new RowSample(SAMPLED_ROWS)
  for (const row of rows) sample.add(row)
  const sampled = new Set(sample.rows.map(({ id }) => id))
  const parts = rows.filter(({ id }) => !sampled.has(id)).map((row) => row.parts)
  const trainee = parts.find(({ trainee, doctor }) => trainee?.programmeName != null && doctor !== null)?.trainee
  const doctor = parts.find(({ trainee, doctor }) => trainee === null && doctor?.doctorLastName != null)?.doctor
  const reasoned = rows.find(({ parts: { reason, doctor } }) => reason !== null && doctor !== null)?.parts.doctor
  assert.ok(trainee && doctor && reasoned, 'the demo has such rows')
  return {
    personId: trainee.tcsPersonId,
    storedId: doctor.gmcReferenceNumber,
    number: reasoned.gmcReferenceNumber,
  }
}

/** A run with the fault, over sources that have not changed since; then, if it went live and is wrong, verifications. */
async function resultOf(t: TestContext, { part, what, plant }: PlantedFault): Promise<string> {
  const { place: base, documents } = installed
  const place = await Workplace.copyOf(t, base, what === 'a message is lost' ? SETTINGS_OF_LOSS : SETTINGS)
  let planted: WorkerBackends | null = null
  const worker = await place.start((backends) => (planted = plant(backends)))
  const run = await runToEnd(worker)
  const caught = caughtBy(run)
  if (run.state !== 'live') return cells(part, what, caught.join(', '), '')
  assert.deepEqual(caught, [])
  try {
    assert.deepEqual(await place.documents(), documents)
    return cells(part, what, 'does no harm', '')
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error
  }
  if (await verifies(worker)) return cells(part, what, 'not caught', 'found')
  assert.ok(planted)
  if (await samples(worker, planted)) return cells(part, what, 'not caught', 'found by `--sample`')
  await worker.stop()
  const isFound = await verifies(await place.start())
  return cells(part, what, 'not caught', isFound ? 'found, once the fault is gone' : 'not found')
}

/** Whether a verification finds that something differs. */
async function verifies(worker: Worker): Promise<boolean> {
  const { state, verification, failure } = await runToEnd(worker, DAY, { purpose: 'verify' })
  assert.equal(state, 'verified', failure?.reason)
  const { missing = 0, surplus = 0, different = 0 } = verification ?? {}
  return missing + surplus + different > 0
}

/** Whether looking at every key finds that something differs. Reading by key takes another way than a snapshot. */
async function samples({ context }: Worker, backends: WorkerBackends): Promise<boolean> {
  const { traineeSource: trainees, doctorSource: doctors, exceptionSource: exceptions } = backends
  const asking = { ...context, hasActiveWriter: () => Promise.resolve(false) }
  const options = { size: 10_000, order: (id: string) => id, arrivalMs: 0 }
  const sources = { trainees, doctors, exceptions }
  const { differences } = await verifySample(asking, sources, options, AbortSignal.timeout(20_000))
  return differences.length > 0
}

/** Everything in the evidence of a run that shows the fault, not only the most serious. */
function caughtBy({ evidence, failure }: Run): string[] {
  if (failure?.code === 'RUN_RESTARTED_TOO_OFTEN') return ['manifest']
  if (evidence === null) return []
  const { checks, digests, readBack, findings, refusal } = evidence
  const differing = checks.filter(({ verdict }) => verdict === 'differs').map(({ what }) => what)
  const ofLists = differing.filter((what) => what.includes(' counted by '))
  const found = {
    counts: differing.length > ofLists.length,
    'list counts': ofLists.length > 0,
    digests: digests.different > 0,
    'read-back': readBack.different.length > 0,
    'failed rows': refusal?.code === 'CHECK_FAILED_ROWS',
    'empty source': refusal?.code === 'CHECK_SOURCE_EMPTY',
    likeness: findings.some(({ verdict }) => verdict === 'held back'),
  }
  return Object.entries(found).flatMap(([check, isCaught]) => (isCaught ? [check] : []))
}

/** The rows of the first table of docs/proof.md. */
function documented(): string[] {
  return rowsOfTable(readFileSync(new URL('../../../docs/proof.md', import.meta.url), 'utf8'))
}

describe('docs/proof.md says what catches', { concurrency: 4 }, () => {
  const page = documented()
  for (const [at, { part, what }] of PLANTED_FAULTS.entries()) {
    test(`${part}: ${what}`, async (t) => {
      const fault = faultsWith(installed.victims)[at]
      assert.ok(fault)
      assert.equal(page[at], await resultOf(t, fault))
    })
  }

  test('no other faults', () => assert.equal(page.length, PLANTED_FAULTS.length))
})
