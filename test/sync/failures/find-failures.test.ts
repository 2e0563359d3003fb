import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findFailures, listFailures } from '../../../src/sync/failures/find-failures.ts'
import { showFailure } from '../../../src/sync/failures/show-failure.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { altered } from '../../faults/altered.ts'
import { deadLettered, failing, ofLive, ofRun } from './failing.ts'

const ALL = { place: null, code: null, limit: 100 }

describe('the list of failures', () => {
  test('has the failed rows of live and of the run in progress, then dead letters, without their values', async (t) => {
    const { stores, ledger, broker, clock } = await failing(t)
    const reason = 'dateFrom: "Smith" is not a valid date (YYYY-MM-DD)'
    await ledger.addFailures([
      ofLive('tcs-1', { reason, at: 5 }),
      ofLive('message 1 of a1', { code: 'MESSAGE_NOT_JSON', reason: 'body: no JSON', at: null }),
      ofRun('gmc-7654321', { stage: 'doctors' }),
      ofLive('tcs-2', { generation: 'g-0' }),
    ])
    await deadLettered(broker, 'traineeChanged', '{"tcsPersonId":47,"doctorLastName":"Smith"}')
    const { total, failures } = await listFailures(stores, ALL)
    assert.equal(total, 4)
    assert.doesNotMatch(JSON.stringify(failures), /Smith/)
    assert.deepEqual(failures.slice(0, 3), [
      {
        id: 'trainees/message 1 of a1',
        place: 'trainees',
        generation: 'live',
        at: null,
        code: 'MESSAGE_NOT_JSON',
        reason: 'body: no JSON',
        keys: [],
      },
      {
        id: 'trainees/tcs-1',
        place: 'trainees',
        generation: 'live',
        at: 5,
        code: 'ROW_DATE_IMPOSSIBLE',
        reason: 'dateFrom: "…" is not a valid date (YYYY-MM-DD)',
        keys: ['tcs-1'],
      },
      {
        id: 'doctors/gmc-7654321',
        place: 'doctors',
        generation: 'in progress',
        at: 1_700_000_000_000,
        code: 'ROW_DATE_IMPOSSIBLE',
        reason: 'of gmc-7654321',
        keys: ['gmc-7654321'],
      },
    ])
    const { id = '', ...letter } = failures[3] ?? {}
    assert.match(id, /^traineeChanged\/./)
    assert.deepEqual(letter, {
      place: 'traineeChanged',
      generation: null,
      at: clock.now(),
      code: 'MESSAGE_INVALID',
      reason: 'body: got "…"',
      keys: ['tcs-47'],
    })
  })

  test('can be limited to a place and a code; the limit leaves the count', async (t) => {
    const { stores, ledger, broker } = await failing(t)
    await ledger.addFailures([
      ofLive('tcs-1'),
      ofLive('tcs-2', { stage: 'refresh' }),
      ofLive('tcs-3', { code: 'ROW_KEY_MISSING' }),
    ])
    await deadLettered(broker, 'syncStart', 'x')
    const ids = async (some: Partial<typeof ALL> | { place: string } | { code: string }) => {
      const { total, failures } = await listFailures(stores, { ...ALL, ...some })
      return [total, ...failures.map(({ id }) => id)]
    }
    assert.deepEqual(await ids({ place: 'refresh' }), [1, 'refresh/tcs-2'])
    assert.deepEqual(await ids({ code: 'ROW_KEY_MISSING' }), [1, 'trainees/tcs-3'])
    assert.equal((await ids({ place: 'syncStart' }))[0], 1)
    assert.deepEqual(await ids({ limit: 1 }), [4, 'refresh/tcs-2'])
  })

  test('has no dead letters where they are out of reach, nor of queues that do not exist', async (t) => {
    const { stores, ledger, broker } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1')])
    await deadLettered(broker, 'syncStart', 'x')
    assert.equal((await listFailures({ ...stores, broker: null }, ALL)).total, 1)
    const missing = altered(broker, {
      eachDeadLetter: (own) => (queue, visit) =>
        queue === 'doctorData' ? Promise.reject(new RevalError('QUEUE_MISSING', 'none')) : own(queue, visit),
    })
    assert.equal((await listFailures({ ...stores, broker: missing }, ALL)).total, 2)
    const away = altered(broker, {
      eachDeadLetter: () => () => Promise.reject(new RevalError('BROKER_FAILED', 'away')),
    })
    await assert.rejects(listFailures({ ...stores, broker: away }, ALL), { code: 'BROKER_FAILED' })
  })
})

