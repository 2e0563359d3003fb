import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { listFailures } from '../../../src/sync/failures/find-failures.ts'
import { replayFailures } from '../../../src/sync/failures/replay.ts'
import { readDecisions } from '../../../src/sync/lead/failure-decisions.ts'
import { deadLettered, failing, ofLive, ofRun } from './failing.ts'

const ALL = { all: true } as const
const BY = { by: 'test', why: 'a test' }

describe('a replay', () => {
  test('refreshes the rows and removes what is done; what failed again, or has no keys, stays', async (t) => {
    const { stores, ledger, broker, asked, resync, clock } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1'), ofLive('gmc- 7654321'), ofLive('message 1 of a1'), ofRun('tcs-1')])
    await deadLettered(broker, 'traineeChanged', '[{"tcsPersonId":47},{"tcsPersonId":48}]')
    await deadLettered(broker, 'syncStart', 'x')
    const failed = [{ key: 'gmc-7654321', code: 'ROW_DATE_IMPOSSIBLE', reason: 'still' }] as const
    const replayed = await replayFailures(stores, ALL, { ...BY, resync: resync(failed) })
    assert.deepEqual(
      replayed.map(({ id, outcome, code }) => [id.replace(/(Changed|Start)\/.*/, '$1'), outcome, code]),
      [
        ['trainees/gmc- 7654321', 'failed', 'ROW_DATE_IMPOSSIBLE'],
        ['trainees/message 1 of a1', 'no keys', null],
        ['trainees/tcs-1', 'done', null],
        ['trainees/tcs-1', 'left to the run', null],
        ['syncStart', 'no keys', null],
        ['traineeChanged', 'done', null],
      ],
    )
    assert.deepEqual(asked, [{ keys: ['gmc- 7654321', 'tcs-1', 'tcs-47', 'tcs-48'], recommendations: [] }])
    const left = (await listFailures(stores, { place: null, code: null, limit: 10 })).failures
    assert.deepEqual(
      left.map(({ place, generation }) => [place, generation]),
      [
        ['trainees', 'live'],
        ['trainees', 'live'],
        ['trainees', 'in progress'],
        ['syncStart', null],
      ],
    )
    const [decision, ...none] = await readDecisions(ledger)
    assert.deepEqual(
      [decision?.action, decision?.by, decision?.why, decision?.at, none],
      ['replayed', 'test', 'a test', clock.now(), []],
    )
    assert.equal(decision?.what[0], 'trainees/tcs-1: ROW_DATE_IMPOSSIBLE')
    assert.equal(decision.what.length, 2)
  })

  test('of a recommendation’s id is a replay of its doctor', async (t) => {
    const { stores, broker, asked, resync } = await failing(t)
    await deadLettered(broker, 'recommendationChanged', '{"operationType":"delete","documentKey":{"_id":"r1"}}')
    const [{ outcome } = {}] = await replayFailures(stores, ALL, { ...BY, resync: resync() })
    assert.deepEqual([outcome, asked], ['done', [{ keys: [], recommendations: ['r1'] }]])
  })

  test('while a source is away removes nothing', async (t) => {
    const { stores, ledger } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1')])
    const away = () => Promise.reject(new RevalError('SOURCE_FAILED', 'away'))
    await assert.rejects(replayFailures(stores, ALL, { ...BY, resync: away }), { code: 'SOURCE_FAILED' })
    assert.equal(await ledger.countFailures('g-1'), 1)
    assert.deepEqual(await readDecisions(ledger), [])
  })

  test('of many failures refreshes some at a time', async (t) => {
    const { stores, ledger, asked, resync } = await failing(t)
    await ledger.addFailures(Array.from({ length: 1_100 }, (_, at) => ofLive(`tcs-${at}`)))
    assert.equal((await replayFailures(stores, ALL, { ...BY, resync: resync() })).length, 1_100)
    assert.deepEqual(
      asked.map((scope) => ('keys' in scope ? scope.keys.length : 0)),
      [500, 500, 100],
    )
    assert.equal(await ledger.countFailures('g-1'), 0)
  })

  test('of an unknown id, or of none, asks for nothing', async (t) => {
    const { stores, asked, resync } = await failing(t)
    await assert.rejects(replayFailures(stores, { ids: ['trainees/tcs-1'] }, { ...BY, resync: resync() }), {
      code: 'FAILURE_UNKNOWN',
    })
    assert.deepEqual(await replayFailures(stores, { code: 'ROW_KEY_MISSING' }, { ...BY, resync: resync() }), [])
    assert.deepEqual(asked, [])
  })
})
