import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { liveListsFinding } from '../../../src/app/health/live-lists.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { OutgoingMessage } from '../../../src/ports/broker.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { quickClock } from '../../clock/quick-clock.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { heldOnceStored } from '../../faults/held-backends.ts'
import { bytes, textOf } from '../../messages/bodies.ts'
import { announceAll } from './announced.ts'
import { referenceMessages, standIn, type Bodies, type Sent } from './reference-services.ts'
import { replacedFew } from './replaced-few.ts'
import { ask, runToEnd, startRun, UNJUDGED, until, Workplace, type Owner } from './workplace.ts'

const BESIDE_CONNECTION = { ...UNJUDGED, REVAL_JAVA_PEERS: 'connection', REVAL_LISTS: 'tables' }
const BESIDE_RECOMMENDATION = { REVAL_JAVA_PEERS: 'recommendation', REVAL_LISTS: 'tables', REVAL_QUIET_SECONDS: '1' }
const quick = (backends: WorkerBackends): WorkerBackends => ({ ...backends, clock: quickClock(backends.clock, 10) })
const few = replacedFew()

/** The changed rows that are announced, in order, each with the number of runs that had gone live by then. */
function announcedOf(backends: WorkerBackends, runs: () => number) {
  const announced: { readonly id: string; readonly reason: unknown; readonly name: unknown; readonly runs: number }[] =
    []
  const broker = altered(backends.broker, {
    publish: (own) => (route, message, signal) => {
      if (route === 'masterRowChanged') {
        const { id, exceptionReason, doctorLastName } = JSON.parse(textOf(message.body)) as Record<string, unknown>
        announced.push({ id: String(id), reason: exceptionReason, name: doctorLastName, runs: runs() })
      }
      return own(route, message, signal)
    },
  })
  return { announced, backends: { ...backends, broker } }
}

/** What `reval config check` says of the lists that are live. */
const liveLists = async ({ config }: Workplace) => (await liveListsFinding(config)).map(({ status }) => status)

describe('beside a Java connection', () => {
  test('what changed during a run is announced once more when it is live, with its reason', async (t) => {
    const place = await Workplace.make(t, BESIDE_CONNECTION)
    await place.loadFew()
    const gate = new Gate()
    const events = createRunEvents()
    let runs = 0
    let live = 0
    events.on('run.pickedUp', () => (runs += 1))
    events.on('aliases.changed', () => (live += 1))
    let announced: ReturnType<typeof announcedOf>['announced'] = []
    const worker = await place.start(
      (own) => {
        const watched = announcedOf(own, () => live)
        announced = watched.announced
        const held = heldOnceStored(watched.backends, 'lists', gate)
        const save: WorkerBackends['ledger']['save'] = (...values) =>
          (runs === 2 ? held : watched.backends).ledger.save(...values)
        return { ...watched.backends, ledger: altered(own.ledger, { save: () => save }) }
      },
      events,
      ['integration', 'tcs', 'recommendation'],
    )
    assert.equal((await runToEnd(worker)).state, 'live')
    const { ended } = await startRun(worker)
    await gate.reached
    await place.loadFew({ label: 'changed' })
    await announceAll(worker)
    const during = announced.filter((each) => each.runs === 1)
    assert.ok(during.length >= 25 && during.every(({ name }) => name === 'changed'))
    gate.open()
    const run = await ended
    assert.equal(run.state, 'live', run.failure?.reason)
    const rows = [...new Set(during.map(({ id }) => id))].sort()
    const again = () => announced.filter((each) => each.runs === 2)
    await until(() => Promise.resolve(new Set(again().map(({ id }) => id)).size === rows.length))
    assert.deepEqual([...new Set(again().map(({ id }) => id))].sort(), rows)
    assert.equal(again().find(({ id }) => id === 'tcs-1')?.reason, 'reason changed')
    assert.equal(again().find(({ id }) => id === 'tcs-5')?.reason, null)
  })

  test('nothing is announced while live still has views, and nothing rolls back to them', async (t) => {
    const place = await few.now().copy(t, BESIDE_CONNECTION)
    let announced: ReturnType<typeof announcedOf>['announced'] = []
    const worker = await place.start(
      (own) => {
        const watched = announcedOf(own, () => 0)
        announced = watched.announced
        return watched.backends
      },
      createRunEvents(),
      ['integration', 'tcs', 'recommendation'],
    )
    await announceAll(worker)
    assert.deepEqual([announced, await place.documents()], [[], few.now().undisturbed])
    assert.deepEqual(await liveLists(place), ['fail'])
    assert.equal((await runToEnd(worker)).state, 'live')
    await assert.rejects(ask(worker, 'rollback'), { code: 'GENERATION_HAS_VIEWS' })
    assert.deepEqual(await place.documents(), few.now().undisturbed)
    assert.deepEqual(await liveLists(place), ['ok'])
    await place.loadFew({ label: 'changed' })
    await announceAll(worker)
    assert.ok(announced.length > 0)
  })

  test('a preview with views, held back since before the settings changed, is not promoted', async (t) => {
    const place = await few.now().copy(t)
    const first = await place.start()
    const { id, state } = await runToEnd(first, undefined, { purpose: 'preview' })
    assert.equal(state, 'held back')
    await first.stop()
    const beside = await Workplace.copyOf(t, place, BESIDE_CONNECTION)
    const worker = await beside.start()
    await assert.rejects(ask(worker, 'promote', id), { code: 'GENERATION_HAS_VIEWS' })
    assert.deepEqual(await beside.documents(), few.now().former)
  })

  test('a run that was going live with views when the settings changed fails', async (t) => {
    const place = await few.now().copy(t)
    const away = () => Promise.reject(new RevalError('STORE_FAILED', 'the engine is away', { transient: true }))
    const first = await place.start((own) => ({ ...own, store: altered(own.store, { promote: () => away }) }))
    const { id, ended } = await startRun(first)
    ended.catch(() => undefined)
    const runIn = async ({ context: { ledger } }: Worker) => (await ledger.read('run', id))?.value
    await until(async () => (await runIn(first))?.state === 'promoting')
    await first.stop()
    const beside = await Workplace.copyOf(t, place, BESIDE_CONNECTION)
    const worker = await beside.start()
    await until(async () => ((await runIn(worker))?.finishedAt ?? null) !== null)
    const run = await runIn(worker)
    assert.deepEqual([run?.state, run?.failure?.code], ['failed', 'GENERATION_HAS_VIEWS'])
    assert.deepEqual(await beside.documents(), few.now().former)
  })
})

