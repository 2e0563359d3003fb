import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { RevalError } from '../../../src/errors/reval-error.ts'
import type { Stage } from '../../../src/ports/run-ledger.ts'
import { createRunEvents, type RunEvents } from '../../../src/sync/events.ts'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { JumpingClock } from '../../clock/jumping-clock.ts'
import { quickClock } from '../../clock/quick-clock.ts'
import { altered } from '../../faults/altered.ts'
import { Outage, type Server } from '../../faults/outage.ts'
import { replacedFew } from './replaced-few.ts'
import { runToEnd, startRun, type Owner, type Workplace } from './workplace.ts'

const few = replacedFew()

/** When in a stage a server goes away: when it starts, once it is claimed, once rows were received or read. */
type Moment = 'started' | 'claimed' | 'received' | 'read'

/** Longer than the leases last, of the writer and of claims. */
const AWAY_MS = 8_000
const SETTINGS = { REVAL_MESSAGE_ROWS: '2', REVAL_WRITE_ROWS: '2', REVAL_LEASE_SECONDS: '5' }

/** Calls `act` at a moment of a stage. */
function at(
  moment: Moment,
  stage: Stage | 'reasons',
  backends: WorkerBackends,
  events: RunEvents,
  act: () => void,
): WorkerBackends {
  const actIn = (found: Stage) => {
    if (found === stage) act()
  }
  if (moment === 'started' && stage === 'requested') events.on('run.pickedUp', act)
  if (moment === 'started') events.on('stage.started', (started) => actIn(started.stage))
  if (moment === 'claimed') events.on('claim.made', ({ claim }) => actIn(claim.stage))
  if (moment !== 'received') return backends
  const workspaces = {
    open: async () =>
      altered(await backends.workspaces.open(), {
        addTrainees: (own) => async (trainees) => {
          await own(trainees)
          actIn('trainees')
        },
        join: (own) => async (doctors) => {
          const joined = await own(doctors)
          actIn('doctors')
          return joined
        },
      }),
  }
  return { ...backends, workspaces }
}

/** A worker from which a server goes away once, at a moment of a stage. */
async function losing(t: Owner, server: Server, moment: Moment, stage: Stage | 'reasons') {
  const place = await few.now().copy(t, SETTINGS)
  const outage = new Outage(server)
  const events = createRunEvents()
  const trouble: string[] = []
  events.on('warning', ({ error }) => trouble.push(error.message))
  const worker = await place.start((opened) => {
    const backends = { ...opened, clock: quickClock(opened.clock, 10) }
    const act = () => void outage.last(backends.clock, AWAY_MS)
    return outage.around(at(moment, stage, readThen(backends, moment, stage, act), events, act))
  }, events)
  return { place, worker, outage, trouble }
}

const SOURCES = { trainees: 'traineeSource', doctors: 'doctorSource', reasons: 'exceptionSource' } as const