test('dead letters are listed, shown and found however many there are, oldest first', async (t) => {
  const { stores, broker, clock } = await failing(t)
  const COUNT = 700
  for (let at = 0; at < COUNT; at += 1) {
    await deadLettered(broker, 'traineeChanged', `{"x":${at}}`)
    await clock.advance(1)
  }
  const { total, failures } = await listFailures(stores, { place: null, code: null, limit: COUNT })
  assert.equal(total, COUNT)
  const times = failures.map(({ at }) => at ?? 0)
  assert.deepEqual(times, times.toSorted())
  const last = failures.at(-1)?.id ?? ''
  assert.match((await showFailure(stores, last, { unmasked: true })).message?.body ?? '', /699/)
  assert.equal((await findFailures(stores, { all: true })).length, COUNT)
})

test('failures are found by id, by code, or all; an unknown id is an error', async (t) => {
  const { stores, ledger } = await failing(t)
  await ledger.addFailures([ofLive('tcs-1'), ofRun('tcs-1'), ofLive('tcs-2', { code: 'ROW_KEY_MISSING' })])
  const ids = async (selection: Parameters<typeof findFailures>[1]) =>
    (await findFailures(stores, selection)).map(({ listed }) => `${listed.id} ${listed.generation}`)
  assert.deepEqual(await ids({ ids: ['trainees/tcs-1'] }), ['trainees/tcs-1 live', 'trainees/tcs-1 in progress'])
  assert.deepEqual(await ids({ code: 'ROW_KEY_MISSING' }), ['trainees/tcs-2 live'])
  assert.equal((await ids({ all: true })).length, 3)
  assert.deepEqual(await ids({ code: 'NONE' }), [])
  await assert.rejects(ids({ ids: ['trainees/tcs-1', 'doctors/tcs-1'] }), {
    code: 'FAILURE_UNKNOWN',
    message: /doctors\/tcs-1/,
  })
})

describe('a shown failure', () => {
  test('has the values of its reason only if they are asked for', async (t) => {
    const { stores, ledger } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1', { reason: 'admin: got "Smith"' })])
    const shown = (unmasked: boolean) => showFailure(stores, 'trainees/tcs-1', { unmasked })
    assert.deepEqual([(await shown(false)).reason, (await shown(false)).message], ['admin: got "…"', null])
    assert.equal((await shown(true)).reason, 'admin: got "Smith"')
    for (const id of ['trainees/tcs-2', 'traineeChanged/none', 'nonsense', '']) {
      await assert.rejects(showFailure(stores, id, { unmasked: false }), { code: 'FAILURE_UNKNOWN' })
    }
  })

  test('has the message of a dead letter, its values masked unless they are asked for', async (t) => {
    const { stores, broker } = await failing(t)
    const body = '{"tcsPersonId":47,"doctorLastName":"Smith"}'
    await deadLettered(broker, 'traineeChanged', body)
    const [id = ''] = (await listFailures(stores, ALL)).failures.map((each) => each.id)
    const masked = await showFailure(stores, id, { unmasked: false })
    assert.deepEqual(JSON.parse(masked.message?.body ?? ''), { tcsPersonId: 47, doctorLastName: '(text)' })
    const unmasked = await showFailure(stores, id, { unmasked: true })
    assert.deepEqual([unmasked.message?.body, unmasked.reason], [body, 'body: got "Smith"'])
  })
})
