import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { discardFailures } from '../../../src/sync/failures/discard.ts'
import { listFailures } from '../../../src/sync/failures/find-failures.ts'
import { readDecisions, recordDecision } from '../../../src/sync/lead/failure-decisions.ts'
import { countNewFailures } from '../../../src/sync/lead/new-failures.ts'
import { deadLettered, failing, ofLive, ofRun } from './failing.ts'

const BY = { by: 'test', why: 'left the country' }
const ALL = { all: true } as const

describe('discarding failures', () => {
  test('removes failed rows of live and dead letters, and keeps who and why', async (t) => {
    const { stores, ledger, broker, clock } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1'), ofRun('tcs-2')])
    await deadLettered(broker, 'syncStart', 'x')
    const discarded = await discardFailures(stores, ALL, BY)
    assert.deepEqual(
      discarded.map(({ place }) => place),
      ['trainees', 'syncStart'],
    )
    const left = await listFailures(stores, { place: null, code: null, limit: 10 })
    assert.deepEqual(
      left.failures.map(({ id }) => id),
      ['trainees/tcs-2'],
    )
    const [decision] = await readDecisions(ledger)
    assert.partialDeepStrictEqual(decision, { action: 'discarded', ...BY, at: clock.now() })
    assert.deepEqual(decision?.what[0], 'trainees/tcs-1: ROW_DATE_IMPOSSIBLE')
  })

  test('needs a reason and known ids, and leaves the failures of a run in progress to its checks', async (t) => {
    const { stores, ledger } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1'), ofRun('tcs-2')])
    await assert.rejects(discardFailures(stores, ALL, { by: 'test', why: '  ' }), { code: 'USAGE', message: /why/ })
    await assert.rejects(discardFailures(stores, { ids: ['trainees/tcs-9'] }, BY), { code: 'FAILURE_UNKNOWN' })
    const both = { ids: ['trainees/tcs-1', 'trainees/tcs-2'] }
    await assert.rejects(discardFailures(stores, both, BY), { code: 'RUN_IN_PROGRESS' })
    assert.equal(await ledger.countFailures('g-1'), 1)
    assert.deepEqual(await readDecisions(ledger), [])
  })

  test('does not hold back the next run if the row fails alike', async (t) => {
    const { stores, ledger } = await failing(t)
    await ledger.addFailures([ofLive('tcs-1'), ofRun('tcs-1'), ofRun('tcs-2')])
    assert.equal((await countNewFailures(ledger, 'g-2', 'g-1')).count, 1)
    await ledger.removeFailures('g-2', ['tcs-2'])
    await discardFailures(stores, { code: 'ROW_DATE_IMPOSSIBLE' }, BY)
    assert.equal(await ledger.countFailures('g-1'), 0)
    assert.equal((await countNewFailures(ledger, 'g-2', 'g-1')).count, 0)
    await ledger.addFailures([ofRun('tcs-1', { code: 'ROW_KEY_MISSING' })])
    assert.equal((await countNewFailures(ledger, 'g-2', 'g-1')).count, 1)
  })
})

test('decisions are kept newest first, as far as one document holds them', async (t) => {
  const { ledger } = await failing(t)
  const decide = (count: number, why: string) =>
    recordDecision(
      { ledger },
      { action: 'expired', what: Array.from({ length: count }, (_, at) => `${why} ${at}`), by: 'test', why, at: 1 },
    )
  await decide(0, 'nothing')
  await decide(4_000, 'old')
  await decide(2_500, 'new')
  const decisions = await readDecisions(ledger)
  assert.deepEqual(
    decisions.map(({ why, what }) => [why, what.length]),
    [
      ['new', 1_000],
      ['new', 1_000],
      ['new', 500],
      ['old', 1_000],
      ['old', 1_000],
    ],
  )
})