/** Calls `act` once a batch of the stage's source was read. */
function readThen(backends: WorkerBackends, moment: Moment, stage: Stage | 'reasons', act: () => void): WorkerBackends {
  if (moment !== 'read' || !(stage in SOURCES)) return backends
  const name = SOURCES[stage as keyof typeof SOURCES]
  const source = backends[name]
  const watched = {
    ping: () => source.ping(),
    close: () => source.close(),
    snapshot: async () => {
      const snapshot = await source.snapshot()
      return {
        edition: snapshot.edition,
        expected: snapshot.expected,
        batches: async function* (size: number) {
          for await (const batch of snapshot.batches(size)) {
            yield batch
            act()
          }
        },
        [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
      }
    },
  }
  return { ...backends, [name]: watched }
}

async function assertUndisturbed(place: Workplace): Promise<void> {
  assert.deepEqual(await place.documents(), few.now().undisturbed)
}

const OUTAGES: readonly (readonly [Server, Moment, Stage | 'reasons'])[] = [
  ['store', 'started', 'requested'],
  ['store', 'claimed', 'doctors'],
  ['store', 'received', 'doctors'],
  ['store', 'claimed', 'lists'],
  ['store', 'started', 'checking'],
  ['store', 'started', 'promoting'],
  ['ledger', 'started', 'trainees'],
  ['ledger', 'claimed', 'trainees'],
  ['ledger', 'received', 'trainees'],
  ['ledger', 'read', 'doctors'],
  ['ledger', 'received', 'doctors'],
  ['ledger', 'claimed', 'lists'],
  ['ledger', 'started', 'checking'],
  ['ledger', 'started', 'promoting'],
  ['broker', 'started', 'trainees'],
  ['broker', 'claimed', 'trainees'],
  ['broker', 'received', 'trainees'],
  ['broker', 'read', 'doctors'],
  ['broker', 'started', 'lists'],
  ['source', 'started', 'trainees'],
  ['source', 'started', 'doctors'],
  ['source', 'read', 'reasons'],
]

describe('a server outage only costs a run time', { concurrency: 12 }, () => {
  for (const [server, moment, stage] of OUTAGES) {
    test(`${server}: ${stage} ${moment}`, async (t) => {
      const { place, worker, outage, trouble } = await losing(t, server, moment, stage)
      const run = await runToEnd(worker)
      assert.deepEqual([run.state, run.restarts], ['live', []], run.failure?.reason)
      await assertUndisturbed(place)
      assert.ok(outage.calls > 0, 'the server was not used')
      assert.ok(trouble.some((message) => message.includes(`the ${server} is away`)))
    })
  }
})

describe('a source that fails in the middle', { concurrency: 2 }, () => {
  for (const stage of ['trainees', 'doctors'] as const) {
    test(`of ${stage}: the run restarts once, and waits for the source`, async (t) => {
      const { place, worker } = await losing(t, 'source', 'read', stage)
      const run = await runToEnd(worker)
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.equal(run.restarts.length, 1)
      assert.match(run.restarts[0]?.reason ?? '', new RegExp(`failed while sending ${stage}: the source is away`))
      await assertUndisturbed(place)
    })
  }
})

test('a worker waits for a ledger that is away at its start', async (t) => {
  const place = await few.now().copy(t, SETTINGS)
  const outage = new Outage('ledger')
  const events = createRunEvents()
  const met = new Promise<void>((resolve) => events.once('warning', () => resolve()))
  outage.begin()
  const worker = await place.start((backends) => outage.around(backends), events)
  await met
  outage.end()
  assert.equal((await runToEnd(worker)).state, 'live')
  await assertUndisturbed(place)
})

describe('a server that stays away', { concurrency: 2 }, () => {
  test('for longer than a stage may stall: the run fails, the worker stays, and the next run goes live', async (t) => {
    // The lease outlasts what the test sets the clock ahead by.
    const place = await few.now().copy(t, { REVAL_WRITER_LEASE_SECONDS: '3600' })
    const outage = new Outage('store')
    const clock = new JumpingClock(systemClock)
    const worker = await place.start((backends) => outage.around({ ...backends, clock }))
    const { events } = worker.context
    events.once('claim.made', () => outage.begin())
    const jump = ({ error }: { error: RevalError }) => {
      if (error.code === 'STORE_FAILED') clock.jump(60_000)
    }
    events.on('warning', jump)
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'STORE_FAILED'], run.failure?.reason)
    outage.end()
    events.off('warning', jump)
    assert.deepEqual(await place.documents(), few.now().former)
    assert.equal((await runToEnd(worker)).state, 'live')
    await assertUndisturbed(place)
  })

  for (const server of ['store', 'ledger', 'broker', 'source'] as const) {
    test(`${server}: the worker still stops, and the next one continues`, async (t) => {
      const place = await few.now().copy(t, SETTINGS)
      const outage = new Outage(server)
      const events = createRunEvents()
      const faults: RevalError[] = []
      const met = new Promise<void>((resolve) => {
        events.on('warning', ({ error }) => {
          if (error.message.includes('is away')) resolve()
        })
      })
      const worker = await place.start((backends) => outage.around(backends), events)
      events.once('claim.made', () => outage.begin())
      const { id, ended } = await startRun(worker)
      ended.catch(() => undefined)
      await met
      events.on('warning', ({ doing, error }) => {
        if (doing.startsWith('stopping')) faults.push(error)
      })
      await worker.stop()
      assert.deepEqual(faults, [])
      const over = createRunEvents()
      const carriedOn = new Promise<string>((resolve) => over.on('run.ended', ({ run }) => resolve(run.state)))
      const next = await place.start(undefined, over)
      assert.equal(await carriedOn, 'live')
      assert.equal((await next.context.ledger.read('run', id))?.value.state, 'live')
      await assertUndisturbed(place)
    })
  }
})
