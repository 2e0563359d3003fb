import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { idOfWrite } from '../../../src/domain/row-differences.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { altered } from '../../faults/altered.ts'
import { Chance } from '../../faults/chance.ts'
import { refusingWrites } from '../../faults/faulty-store.ts'
import { passingFault } from '../../faults/passing-fault.ts'
import { replacedFew } from './replaced-few.ts'
import { runToEnd, Workplace } from './workplace.ts'

const few = replacedFew()

describe('an index store', { concurrency: 4 }, () => {
  const refusingRow = (id: string) => (backends: WorkerBackends) => ({
    ...backends,
    store: refusingWrites(backends.store, (write) =>
      idOfWrite(write) === id ? { status: 'failed', reason: 'no such shard' } : null,
    ),
  })

  test('that refuses a row: the row fails, and the run is held back', async (t) => {
    const { place, worker } = await few.start(t, refusingRow('tcs-3'))
    const run = await runToEnd(worker)
    assert.equal(run.failure?.code, 'CHECK_FAILED_ROWS')
    const generation = run.generation ?? ''
    const row = { stage: 'doctors', key: 'tcs-3', code: 'ROW_WRITE_FAILED', reason: 'no such shard' }
    const failures = await worker.context.ledger.failures(generation, 10)
    assert.equal(failures.length, 1)
    assert.partialDeepStrictEqual(failures, [{ run: run.id, generation, ...row }])
    assert.deepEqual(await place.documents(), few.now().former)
  })

  test('that refuses a row: with failures accepted the run goes live, and so does the next', async (t) => {
    const accepting = { REVAL_CHECK_ACCEPT_FAILURES: '1' }
    const { place, worker } = await few.start(t, refusingRow('gmc-7000025'), accepting)
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.equal((await place.documents()).masterdoctorindex.length, 24)
    await worker.stop()
    // Without the setting: a row that also failed in the live run is not new.
    const strict = await Workplace.copyOf(t, place)
    const again = await runToEnd(await strict.start(refusingRow('gmc-7000025')))
    assert.equal(again.state, 'live', again.failure?.reason)
    assert.equal((await strict.documents()).masterdoctorindex.length, 24)
  })

  test('whose answers are lost: rows written again exist once', async (t) => {
    const chance = new Chance(1)
    const { place, worker } = await few.start(t, (backends) => ({
      ...backends,
      store: altered(backends.store, {
        write: (own) => async (generation, writes, guard) => {
          const outcomes = await own(generation, writes, guard)
          if (chance.happens(0.4)) throw new RevalError('STORE_FAILED', 'the answer was lost', { transient: true })
          return outcomes
        },
      }),
    }))
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })

  for (const [what, alter] of [
    ['stores a different row', { get: 'another' }],
    ['shows fields that differ from its parts', { get: 'fields' }],
    ['silently lost a row', { get: 'lost' }],
  ] as const) {
    test(`that ${what}: the run is held back`, async (t) => {
      const { place, worker } = await few.start(t, (backends) => ({
        ...backends,
        store: altered(backends.store, {
          get: (own) => async (generation, ids) => {
            const [first, ...rows] = await own(generation, ids)
            if (first === undefined || alter.get === 'lost') return rows
            if (alter.get === 'fields') return [{ ...first, document: { ...first.document, admin: 'nobody' } }, ...rows]
            return [{ ...first, row: { ...first.row, parts: { ...first.row.parts, reason: 'another' } } }, ...rows]
          },
        }),
      }))
      const run = await runToEnd(worker)
      assert.deepEqual([run.state, run.failure?.code], ['held back', 'CHECK_READ_BACK'], run.failure?.reason)
      assert.equal(run.evidence?.readBack.different.length, 1)
      assert.deepEqual(await place.documents(), few.now().former)
    })
  }

  const failingWrites = (fault: () => void) => (backends: WorkerBackends) => ({
    ...backends,
    store: altered(backends.store, {
      write: (own) => async (generation, writes) => {
        fault()
        return own(generation, writes)
      },
    }),
  })

  test('that is away for a moment only costs time', async (t) => {
    const { place, worker } = await few.start(t, failingWrites(passingFault(3, 'STORE_FAILED', { transient: true })))
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.restarts], ['live', []], run.failure?.reason)
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })

  test('whose disk is full fails the run at once; with space again the next goes live', async (t) => {
    await few.failsOnce(await few.start(t, failingWrites(passingFault(1, 'DISK_FULL'))), 'DISK_FULL', 'doctors')
  })

  test('with a full scratch disk: the run fails, the live generation stays, and with space again the next goes live', async (t) => {
    const full = passingFault(1, 'DISK_FULL')
    const alter = (backends: WorkerBackends) => ({
      ...backends,
      workspaces: {
        open: async () =>
          altered(await backends.workspaces.open(), {
            addTrainees: (own) => async (trainees) => {
              full()
              await own(trainees)
            },
          }),
      },
    })
    await few.failsOnce(await few.start(t, alter), 'DISK_FULL', 'trainees')
  })

  test('with an unusable scratch folder: the run fails before any command is sent', async (t) => {
    const unusable = passingFault(1, 'WORKSPACE_UNUSABLE')
    const alter = (backends: WorkerBackends) => ({
      ...backends,
      workspaces: {
        open: async () => {
          unusable()
          return backends.workspaces.open()
        },
      },
    })
    await few.failsOnce(await few.start(t, alter), 'WORKSPACE_UNUSABLE', 'requested')
  })

  test('that does not move the aliases fails the run, and does not block the next', async (t) => {
    const refuse = passingFault(1, 'STORE_FAILED')
    const alter = (backends: WorkerBackends) => ({
      ...backends,
      store: altered(backends.store, {
        promote:
          (own) =>
          async (...values) => {
            refuse()
            await own(...values)
          },
      }),
    })
    await few.failsOnce(await few.start(t, alter), 'STORE_FAILED', 'promoting')
  })

  for (const silent of [0, 3]) {
    test(`that moved the aliases, reports that it did not, and fails to answer ${silent} reads of them: the run is live`, async (t) => {
      const refuse = passingFault(1, 'STORE_FAILED')
      const beSilent = passingFault(silent, 'STORE_FAILED')
      let moved = false
      const { place, worker } = await few.start(t, (backends) => ({
        ...backends,
        store: altered(backends.store, {
          promote:
            (own) =>
            async (...values) => {
              await own(...values)
              moved = true
              refuse()
            },
          liveAliases: (own) => async () => {
            if (moved) beSilent()
            return own()
          },
        }),
      }))
      const run = await runToEnd(worker)
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.equal((await place.installation()).live?.run, run.id)
      assert.deepEqual(await place.documents(), few.now().undisturbed)
    })
  }
})
