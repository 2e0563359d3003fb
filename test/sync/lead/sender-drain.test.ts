import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Installation, StillSending } from '../../../src/ports/run-ledger.ts'
import { SenderDrain } from '../../../src/sync/lead/sender-drain.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { Inbox, messageOf } from '../../contract/broker/inbox.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS } from '../a-context.ts'
import { aRun } from '../examples.ts'

const QUIET_MS = 1_000
const TRAINEES: StillSending = { stage: 'trainees', run: 'run-0', since: 1, hasEnded: false }
const DOCTORS: StillSending = { ...TRAINEES, stage: 'doctors' }

async function draining(t: TestContext, stillSending: readonly StillSending[], before: Partial<Installation> = {}) {
  const clock = new ManualClock()
  const ledger = await ledgerFor(t)
  await changeInstallation(ledger, (known) => ({ ...known, term: 1, stillSending, ...before }))
  const broker = brokerFor(t, clock)
  const settings = { ...SETTINGS, quietMs: QUIET_MS }
  // The index store has no part in this.
  const context = {
    ...aContext({ clock, ledger, broker, settings, store: {} as never }),
    term: 1,
    guard: () => undefined,
  }
  const drain = new SenderDrain(context)
  const look = async () => drain.check(await readInstallation(ledger))
  const stages = async () => (await readInstallation(ledger)).stillSending.map(({ stage }) => stage)
  return { clock, broker, drain, look, stages, ledger }
}

describe('messages without headers between two runs', () => {
  test('are consumed if the sender of their stage may still be sending, and belong to no run', async (t) => {
    const { drain } = await draining(t, [DOCTORS])
    const taking = await drain.targetFor('doctors')
    assert.equal(taking?.belongsToRun, false)
    assert.equal((await drain.targetFor('doctors'))?.sender, taking.sender)
    assert.equal(await drain.targetFor('trainees'), null)
  })

  test('are not consumed while a run is in progress', async (t) => {
    const { drain } = await draining(t, [DOCTORS], { currentRun: aRun() })
    assert.equal(await drain.targetFor('doctors'), null)
  })
})

describe('a sender that may still be sending', () => {
  test('blocks new runs until its end message arrives', async (t) => {
    const { clock, look, stages } = await draining(t, [TRAINEES])
    await look()
    await clock.advance(3_600_000)
    await look()
    assert.deepEqual(await stages(), ['trainees'])
  })

  test('is finished once its end message arrived and its queue has been quiet for a while', async (t) => {
    const { clock, drain, look, stages, ledger } = await draining(t, [TRAINEES, DOCTORS])
    await drain.ended('doctors')
    assert.deepEqual((await readInstallation(ledger)).stillSending, [TRAINEES, { ...DOCTORS, hasEnded: true }])
    await look()
    await clock.advance(QUIET_MS - 1)
    await look()
    assert.deepEqual(await stages(), ['trainees', 'doctors'])
    await clock.advance(1)
    await look()
    assert.deepEqual(await stages(), ['trainees'])
  })

  test('is not finished while its queue has messages, waiting or in flight', async (t) => {
    const { clock, broker, look, stages } = await draining(t, [{ ...DOCTORS, hasEnded: true }])
    await broker.publish('doctorData', messageOf('late'))
    await look()
    await clock.advance(QUIET_MS)
    await look()
    const delivery = await (await Inbox.open(broker, 'doctorData')).take()
    await clock.advance(QUIET_MS)
    await look()
    assert.deepEqual(await stages(), ['doctors'])
    await delivery.acknowledge()
    await clock.advance(QUIET_MS - 1)
    await look()
    assert.deepEqual(await stages(), ['doctors'])
    await clock.advance(1)
    await look()
    assert.deepEqual(await stages(), [])
  })

  test('is not finished while one of its messages is being processed', async (t) => {
    const { clock, drain, look, stages } = await draining(t, [{ ...DOCTORS, hasEnded: true }])
    const taking = await drain.targetFor('doctors')
    taking?.sender.received()
    await clock.advance(QUIET_MS * 2)
    await look()
    taking?.sender.done()
    await clock.advance(QUIET_MS - 1)
    await look()
    assert.deepEqual(await stages(), ['doctors'])
    await clock.advance(1)
    await look()
    assert.deepEqual(await stages(), [])
  })
})
