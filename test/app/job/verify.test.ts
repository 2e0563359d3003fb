import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { Repair, Run } from '../../../src/ports/run-ledger.ts'
import { LATEST, type Finding } from '../../../src/ports/verification.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { requestVerification } from '../../../src/sync/lead/verification-request.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import { readFindings } from '../../../src/sync/verify/findings.ts'
import { plantInFile } from '../../adapters/index-store/sqlite-planting.ts'
import type { Planted } from '../../contract/index-store/planting.ts'
import { altered } from '../../faults/altered.ts'
import { passingFault } from '../../faults/passing-fault.ts'
import { ROWS_OF_FEW } from './few-sources.ts'
import { replacedFew } from './replaced-few.ts'
import { ask, runToEnd, startRun, UNJUDGED, Workplace, type Documents } from './workplace.ts'

type Plants = Readonly<Record<string, Planted>>

interface Verified {
  readonly run: Run
  /** What was found, as `kind id: fields`. */
  readonly found: readonly string[]
  readonly findings: readonly Finding[]
}

/** An installation whose live generation is what the sources require. */
async function synced(t: Parameters<typeof Workplace.make>[0]) {
  const place = await Workplace.make(t, UNJUDGED)
  await place.loadFew()
  const worker = await place.start()
  const { generation } = await runToEnd(worker)
  return { place, worker, live: generation ?? '', right: await place.documents() }
}

async function plant(place: Workplace, generation: string, plants: Plants): Promise<void> {
  for (const [id, planted] of Object.entries(plants)) await plantInFile(place.directory, generation, id, planted)
}

async function verify(worker: Worker, repair: Repair | null = null): Promise<Verified> {
  const run = await runToEnd(worker, undefined, { purpose: 'verify', repair })
  const { verification } = run
  const findings = verification === null ? [] : await readFindings(worker.context.ledger, verification, { limit: 100 })
  return { run, findings, found: findings.map(({ kind, id, fields }) => `${kind} ${id}: ${fields.join(' ')}`) }
}

const DAMAGE: Plants = {
  'gmc-7000025': { change: 'delete' },
  'tcs-7': { change: 'field', field: 'doctorFirstName', value: 'nobody' },
  'tcs-8': { change: 'part', part: 'doctor.admin', value: 'somebody' },
  'tcs-9': { change: 'key', key: 'number', value: '7654321' },
}
const FOUND = [
  'missing gmc-7000025: ',
  'different tcs-7: doctorFirstName',
  'different tcs-8: doctor.admin key.adminKey',
  'different tcs-9: key.number',
]

