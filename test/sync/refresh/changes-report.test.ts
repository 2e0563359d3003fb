import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { changesView } from '../../../src/app/changes-view.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { CHANGES } from '../../../src/ports/changes.ts'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'
import { RefreshRate } from '../../../src/sync/refresh/refresh-rate.ts'
import { changing, traineeOf } from './changing.ts'

const AWAY = new RevalError('SOURCE_FAILED', 'the source is away', { transient: true })

async function statusIn(ledger: RunLedger) {
  return (await ledger.read('changes', CHANGES))?.value ?? assert.fail('nothing was saved')
}

describe('how far live changes are', () => {
  test('is saved at most once a second, and only if it changed', async (t) => {
    const { send, start, log, clock, ledger } = await changing(t)
    start()
    await send('traineeChanged', [traineeOf(1), traineeOf(2)])
    await log.until('refreshed 1 messages, 2 keys')
    await clock.advance(1_000)
    const saved = await ledger.read('changes', CHANGES)
    assert.deepEqual(saved?.value.channels.traineeChanged, {
      waiting: 0,
      oldestAt: null,
      refreshed: 1,
      deadLettered: 0,
      lastRefreshedAt: Date.UTC(2026, 5, 1, 12),
      isBehind: false,
    })
    assert.equal(saved.value.perSecond, 2)
    await clock.advance(10_000)
    assert.equal((await ledger.read('changes', CHANGES))?.revision, saved.revision)
  })

  test('says why changes are not applied, and how old the oldest is; a channel is behind once, and recovers once', async (t) => {
    let isAway = true
    const { send, start, log, clock, ledger } = await changing(t, { ofSources: () => (isAway ? AWAY : null) })
    await send('traineeChanged', traineeOf(1))
    start()
    await log.until('warning: refreshing changes: SOURCE_FAILED')
    await clock.advance(60_000)
    assert.equal(log.entries.includes('behind: traineeChanged'), false)
    await clock.advance(10_000)
    await log.until('behind: traineeChanged')
    const status = await statusIn(ledger)
    assert.deepEqual(status.paused, { code: 'SOURCE_FAILED', reason: 'the source is away' })
    const { waiting, oldestSeconds, channels } = changesView(status, clock.now())
    assert.deepEqual([waiting, oldestSeconds, channels[0]?.isBehind], [1, 70, true])
    isAway = false
    await clock.advance(10_000)
    await log.until('recovered: traineeChanged')
    assert.deepEqual((await statusIn(ledger)).paused, null)
    assert.equal(log.entries.filter((entry) => entry === 'behind: traineeChanged').length, 1)
  })

  test('is not paused by a message that was put aside, whatever held it up before', async (t) => {
    let isAway = true
    const ofSources = () => (isAway ? AWAY : null)
    const ofGeneration = (keys: readonly string[]) =>
      keys.includes('person 13') ? new RevalError('INTERNAL', 'an unexpected person') : null
    const { send, start, log, clock, ledger } = await changing(t, { ofSources, ofGeneration })
    await send('traineeChanged', traineeOf(13))
    start()
    await log.until('warning: refreshing changes: SOURCE_FAILED')
    isAway = false
    await clock.advance(5_000)
    await log.until('dead letter of traineeChanged: INTERNAL')
    await clock.advance(5_000)
    const { paused, channels } = await statusIn(ledger)
    assert.deepEqual([paused, channels.traineeChanged.deadLettered], [null, 1])
  })

  test('counts dead letters', async (t) => {
    const { send, start, log, clock, ledger } = await changing(t)
    start()
    await send('doctorChanged', 'not JSON')
    await log.until('dead letter of doctorChanged: MESSAGE_NOT_JSON')
    await clock.advance(1_000)
    assert.equal((await statusIn(ledger)).channels.doctorChanged.deadLettered, 1)
  })
})

test('a message that could not be moved to the dead letters is not counted as one', async (t) => {
  let isAway = true
  const { send, start, log, clock, ledger } = await changing(t, {
    broker: {
      consume: (own) => (queue, options, handler) =>
        own(queue, options, (delivery) =>
          handler({
            ...delivery,
            deadLetter: async (code, reason) => {
              if (!isAway) return delivery.deadLetter(code, reason)
              await delivery.giveBack()
              throw new RevalError('BROKER_FAILED', 'no dead letter queue')
            },
          }),
        ),
    },
  })
  start()
  await send('doctorChanged', 'not JSON')
  await log.until('warning: refusing a message of doctorChanged: BROKER_FAILED')
  isAway = false
  await log.until('dead letter of doctorChanged: MESSAGE_NOT_JSON')
  await clock.advance(1_000)
  assert.equal((await statusIn(ledger)).channels.doctorChanged.deadLettered, 1)
})

test('the rate is that of the last minute in which there were any', () => {
  const rate = new RefreshRate()
  assert.equal(rate.perSecond, 0)
  rate.add(100, 30)
  rate.add(900, 30)
  assert.equal(rate.perSecond, 60)
  rate.add(1_500, 60)
  assert.equal(rate.perSecond, 60)
  rate.add(90_000, 5)
  assert.equal(rate.perSecond, 5)
})
