import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import type { Broker, OutgoingMessage, Queue, Route } from '../../../src/ports/broker.ts'
import type { SendWithoutRun } from '../../../src/ports/processes.ts'
import type { FailedRow } from '../../../src/ports/run-ledger.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import { Inbox, within } from '../../contract/broker/inbox.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading } from '../../faults/held-backends.ts'
import { bytes, textOf } from '../../messages/bodies.ts'
import { withTextDates } from '../../messages/captures.ts'
import { replacedFew } from './replaced-few.ts'
import { referenceMessages, type Sent } from './reference-services.ts'
import { startRun, until, Workplace, type Owner } from './workplace.ts'

const few = replacedFew()

interface Installed {
  readonly place: Workplace
  readonly worker: Worker
  readonly broker: Broker
  readonly trainees: Sent
  readonly doctors: Sent
}

/** Our tcs, recommendation and connection, where an integration of the reference leads. */
async function install(t: Owner, alter: (backends: WorkerBackends) => WorkerBackends = (same) => same) {
  const place = await Workplace.make(t)
  await place.loadFew()
  return start(place, alter)
}

async function start(
  place: Workplace,
  alter: (backends: WorkerBackends) => WorkerBackends = (same) => same,
): Promise<Installed> {
  let opened: WorkerBackends | null = null
  const worker = await place.start((backends) => alter((opened = backends)), createRunEvents(), [
    'tcs',
    'recommendation',
    'connection',
  ])
  assert.ok(opened)
  const { broker } = worker.context
  return { place, worker, broker, ...(await referenceMessages(opened, place.config)) }
}

/** Takes what comes on a queue, and resolves once so many end messages have come. */
async function untilEnds(broker: Broker, queue: Queue, ends: number): Promise<OutgoingMessage[]> {
  const came: OutgoingMessage[] = []
  const all = Promise.withResolvers<undefined>()
  let left = ends
  const consumer = await broker.consume(queue, { prefetch: 1, onTrouble: all.reject }, async (delivery) => {
    await delivery.acknowledge()
    came.push({ body: delivery.body, attributes: delivery.attributes })
    if (/"syncEnd":true/.test(textOf(delivery.body)) && (left -= 1) === 0) all.resolve(undefined)
  })
  await all.promise
  await consumer.stop()
  return came
}

const command = (broker: Broker, route: Route, body: string) =>
  broker.publish(route, { body: bytes(body), attributes: {} })

async function untilTaken(broker: Broker, queue: Queue): Promise<void> {
  await until(async () => {
    const { waiting, unacknowledged } = await broker.depth(queue)
    return waiting + unacknowledged === 0
  })
}

/** How the sends of a worker ended, in order. */
function endsOf(worker: Worker): SendWithoutRun[] {
  const ends: SendWithoutRun[] = []
  worker.context.events.on('send.ended', ({ send }) => ends.push(send))
  return ends
}

const TRAINEES_END =
  '{"tcsPersonId":null,"gmcReferenceNumber":null,"doctorFirstName":null,"doctorLastName":null,' +
  '"submissionDate":null,"programmeName":null,"programmeMembershipType":null,"designatedBody":null,' +
  '"tcsDesignatedBody":null,"programmeOwner":null,"connectionStatus":null,' +
  '"programmeMembershipStartDate":null,"programmeMembershipEndDate":null,"curriculumEndDate":null,' +
  '"dataSource":null,"syncEnd":true}'

/** The messages are the reference's own: these bodies, dates as text, and nothing of ours beside them. */
function assertSent(messages: readonly OutgoingMessage[], { rows }: Sent, end: string): void {
  assert.deepEqual(
    messages.map(({ body }) => textOf(body)),
    [...rows.map((row) => withTextDates(textOf(row))), end],
  )
  for (const { attributes } of messages) assert.deepEqual(attributes, {})
}

