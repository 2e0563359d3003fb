import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { syncContext } from '../../../src/app/sync-context.ts'
import type { Worker } from '../../../src/app/worker.ts'
import type { Run, ServiceName, StageProgress } from '../../../src/ports/run-ledger.ts'
import { createIntegrationService } from '../../../src/services/integration/integration-service.ts'
import { claimStage, type HeldClaim } from '../../../src/sync/lease/claim.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { JumpingClock } from '../../clock/jumping-clock.ts'
import { quickClock } from '../../clock/quick-clock.ts'
import { Gate } from '../../faults/gate.ts'
import { bytes, textOf } from '../../messages/bodies.ts'
import { replacedFew } from './replaced-few.ts'
import { referenceMessages, standIn, type Bodies, type Sent } from './reference-services.ts'
import { ask, expectedDocuments, runToEnd, startRun, until, Workplace, type Owner } from './workplace.ts'

const SETTINGS = { REVAL_QUIET_SECONDS: '1' }
const inOrder = ({ rows, end }: Sent) => [...rows, end]

interface Installed {
  readonly place: Workplace
  readonly worker: Worker
  readonly backends: WorkerBackends
  readonly trainees: Sent
  readonly doctors: Sent
}

/** A second lasts a tenth of a second: for waits that only affect the duration of a test. */
const quick = (backends: WorkerBackends): WorkerBackends => ({ ...backends, clock: quickClock(backends.clock, 10) })

/** Some running services, and what the Java tcs would send of the sources. */
async function install(
  place: Workplace,
  services: readonly ServiceName[] = ['integration', 'recommendation', 'connection'],
  alter: (backends: WorkerBackends) => WorkerBackends = quick,
): Promise<Installed> {
  let backends: WorkerBackends | null = null
  const worker = await place.start((opened) => (backends = alter(opened)), createRunEvents(), services)
  assert.ok(backends)
  return { place, worker, backends, ...(await referenceMessages(backends, place.config)) }
}

test('a Java tcs: the sample comes out as expected, is held back once, then live', async (t) => {
  // Many messages in flight at a time: each holds one row.
  const place = await Workplace.make(t, { ...SETTINGS, REVAL_PREFETCH: '200' })
  await place.loadSample()
  const { worker, backends, trainees } = await install(place)
  await standIn(backends.broker, 'syncStart', () => inOrder(trainees))
  const first = await runToEnd(worker)
  assert.deepEqual([first.failure?.code, first.restarts], ['CHECK_UNPROVED', []], first.failure?.reason)
  assert.match(first.failure?.reason ?? '', /trainees sent without totals/)
  assert.deepEqual(first.unproved, ['trainees'])
  assert.deepEqual(await place.documents(first.generation ?? ''), expectedDocuments())
  await ask(worker, 'promote', first.id)
  assert.deepEqual(await place.documents(), expectedDocuments())
  const second = await runToEnd(worker)
  assert.deepEqual([second.state, second.unproved], ['live', ['trainees']], second.failure?.reason)
  assert.deepEqual(await place.documents(), expectedDocuments())
})

const few = replacedFew()
type Way = (sent: Sent, nth: number) => Bodies

/** An installation over few rows, whose live generation has as many, and a stand-in for the Java tcs. */
async function overFew(
  t: Owner,
  way: Way = inOrder,
  settings = {},
  alter: (backends: WorkerBackends) => WorkerBackends = quick,
) {
  const place = await few.now().copy(t, { ...SETTINGS, ...settings })
  const installed = await install(place, undefined, alter)
  const { backends, trainees } = installed
  await standIn(backends.broker, 'syncStart', (nth) => way(trainees, nth))
  return installed
}

/** Time that the test sets ahead. */
class Jumps {
  #clock: JumpingClock | null = null

  readonly alter = (backends: WorkerBackends): WorkerBackends => {
    this.#clock = new JumpingClock(backends.clock)
    return { ...backends, clock: this.#clock }
  }

  jump(milliseconds: number): void {
    this.#clock?.jump(milliseconds)
  }
}

/** Resolves once the writer has seen that so many rows of a stage were received. */
function untilRows({ context: { events } }: Pick<Worker, 'context'>, rows: number): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ progress }: { progress: StageProgress }) => {
      if (progress.rows < rows) return
      events.off('stage.progress', look)
      resolve()
    }
    events.on('stage.progress', look)
  })
}