/** What a Java recommendation sends, as captured from one. */
const CAPTURED: readonly OutgoingMessage[] = readFileSync(
  new URL('../../fixtures/java/doctors.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { readonly body: string; readonly attributes: Readonly<Record<string, string>> })
  .map(({ body, attributes }) => ({ body: bytes(body), attributes }))

/** Few rows, with a stand-in for a Java recommendation. */
async function besideRecommendation(t: Owner, bodies: (sent: Sent) => Bodies, settings = {}) {
  const place = await few.now().copy(t, { ...BESIDE_RECOMMENDATION, ...settings })
  let opened: WorkerBackends | null = null
  const worker = await place.start((own) => (opened = quick(own)), createRunEvents(), [
    'integration',
    'tcs',
    'connection',
  ])
  assert.ok(opened)
  const { doctors } = await referenceMessages(opened, place.config)
  const { broker } = worker.context
  await standIn(broker, 'gmcSyncStart', () => bodies(doctors))
  return { place, worker, broker, doctors }
}

describe('a Java recommendation', { concurrency: 4 }, () => {
  for (const [what, bodies] of [
    ['whose doctors all arrive twice', ({ rows, end }: Sent) => [...rows, ...rows, end, end]],
    ['whose end message arrives first', ({ rows, end }: Sent) => [end, ...rows]],
  ] as const) {
    test(`${what}: each row exists once, and the run goes live`, async (t) => {
      const { place, worker } = await besideRecommendation(t, bodies)
      const run = await runToEnd(worker)
      assert.deepEqual([run.state, run.unproved], ['live', ['doctors']], run.failure?.reason)
      assert.deepEqual(await place.documents(), few.now().undisturbed)
    })
  }

  test('that sends fewer doctors than the limit allows: the run is held back', async (t) => {
    const { place, worker } = await besideRecommendation(t, ({ rows, end }) => [...rows.slice(0, -1), end])
    const { state, failure } = await runToEnd(worker)
    assert.deepEqual([state, failure?.code], ['held back', 'CHECK_UNPROVED'])
    assert.deepEqual(await place.documents(), few.now().former)
  })

  test('is sent its command once, and its doctors are received as captured, with its attributes', async (t) => {
    const { worker, broker } = await besideRecommendation(t, () => [], UNJUDGED)
    const commands: string[] = []
    worker.context.events.on('command.published', ({ stage }) => commands.push(stage))
    worker.context.events.on('command.published', ({ stage }) => {
      if (stage === 'doctors') void Promise.all(CAPTURED.map((message) => broker.publish('doctorData', message)))
    })
    const run = await runToEnd(worker)
    assert.deepEqual(commands, ['trainees', 'doctors'])
    const { received } = run.evidence?.stages?.doctors ?? {}
    assert.deepEqual([received?.rows, received?.failedRows], [CAPTURED.length - 1, 0])
    // Far fewer than before: that is not proved.
    assert.deepEqual([run.state, run.failure?.code], ['held back', 'CHECK_UNPROVED'])
  })

  test('what it sends after the run is late: it counts for no run', async (t) => {
    const { place, worker, broker, doctors } = await besideRecommendation(t, ({ rows, end }) => [...rows, end])
    assert.equal((await runToEnd(worker)).state, 'live')
    const [late = bytes('')] = doctors.rows
    await broker.publish('doctorData', { body: late, attributes: {} })
    await until(async () => (await broker.deadLetters('doctorData', 10)).length === 1)
    const [letter] = await broker.deadLetters('doctorData', 10)
    assert.equal(letter?.code, 'MESSAGE_WITHOUT_RUN')
    assert.deepEqual(await place.documents(), few.now().undisturbed)
    assert.equal((await runToEnd(worker)).state, 'live')
  })
})
