import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { Broker, Route } from '../../../src/ports/broker.ts'
import { altered } from '../../faults/altered.ts'
import { breakingOff } from '../../faults/breaking-source.ts'
import { Chance } from '../../faults/chance.ts'
import { idOf, refusingWrites } from '../../faults/faulty-store.ts'
import { runToEnd, Workplace, type Documents, type Owner } from './workplace.ts'

/** A former run is live, and its successor is about to go over other sources, on backends that are altered. */
async function installed(
  t: Owner,
  alter: (backends: WorkerBackends) => WorkerBackends,
  settings: Readonly<Record<string, string>> = {},
) {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '5', REVAL_CLAIM_TIMEOUT_SECONDS: '1', ...settings })
  await place.loadFew({ label: 'former' })
  const formerWorker = await place.start()
  await runToEnd(formerWorker)
  const former = await place.documents()
  await formerWorker.stop()
  await place.loadFew({ label: 'new' })
  return { place, former, worker: await place.start(alter) }
}

/** The next run fails with the code, what is live stays, and the run after it is live with nothing left behind. */
async function failsOnce(
  { place, former, worker }: Awaited<ReturnType<typeof installed>>,
  code: string,
  stage: string,
) {
  const run = await runToEnd(worker)
  assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['failed', code, stage], run.failure?.reason)
  assert.deepEqual(await place.documents(), former)
  assert.equal((await place.generations()).length, 1)
  const next = await runToEnd(worker)
  assert.equal(next.state, 'live', next.failure?.reason)
  assert.deepEqual(await place.documents(), undisturbed)
}

let undisturbed: Documents
const cleaning: (() => Promise<void>)[] = []
before(async () => {
  const place = await Workplace.make({ after: (clean) => cleaning.push(clean) })
  await place.loadFew({ label: 'new' })
  assert.equal((await runToEnd(await place.start())).state, 'live')
  undisturbed = await place.documents()
})
after(async () => {
  for (const clean of cleaning) await clean()
})

/** A fault that comes a number of times, and then no more. */
function times(count: number, fault: () => never): () => void {
  let left = count
  return () => {
    left -= 1
    if (left >= 0) fault()
  }
}

const fail = (code: 'BROKER_FAILED' | 'STORE_FAILED' | 'DISK_FULL', transient: boolean) => (): never => {
  throw new RevalError(code, 'so the test wants it', { transient })
}

function refusingRoute(broker: Broker, refused: Route, fault: () => void): Broker {
  return altered(broker, {
    publish: (own) => async (route, message, signal) => {
      if (route === refused) fault()
      await own(route, message, signal)
    },
  })
}

describe('a source that breaks off', { concurrency: 3 }, () => {
  for (const [source, stage] of [
    ['traineeSource', 'trainees'],
    ['doctorSource', 'doctors'],
    ['exceptionSource', 'lists'],
  ] as const) {
    test(`in ${stage} fails the run; the next is live`, async (t) => {
      await failsOnce(await installed(t, (backends) => breakingOff(backends, source)), 'SOURCE_FAILED', stage)
    })
  }
})

describe('a broker that refuses', { concurrency: 4 }, () => {
  for (const [route, stage] of [
    ['syncStart', 'trainees'],
    ['traineeData', 'trainees'],
    ['doctorData', 'doctors'],
    ['getMaster', 'lists'],
  ] as const) {
    test(`${route} for good fails the run; the next is live`, async (t) => {
      const refuse = times(1, fail('BROKER_FAILED', false))
      const alter = (backends: WorkerBackends) => ({
        ...backends,
        broker: refusingRoute(backends.broker, route, refuse),
      })
      await failsOnce(await installed(t, alter), 'BROKER_FAILED', stage)
    })
  }

  test('a command for the moment is asked again', async (t) => {
    const refuse = times(1, fail('BROKER_FAILED', true))
    const { place, worker } = await installed(t, (backends) => ({
      ...backends,
      broker: refusingRoute(backends.broker, 'gmcSyncStart', refuse),
    }))
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.deepEqual(await place.documents(), undisturbed)
  })

  test('to answer is not waited for: the command is published again', async (t) => {
    let first = true
    const { place, worker } = await installed(t, (backends) => ({
      ...backends,
      broker: altered(backends.broker, {
        publish: (own) => async (route, message, signal) => {
          if (route !== 'syncStart' || !first) return own(route, message, signal)
          first = false
          return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
        },
      }),
    }))
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.deepEqual(await place.documents(), undisturbed)
  })
})