describe('a verification', () => {
  test('of a live generation that is right finds nothing, and leaves nothing behind', async (t) => {
    const { place, worker, live, right } = await synced(t)
    const { run, found } = await verify(worker)
    assert.deepEqual([run.state, run.failure, found], ['verified', null, []])
    assert.partialDeepStrictEqual(run.verification, {
      ...{ live: { generation: live }, day: run.day, rows: { live: ROWS_OF_FEW, built: ROWS_OF_FEW } },
      ...{ missing: 0, surplus: 0, different: 0, listed: 0, settled: 0, repaired: null },
    })
    assert.deepEqual((await worker.context.ledger.read('verification', LATEST))?.value, run.verification)
    assert.deepEqual(await place.generations(), [live])
    assert.deepEqual(await place.documents(), right)
    const { currentRun, building, heldBack } = await place.installation()
    assert.deepEqual([currentRun, building, heldBack], [null, null, null])
  })

  test('names what another program deleted and altered, and changes nothing', async (t) => {
    const { place, worker, live } = await synced(t)
    await plant(place, live, DAMAGE)
    const wrong = await place.documents()
    const { run, found } = await verify(worker)
    assert.deepEqual(found, FOUND)
    const { missing, surplus, different, listed, repaired } = run.verification ?? {}
    assert.deepEqual([missing, surplus, different, listed, repaired], [1, 0, 3, 4, null])
    assert.deepEqual([run.state, await place.generations()], ['verified', [live]])
    assert.deepEqual(await place.documents(), wrong)
  })

  test('can repair by promoting what it built', async (t) => {
    const { place, worker, live, right } = await synced(t)
    await plant(place, live, DAMAGE)
    const { run, found } = await verify(worker, 'promote')
    assert.deepEqual([run.state, found], ['live', FOUND])
    assert.partialDeepStrictEqual(run.verification?.repaired, { how: 'promote', remaining: 0 })
    assert.deepEqual((await worker.context.ledger.read('verification', LATEST))?.value, run.verification)
    assert.deepEqual(await place.documents(), right)
    assert.deepEqual((await verify(worker, 'promote')).run.state, 'verified')
  })

  test('promotes nothing that is too unlike live: that is held back for a person', async (t) => {
    const place = await Workplace.make(t, { REVAL_CHECK_FEWEST_ROWS: '1' })
    await place.loadFew()
    const worker = await place.start()
    const live = await runToEnd(worker)
    await place.loadFew({ doctors: 2 })
    assert.equal((await verify(worker)).run.state, 'verified')
    const { run } = await verify(worker, 'promote')
    assert.deepEqual([run.state, run.failure?.code, run.verification?.repaired], ['held back', 'CHECK_UNLIKE', null])
    assert.equal((await place.installation()).live?.run, live.id)
    await ask(worker, 'promote', run.id)
    assert.equal((await place.installation()).live?.run, run.id)
    assert.equal((await verify(worker)).found.length, 0)
  })

  test('can repair by refreshing the rows; one that no key of ours means stays, and is named', async (t) => {
    const { place, worker, live, right } = await synced(t)
    const [known] = await worker.context.store.get(live, ['gmc-7000024'])
    const doctor = known?.row.parts.doctor
    assert.ok(known && doctor)
    const parts = { ...known.row.parts, doctor: { ...doctor, gmcReferenceNumber: 'no number' } }
    const surplus: Plants = {
      'foo-1': { change: 'add', row: { id: 'foo-1', parts } },
      // Its number leads to it.
      'foo-2': { change: 'add', row: { ...known.row, id: 'foo-2' } },
      'gmc-7654321': { change: 'add', row: { ...known.row, id: 'gmc-7654321' } },
    }
    await plant(place, live, { ...DAMAGE, ...surplus })
    const { run, findings } = await verify(worker, 'rows')
    assert.equal(run.state, 'verified', run.failure?.reason)
    assert.partialDeepStrictEqual(run.verification?.repaired, { how: 'rows', remaining: 1 })
    const remaining = findings.filter(({ isRepaired }) => !isRepaired)
    assert.deepEqual(
      remaining.map(({ kind, id }) => `${kind} ${id}`),
      ['surplus foo-1'],
    )
    assert.deepEqual((await verify(worker)).found, ['surplus foo-1: '])
    await verify(worker, 'promote')
    assert.deepEqual(await place.documents(), right)
  })

  test('builds for the day of live, and is void for another', async (t) => {
    const { place, worker } = await synced(t)
    await runToEnd(worker, '2025-03-04')
    const { events, ledger } = worker.context
    const ended = new Promise<Run>((resolve) => events.once('run.ended', ({ run }) => resolve(run)))
    const { day, requestedBy } = await requestVerification(worker.context, { by: 'somebody', repair: null })
    worker.integration?.wake()
    assert.deepEqual([day, requestedBy, (await ended).state], ['2025-03-04', 'somebody', 'verified'])
    const { run } = await verify(worker)
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'VERIFY_VOID'])
    const latest = await ledger.read('verification', LATEST)
    assert.equal(latest?.value.day, '2025-03-04')
    assert.equal((await place.generations()).length, 2)
  })

  test('is void if live moves meanwhile', async (t) => {
    const { place, worker } = await synced(t)
    const { generation } = await runToEnd(worker)
    const claimed = new Promise<void>((resolve) => worker.context.events.once('claim.made', () => resolve()))
    const { ended } = await startRun(worker, undefined, { purpose: 'verify' })
    await claimed
    await ask(worker, 'rollback')
    const { state, failure, verification } = await ended
    assert.deepEqual([state, failure?.code, verification], ['failed', 'VERIFY_VOID', null])
    const { live, previous } = await place.installation()
    assert.equal(previous?.generation, generation)
    assert.deepEqual(await place.generations(), [live?.generation, previous.generation])
  })
})

describe('a verification during which live moves', () => {
  const few = replacedFew()

  test('is void even if it was requested by a machine whose clock is ahead', async (t) => {
    let move: (() => Promise<void>) | null = null
    const { worker } = await few.start(t, (backends) => ({
      ...backends,
      store: altered(backends.store, {
        rows: (own) =>
          async function* (generation) {
            const moving = move
            move = null
            await moving?.()
            yield* own(generation)
          },
      }),
    }))
    const { context, integration } = worker
    assert.equal((await runToEnd(worker)).state, 'live')
    const ended = new Promise<Run>((resolve) => context.events.once('run.ended', ({ run }) => resolve(run)))
    move = () => ask(worker, 'rollback')
    const ahead = { ...context, clock: { ...context.clock, now: () => context.clock.now() + 60_000 } }
    await requestVerification(ahead, { by: 'somebody', repair: null })
    integration?.wake()
    const { state, failure } = await ended
    assert.deepEqual([state, failure?.code], ['failed', 'VERIFY_VOID'])
  })
})