describe('a command of a Java integration service', { concurrency: 4 }, () => {
  for (const body of ['"syncStart"', 'syncStart']) {
    test(`${body}: tcs sends each trainee in its own message, and the end last`, async (t) => {
      const { broker, trainees } = await install(t)
      await command(broker, 'syncStart', body)
      assertSent(await untilEnds(broker, 'traineeData', 1), trainees, TRAINEES_END)
    })
  }

  test('replaces the send that an earlier one started, which sends no end message', async (t) => {
    const gate = new Gate()
    const { broker, worker, trainees } = await install(t, (backends) =>
      heldBeforeReading(backends, 'traineeSource', gate),
    )
    const ended = endsOf(worker)
    await command(broker, 'syncStart', '"syncStart"')
    await gate.reached
    await command(broker, 'syncStart', '"syncStart"')
    await untilTaken(broker, 'syncStart')
    gate.open()
    assertSent(await untilEnds(broker, 'traineeData', 1), trainees, TRAINEES_END)
    await until(() => Promise.resolve(ended.length === 2))
    assert.deepEqual(
      ended.map(({ state, rows, failure }) => [state, rows, failure]),
      [
        ['failed', 0, { code: 'SEND_UNFINISHED', reason: 'a newer command replaced this send' }],
        ['sent', trainees.rows.length, null],
      ],
    )
  })

  test('is answered with an end message only once every row is finished', async (t) => {
    const { broker, worker, trainees } = await install(t)
    const inbox = await Inbox.open(broker, 'traineeData', 1_000)
    const inQueue = new Map<number, PromiseWithResolvers<undefined>>()
    const whenInQueue = (rows: number) => {
      const known = inQueue.get(rows) ?? Promise.withResolvers<undefined>()
      inQueue.set(rows, known)
      return known
    }
    worker.context.events.on('send.progress', ({ send }) => {
      if (send.state === 'waiting') whenInQueue(send.inQueue ?? 0).resolve(undefined)
    })
    await command(broker, 'syncStart', '"syncStart"')
    const rows = await inbox.takeAll(trainees.rows.length)
    await within(whenInQueue(rows.length).promise, 'the wait for all rows')
    const [last, ...others] = rows
    for (const row of others) await row.acknowledge()
    await within(whenInQueue(1).promise, 'the wait for the last row')
    assert.equal(inbox.begun.length, rows.length)
    await last?.acknowledge()
    const end = await inbox.take()
    assert.equal(textOf(end.body), TRAINEES_END)
    await end.acknowledge()
  })

  test('is not answered with an end message by a tcs that stops meanwhile, and it says so', async (t) => {
    const { broker, worker, trainees } = await install(t)
    const ended = endsOf(worker)
    const waits = Promise.withResolvers<undefined>()
    worker.context.events.on('send.progress', ({ send }) => {
      if (send.state === 'waiting') waits.resolve(undefined)
    })
    const inbox = await Inbox.open(broker, 'traineeData', 1_000)
    await command(broker, 'syncStart', '"syncStart"')
    await inbox.takeAll(trainees.rows.length)
    await within(waits.promise, 'the wait for the rows')
    await worker.stop()
    assert.deepEqual(
      ended.map(({ state, failure }) => [state, failure]),
      [['failed', { code: 'SEND_UNFINISHED', reason: 'tcs is stopping' }]],
    )
    assert.equal(inbox.begun.length, trainees.rows.length)
  })

  test('is acknowledged before the source is read', async (t) => {
    const gate = new Gate()
    const { broker } = await install(t, (backends) => heldBeforeReading(backends, 'traineeSource', gate))
    await command(broker, 'syncStart', '"syncStart"')
    await gate.reached
    await untilTaken(broker, 'syncStart')
    gate.open()
    await untilEnds(broker, 'traineeData', 1)
  })

  test('a row that is invalid is logged, and not sent', async (t) => {
    const spoilt = (person: TcsPerson): TcsPerson =>
      person.personId === 6
        ? { ...person, memberships: person.memberships.map((each) => ({ ...each, programmeStartDate: '2020-02-30' })) }
        : person
    const { broker, worker, trainees } = await install(t, (backends) => ({
      ...backends,
      traineeSource: altered(backends.traineeSource, {
        snapshot: (own) => async () => {
          const snapshot = await own()
          return {
            edition: snapshot.edition,
            expected: snapshot.expected,
            batches: async function* (size) {
              for await (const batch of snapshot.batches(size)) yield batch.map(spoilt)
            },
            [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
          }
        },
      }),
    }))
    const failed: FailedRow[] = []
    worker.context.events.on('row.failed', ({ row }) => failed.push(row))
    await command(broker, 'syncStart', '"syncStart"')
    const received = await untilEnds(broker, 'traineeData', 1)
    const valid = trainees.rows.filter((row) => !textOf(row).includes('"tcsPersonId":6,'))
    assertSent(received, { ...trainees, rows: valid }, TRAINEES_END)
    assert.deepEqual(
      failed.map(({ run, key, code }) => [run, key, code]),
      [['none', 'tcs-6', 'ROW_DATE_IMPOSSIBLE']],
    )
  })

  test('gmcSyncStart: recommendation sends each doctor, where integration is a Java service by the settings', async (t) => {
    const place = await Workplace.make(t, { REVAL_JAVA_PEERS: 'integration' })
    await place.loadFew()
    const { broker, doctors } = await start(place)
    await command(broker, 'gmcSyncStart', '"gmcSyncStart"')
    assertSent(await untilEnds(broker, 'doctorData', 1), doctors, '{"payload":null,"syncEnd":true}')
    // The Java recommendation consumes this queue, and writes the list.
    await command(broker, 'getMaster', '"getMaster"')
    await until(async () => (await broker.depth('getMaster.recommendation')).waiting === 1)
  })

  test('to recommendation or connection is a dead letter, which says why', async (t) => {
    const { broker } = await install(t)
    await command(broker, 'gmcSyncStart', '"gmcSyncStart"')
    await command(broker, 'getMaster', '"getMaster"')
    for (const queue of ['gmcSyncStart', 'getMaster.recommendation', 'getMaster.connection'] as const) {
      await until(async () => (await broker.deadLetters(queue, 10)).length === 1)
      const [letter] = await broker.deadLetters(queue, 10)
      assert.equal(letter?.code, 'MESSAGE_PEER_UNSUPPORTED')
    }
  })
})

describe('a command that lost its run headers on the way', { concurrency: 2 }, () => {
  test('belongs to the run that is in its stage', async (t) => {
    const bare = ['syncStart', 'gmcSyncStart', 'getMaster']
    const place = await few.now().copy(t)
    const worker = await place.start((backends) => ({
      ...backends,
      broker: altered(backends.broker, {
        publish: (own) => (route, message, signal) =>
          own(route, bare.includes(route) ? { ...message, attributes: {} } : message, signal),
      }),
    }))
    const run = await (await startRun(worker)).ended
    assert.deepEqual([run.state, run.restarts, run.unproved], ['live', [], []], run.failure?.reason)
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })

  test('is refused if the run is in another stage', async (t) => {
    const place = await few.now().copy(t)
    const gate = new Gate()
    const worker = await place.start((backends) => heldBeforeReading(backends, 'traineeSource', gate))
    const { broker } = worker.context
    const { ended } = await startRun(worker)
    await gate.reached
    await command(broker, 'gmcSyncStart', '"gmcSyncStart"')
    await until(async () => (await broker.deadLetters('gmcSyncStart', 10)).length === 1)
    const [letter] = await broker.deadLetters('gmcSyncStart', 10)
    assert.equal(letter?.code, 'MESSAGE_WITHOUT_RUN')
    gate.open()
    assert.equal((await ended).state, 'live')
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })
})