async function isLiveAndRight({ place, worker }: Installed): Promise<Run> {
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live', run.failure?.reason)
  assert.deepEqual(await place.documents(), few.now().undisturbed)
  return run
}

describe('a sender without headers', { concurrency: 4 }, () => {
  test('whose messages arrive twice: the rows exist once', async (t) => {
    const twice: Way = ({ rows, end }) => [...rows, ...rows, end, end]
    const { stages } = await isLiveAndRight(await overFew(t, twice))
    assert.equal(stages.trainees?.rows, 40)
  })

  test('whose end message arrives first: the run waits for the rest', async (t) => {
    const endFirst: Way = ({ rows, end }) => [end, ...rows]
    await isLiveAndRight(await overFew(t, endFirst))
  })

  test('that sends several rows and the end in one message', async (t) => {
    const atOnce: Way = (sent) => [bytes(`[${inOrder(sent).map(textOf).join()}]`)]
    const { stages } = await isLiveAndRight(await overFew(t, atOnce))
    assert.deepEqual([stages.trainees?.messages, stages.trainees?.rows], [1, 20])
  })

  test('that sends fewer rows than the limit allows: the run is held back, with the figures', async (t) => {
    const short: Way = ({ rows, end }) => [...rows.slice(0, -1), end]
    const { place, worker } = await overFew(t, short)
    const { failure } = await runToEnd(worker)
    assert.equal(failure?.code, 'CHECK_UNPROVED')
    assert.match(
      failure.reason,
      /more than 2 % difference from the live run: rows with a trainee from 20 to 19, rows without a trainee from 5 to 6/,
    )
    assert.deepEqual(await place.documents(), few.now().former)
  })

  test('that sends fewer rows, within the limit', async (t) => {
    const short: Way = ({ rows, end }) => [...rows.slice(0, -1), end]
    const { worker } = await overFew(t, short, { REVAL_CHECK_UNPROVED_SHARE: '0.2' })
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.equal(run.evidence?.profile.withTrainee, 19)
  })

  test('that stops without its end message: the run fails, and no other starts before it has ended', async (t) => {
    const time = new Jumps()
    const resumed = new Gate()
    const stops: Way = async function* ({ rows, end }, nth) {
      yield* rows.slice(3)
      if (nth === 1) {
        await resumed.pass()
        yield* [...rows.slice(0, 3), end]
      } else yield* [...rows.slice(0, 3), end]
    }
    const installed = await overFew(t, stops, {}, time.alter)
    const { worker, place } = installed
    void untilRows(worker, 17).then(() => time.jump(200_000))
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'SENDER_STILL_SENDING'])
    assert.match(run.failure?.reason ?? '', /no progress in trainees for 120 s/)
    await assert.rejects(startRun(worker), { code: 'SENDER_STILL_SENDING' })
    const late: string[] = []
    worker.context.events.on('message.late', (message) => late.push(message.run))
    resumed.open()
    await until(async () => (await place.installation()).stillSending[0]?.hasEnded === true)
    await assert.rejects(startRun(worker), { code: 'SENDER_STILL_SENDING' }, 'its queue has not been quiet')
    time.jump(2_000)
    await until(async () => (await place.installation()).stillSending.length === 0)
    assert.equal(late.length, 3, 'what arrived afterwards belongs to no run')
    await isLiveAndRight(installed)
  })

  test('that is gone: a run starts once the operator confirms it', async (t) => {
    const time = new Jumps()
    const dies: Way = (sent, nth) => (nth === 1 ? sent.rows.slice(3) : inOrder(sent))
    const { worker, place } = await overFew(t, dies, {}, time.alter)
    void untilRows(worker, 17).then(() => time.jump(200_000))
    assert.equal((await runToEnd(worker)).failure?.code, 'SENDER_STILL_SENDING')
    const next = await startRun(worker, undefined, { senderGone: 'its container was removed' })
    void untilRows(worker, 20).then(() => time.jump(20_000))
    const run = await next.ended
    assert.deepEqual([run.state, run.senderGone], ['live', 'its container was removed'], run.failure?.reason)
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })

  test('gets its command once, if it has started to send, however long it takes', async (t) => {
    const time = new Jumps()
    const commands: string[] = []
    const slowly: Way = async function* ({ rows, end }) {
      yield* rows.slice(0, 5)
      await untilRows(installed.worker, 5)
      // For longer than a command waits for its claim.
      time.jump(60_000)
      yield* rows.slice(5, 6)
      await untilRows(installed.worker, 6)
      yield* [...rows.slice(6), end]
    }
    const installed = await overFew(t, slowly, {}, time.alter)
    installed.worker.context.events.on('command.published', ({ stage }) => commands.push(stage))
    await isLiveAndRight(installed)
    assert.deepEqual(commands, ['trainees', 'doctors', 'lists'])
  })

  test('and a second one that claims the stage: the run fails, with the reason', async (t) => {
    const claimed = new Gate()
    const claiming = Promise.withResolvers<HeldClaim | null>()
    const halfWay: Way = async function* ({ rows }) {
      yield* rows.slice(0, 5)
      await claimed.pass()
    }
    const { worker } = await overFew(t, halfWay)
    worker.context.events.once('stage.progress', ({ run }) => {
      const work = { run: run.id, generation: run.generation ?? '', stage: 'trainees', service: 'tcs' } as const
      claiming.resolve(claimStage(worker.context, work))
    })
    const { failure } = await runToEnd(worker)
    claimed.open()
    await (await claiming.promise)?.release()
    assert.equal(failure?.code, 'SENDER_STILL_SENDING')
    assert.match(failure.reason, /tcs claimed trainees while a sender without run headers/)
  })

  test('that sends invalid rows and messages: they are failed rows of the run', async (t) => {
    const spoilt: Way = ({ rows: [first = bytes(''), second = bytes(''), ...rows], end }) => [
      first.slice(0, -1),
      bytes(textOf(second).replace(/"doctorLastName":"[^"]*"/, '"doctorLastName":7')),
      ...rows,
      end,
    ]
    const { worker, backends } = await overFew(t, spoilt)
    const run = await runToEnd(worker)
    assert.equal(run.failure?.code, 'CHECK_FAILED_ROWS')
    const failures = await backends.ledger.failures(run.generation ?? '', 10)
    assert.deepEqual(failures.map(({ code }) => code).sort(), ['MESSAGE_NOT_JSON', 'ROW_FIELD_INVALID'])
    const letters = await backends.broker.deadLetters('traineeData', 10)
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['MESSAGE_NOT_JSON'],
    )
  })

  test('of doctors is refused where recommendation is not a Java service', async (t) => {
    const early: Way = async function* (sent) {
      const [first = bytes('')] = installed.doctors.rows
      await installed.backends.broker.publish('doctorData', { body: first, attributes: {} })
      yield* inOrder(sent)
    }
    const installed = await overFew(t, early)
    await isLiveAndRight(installed)
    const letters = await installed.backends.broker.deadLetters('doctorData', 10)
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['MESSAGE_WITHOUT_RUN'],
    )
  })

  test('during a takeover: the run fails, since its messages cannot be told apart from earlier ones', async (t) => {
    const place = await few.now().copy(t)
    const time = new Jumps()
    const { worker, backends, trainees } = await install(place, ['recommendation', 'connection'], time.alter)
    const { events } = worker.context
    const { workspaces, exceptionSource: exceptions } = backends
    const another = () =>
      createIntegrationService(syncContext(place.config, backends, events), {
        workspaces,
        exceptions,
        changes: null,
        schedule: null,
      })
    const taken = new Gate()
    await standIn(backends.broker, 'syncStart', async function* () {
      yield* trainees.rows.slice(0, 5)
      await taken.pass()
    })
    const first = another()
    await first.start()
    t.after(() => first.stop())
    const received = untilRows(worker, 5)
    const { ended } = await startRun(worker)
    await received
    await first.stop()
    const second = another()
    await second.start()
    t.after(() => second.stop())
    const run = await ended
    taken.open()
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'SENDER_STILL_SENDING'])
    assert.deepEqual(
      (await place.installation()).stillSending.map(({ stage }) => stage),
      ['trainees'],
    )
    assert.deepEqual(await place.documents(), few.now().former)
  })
})

test('a Java tcs gets one command, however long its first row takes, within a limit', async (t) => {
  const place = await Workplace.make(t, {
    ...SETTINGS,
    REVAL_JAVA_PEERS: 'tcs',
    REVAL_CLAIM_TIMEOUT_SECONDS: '1',
    REVAL_STALL_SECONDS: '8',
  })
  await place.loadSample()
  const { worker } = await install(place)
  let asked = 0
  worker.context.events.on('command.published', () => (asked += 1))
  const run = await runToEnd(worker)
  assert.deepEqual([run.failure?.code, asked], ['STAGE_UNCLAIMED', 1])
})