describe('a verification that fails', () => {
  const few = replacedFew()

  const failing = (fault: () => void) => (backends: WorkerBackends) => ({
    ...backends,
    store: altered(backends.store, {
      write: (own) => async (generation, writes) => {
        fault()
        return own(generation, writes)
      },
    }),
  })

  test('because the disk is full: live stays, and nothing is left behind', async (t) => {
    const { place, worker } = await few.start(t, failing(passingFault(1, 'DISK_FULL')))
    const { run } = await verify(worker)
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'DISK_FULL'])
    await untouched(place)
    assert.equal((await verify(worker)).run.state, 'verified')
  })

  test('because the disk is full that the ledger is on too: what was built makes room for the end of the run', async (t) => {
    let isFull = false
    const full = () => new RevalError('DISK_FULL', 'the disk is full')
    const { place, worker } = await few.start(t, (backends) => ({
      ...backends,
      store: altered(backends.store, {
        write: () => () => {
          isFull = true
          return Promise.reject(full())
        },
        dropGeneration:
          (own) =>
          async (...values) => {
            await own(...values)
            isFull = false
          },
      }),
      ledger: altered(backends.ledger, {
        save:
          (own) =>
          (...values) =>
            isFull ? Promise.reject(full()) : own(...values),
      }),
    }))
    const { run } = await verify(worker)
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'DISK_FULL'], run.failure?.reason)
    await untouched(place)
  })

  test('because findings cannot be saved: live stays, and nothing is left behind', async (t) => {
    const full = passingFault(1, 'DISK_FULL')
    const { place, worker } = await few.start(t, (backends) => ({
      ...backends,
      ledger: altered(backends.ledger, {
        save:
          (own) =>
          async (kind, ...values) => {
            if (kind === 'findings') full()
            return own(kind, ...values)
          },
      }),
    }))
    const { run } = await verify(worker)
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'DISK_FULL'], run.failure?.reason)
    await untouched(place)
    assert.equal((await verify(worker)).run.state, 'verified')
  })

  async function untouched(place: Workplace): Promise<void> {
    const { former, formerGeneration } = few.now()
    const live: Documents = await place.documents()
    assert.deepEqual(live, former)
    assert.deepEqual(await place.generations(), [formerGeneration])
  }

  test('because a source is away for a moment only costs time', async (t) => {
    const away = passingFault(2, 'STORE_FAILED', { transient: true })
    const { worker } = await few.start(t, (backends) => ({
      ...backends,
      store: altered(backends.store, {
        rows: (own) => (generation) => {
          away()
          return own(generation)
        },
      }),
    }))
    const { run } = await verify(worker)
    assert.equal(run.state, 'verified', run.failure?.reason)
    assert.ok(run.verification && run.verification.different > 0)
  })

  test('without a live generation: there is nothing to verify', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const worker = await place.start()
    const asking = requestVerification(worker.context, { by: 'test', repair: null })
    await assert.rejects(asking, { code: 'NOTHING_LIVE' })
  })

  test('of what the Java services built: it has none of our rows', async (t) => {
    const { worker } = await synced(t)
    const { context } = worker
    await changeInstallation(context.ledger, (known) => ({ ...known, java: known.live }))
    const asking = requestVerification(context, { by: 'test', repair: null })
    await assert.rejects(asking, { code: 'NOTHING_LIVE', message: /Java services/ })
  })
})

test('by schedule, the writer verifies when it is due', async (t) => {
  const place = await Workplace.make(t, { ...UNJUDGED, REVAL_SCHEDULE_VERIFY: '* * * * * *' })
  await place.loadFew()
  const events = createRunEvents()
  const verified = new Promise<Run>((resolve) =>
    events.on('run.ended', ({ run }) => {
      if (run.purpose === 'verify') resolve(run)
    }),
  )
  const worker = await place.start(undefined, events)
  await runToEnd(worker)
  const { state, requestedBy, verification } = await verified
  assert.deepEqual([state, requestedBy, verification?.by], ['verified', 'the schedule', 'the schedule'])
})
