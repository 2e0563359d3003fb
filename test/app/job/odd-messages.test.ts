import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeHeaders } from '../../../src/messages/headers.ts'
import { encodeTrainees } from '../../../src/messages/trainee.ts'
import type { Broker, OutgoingMessage, Route } from '../../../src/ports/broker.ts'
import type { Claim } from '../../../src/ports/run-ledger.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import { AlteringBroker } from '../../faults/altering-broker.ts'
import { ask, expectedDocuments, runToEnd, Workplace } from './workplace.ts'

const NOBODY: Trainee = {
  tcsPersonId: 999_999,
  gmcReferenceNumber: '7999999',
  doctorFirstName: 'Nobody',
  doctorLastName: null,
  programmeName: null,
  programmeMembershipType: null,
  tcsDesignatedBody: null,
  programmeOwner: null,
  programmeMembershipStartDate: null,
  programmeMembershipEndDate: null,
  curriculumEndDate: null,
  placementGrade: null,
}

test('messages of another run, attempt or generation, or of none, change nothing', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const worker = await place.start()
  const { broker, events } = worker.context
  const body = encodeTrainees([NOBODY])
  const sending: Promise<void>[] = []
  events.on('claim.made', ({ claim }: { claim: Claim }) => {
    if (claim.stage !== 'trainees') return
    const own = { kind: 'data', ...claim, sequence: 1, rows: 1, digest: null } as const
    for (const headers of [
      { ...own, attempt: 'another' },
      { ...own, generation: 'another' },
      { ...own, run: 'another' },
    ]) {
      sending.push(broker.publish('traineeData', { body, attributes: encodeHeaders(headers) }))
    }
    sending.push(broker.publish('traineeData', { body, attributes: {} }))
  })
  const run = await runToEnd(worker)
  await Promise.all(sending)
  assert.equal(run.state, 'live', run.failure?.reason)
  assert.deepEqual(await place.documents(), expectedDocuments())
  assert.equal(run.stages.trainees?.lateMessages, 2)
  const letters = await broker.deadLetters('traineeData', 10)
  assert.deepEqual(
    letters.map(({ code }) => code),
    ['MESSAGE_WITHOUT_RUN'],
  )
})

test('a message that is not JSON is a dead letter, its rows count as failed, and the run is held back', async (t) => {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '100' })
  await place.loadSample()
  const worker = await place.start((backends) => ({
    ...backends,
    broker: new AlteringBroker(backends.broker, 'doctorData', 3, () => Buffer.from('{"payload":')),
  }))
  const run = await runToEnd(worker)
  assert.equal(run.failure?.code, 'CHECK_FAILED_ROWS')
  assert.equal(run.stages.doctors?.failedRows, 100)
  const [letter] = await worker.context.broker.deadLetters('doctorData', 10)
  assert.equal(letter?.code, 'MESSAGE_NOT_JSON')
  const [failure] = await worker.context.ledger.failures(run.generation ?? '', 10)
  assert.equal(failure?.code, 'MESSAGE_NOT_JSON')
  assert.match(failure.key, /^message 3 of /)
  assert.equal(await worker.context.store.liveAliases(), null)
})

for (const accepted of [0, 1]) {
  test(`an invalid row is a failure with its key, and ${accepted === 0 ? 'holds the run back' : 'is accepted by setting'}`, async (t) => {
    const place = await Workplace.make(t, { REVAL_CHECK_ACCEPT_FAILURES: String(accepted) })
    await place.loadSample()
    const worker = await place.start((backends) => ({
      ...backends,
      broker: new AlteringBroker(backends.broker, 'doctorData', 1, (body) =>
        Buffer.from(
          Buffer.from(body)
            .toString()
            .replace(/"underNotice":"\w+"/, '"underNotice":"PERHAPS"'),
        ),
      ),
    }))
    const run = await runToEnd(worker)
    const failures = await worker.context.ledger.failures(run.generation ?? '', 10)
    assert.equal(failures.length, 1)
    assert.match(failures[0]?.key ?? '', /^gmc-\d{7}$/)
    assert.equal(failures[0]?.code, 'ROW_VALUE_UNKNOWN')
    assert.match(failures[0].reason, /PERHAPS/)
    if (accepted === 0) assert.equal(run.failure?.code, 'CHECK_FAILED_ROWS')
    else assert.equal(run.state, 'live', run.failure?.reason)
  })
}

test('a row that also failed in the live run holds nothing back', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const spoilt = (body: Uint8Array) =>
    Buffer.from(
      Buffer.from(body)
        .toString()
        .replace(/"underNotice":"\w+"/, '"underNotice":"PERHAPS"'),
    )
  const worker = await place.start((backends) => ({
    ...backends,
    // The first message of doctors in each of the runs.
    broker: new AlteringBroker(backends.broker, 'doctorData', 1, spoilt),
  }))
  const first = await runToEnd(worker)
  assert.equal(first.failure?.code, 'CHECK_FAILED_ROWS')
  await ask(worker, 'promote', first.id)
  const second = await runToEnd(worker)
  assert.equal(second.state, 'live', second.failure?.reason)
  assert.equal(await worker.context.ledger.countFailures(second.generation ?? ''), 1)
})

test('a tcs process of another version, with digests of its own and without the newest field, serves a run', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const worker = await place.start((backends) => ({ ...backends, broker: new OlderTcs(backends.broker) }))
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live', run.failure?.reason)
  const { digests } = run.evidence ?? {}
  assert.ok((digests?.skipped ?? 0) >= 1, 'digests of the other version are not compared')
  assert.ok((digests?.compared ?? 0) >= 1, 'those of the doctors are')
  assert.equal(digests?.different, 0)
})

/** Sends trainees as a version did that knew no `placementGrade`. */
class OlderTcs extends AlteringBroker {
  constructor(broker: Broker) {
    super(broker, 'traineeData', 0, (body) => body)
  }

  override publish(route: Route, { body, attributes }: OutgoingMessage, signal?: AbortSignal): Promise<void> {
    if (route !== 'traineeData' || attributes['reval-kind'] !== 'data')
      return super.publish(route, { body, attributes }, signal)
    const older = Buffer.from(body)
      .toString()
      .replace(/,"placementGrade":"[^"]*"/g, '')
    const digest = `1-${'0'.repeat(32)}`
    return super.publish(
      route,
      { body: Buffer.from(older), attributes: { ...attributes, 'reval-digest': digest } },
      signal,
    )
  }
}