describe('an index store', { concurrency: 4 }, () => {
  const refusingRow = (id: string) => (backends: WorkerBackends) => ({
    ...backends,
    store: refusingWrites(backends.store, (write) =>
      idOf(write) === id ? { status: 'failed', reason: 'no such shard' } : null,
    ),
  })

  test('that refuses a row: it is a failure of the run, which is held back', async (t) => {
    const { place, worker, former } = await installed(t, refusingRow('tcs-3'))
    const run = await runToEnd(worker)
    assert.equal(run.failure?.code, 'CHECK_FAILED_ROWS')
    const expected = { run: run.id, stage: 'trainees', key: 'tcs-3', code: 'ROW_WRITE_FAILED', reason: 'no such shard' }
    assert.deepEqual(await worker.context.ledger.failures(run.id, 10), [expected])
    assert.deepEqual(await place.documents(), former)
  })

  test('that refuses a row: the run is live where that is accepted, and so is the next, without asking again', async (t) => {
    const accepting = { REVAL_CHECK_ACCEPT_FAILURES: '1' }
    const { place, worker } = await installed(t, refusingRow('gmc-7000025'), accepting)
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.equal((await place.documents()).masterdoctorindex.length, 24)
    await worker.stop()
    // Without the setting: what failed in the live run as well is no news.
    const strict = await Workplace.copyOf(t, place)
    const again = await runToEnd(await strict.start(refusingRow('gmc-7000025')))
    assert.equal(again.state, 'live', again.failure?.reason)
    assert.equal((await strict.documents()).masterdoctorindex.length, 24)
  })

  for (const seed of [1, 2]) {
    test(`whose rows change all the time while they are joined is no matter (seed ${seed})`, async (t) => {
      const chance = new Chance(seed)
      const { place, worker } = await installed(t, (backends) => ({
        ...backends,
        store: refusingWrites(backends.store, () => (chance.happens(0.4) ? { status: 'conflict' } : null)),
      }))
      const run = await runToEnd(worker)
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.deepEqual(await place.documents(), undisturbed)
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

  test('that is away for a moment costs nothing but the time', async (t) => {
    const { place, worker } = await installed(t, failingWrites(times(3, fail('STORE_FAILED', true))))
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.beginning], ['live', 1], run.failure?.reason)
    assert.deepEqual(await place.documents(), undisturbed)
  })

  test('whose disk is full fails the run at once; with room again the next is live', async (t) => {
    await failsOnce(await installed(t, failingWrites(times(1, fail('DISK_FULL', false)))), 'DISK_FULL', 'trainees')
  })

  test('that does not move the names fails the run, and is no obstacle to the next', async (t) => {
    const refuse = times(1, fail('STORE_FAILED', false))
    const alter = (backends: WorkerBackends) => ({
      ...backends,
      store: altered(backends.store, {
        promote: (own) => async (generation) => {
          refuse()
          await own(generation)
        },
      }),
    })
    await failsOnce(await installed(t, alter), 'STORE_FAILED', 'promoting')
  })

  for (const silent of [0, 3]) {
    test(`that moved the names, says it had not, and ${silent} times says nothing of them: the run is live`, async (t) => {
      const refuse = times(1, fail('STORE_FAILED', false))
      const beSilent = times(silent, fail('STORE_FAILED', false))
      let moved = false
      const { place, worker } = await installed(t, (backends) => ({
        ...backends,
        store: altered(backends.store, {
          promote: (own) => async (generation) => {
            await own(generation)
            moved = true
            refuse()
          },
          liveNames: (own) => async () => {
            if (moved) beSilent()
            return own()
          },
        }),
      }))
      const run = await runToEnd(worker)
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.equal((await place.installation()).live?.run, run.id)
      assert.deepEqual(await place.documents(), undisturbed)
    })
  }
})
