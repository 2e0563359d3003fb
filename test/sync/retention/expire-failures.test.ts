import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expireLetters, expireRows, expireRuns } from '../../../src/sync/retention/expire-failures.ts'
import { readDecisions } from '../../../src/sync/lead/failure-decisions.ts'
import { aRun } from '../examples.ts'
import { deadLettered, failing, ofLive } from '../failures/failing.ts'

const DAY = 86_400_000

describe('after the set age', () => {
  test('dead letters are removed, on record; newer ones stay', async (t) => {
    const { context, ledger, broker, clock } = await failing(t)
    await deadLettered(broker, 'syncStart', 'old')
    await clock.advance(29 * DAY)
    await deadLettered(broker, 'syncStart', 'new')
    await expireLetters(context, new AbortController().signal)
    assert.equal((await broker.deadLetters('syncStart', 10)).length, 2)
    await clock.advance(2 * DAY)
    await expireLetters(context, new AbortController().signal)
    const left = await broker.deadLetters('syncStart', 10)
    assert.deepEqual(
      left.map(({ body }) => Buffer.from(body).toString()),
      ['new'],
    )
    const [decision] = await readDecisions(ledger)
    assert.partialDeepStrictEqual(decision, { action: 'expired', by: 'reval', why: 'older than 30 days' })
    assert.equal(decision?.what.length, 1)
  })

  test('failed rows of kept generations keep key and code, and lose the values in their reasons', async (t) => {
    const { context, ledger, clock } = await failing(t)
    const reason = 'dateFrom: "Smith" is not a valid date (YYYY-MM-DD)'
    const masked = 'dateFrom: "…" is not a valid date (YYYY-MM-DD)'
    const old = ofLive('tcs-1', { reason, at: clock.now() - 31 * DAY })
    const undated = ofLive('tcs-2', { reason, at: null })
    const recent = ofLive('tcs-3', { reason, at: clock.now() - DAY })
    await ledger.addFailures([old, undated, recent])
    for (let time = 1; time <= 2; time += 1) {
      await expireRows(context)
      assert.deepEqual(await ledger.failures('g-1', 10), [
        { ...old, reason: masked },
        { ...undated, reason: masked },
        recent,
      ])
      assert.deepEqual(
        (await readDecisions(ledger)).map(({ what }) => what.length),
        [2],
      )
    }
  })

  test('failed rows of runs whose generation is not kept are removed', async (t) => {
    const { context, ledger, clock } = await failing(t)
    const [old, recent] = [clock.now() - 31 * DAY, clock.now() - DAY]
    const runs = [
      aRun({ id: 'run-1', state: 'live', generation: 'g-1', finishedAt: old }),
      aRun({ id: 'run-8', state: 'failed', generation: 'g-8', finishedAt: old }),
      aRun({ id: 'run-9', state: 'failed', generation: 'g-9', finishedAt: recent }),
    ]
    for (const run of runs) await ledger.save('run', run.id, run, 'new')
    await ledger.addFailures([
      ofLive('tcs-1'),
      ofLive('tcs-1', { run: 'run-8', generation: 'g-8' }),
      ofLive('tcs-1', { run: 'run-8', generation: 'g-7' }),
      ofLive('tcs-1', { run: 'run-9', generation: 'g-9' }),
    ])
    await expireRuns(context)
    const counts = await Promise.all(['g-1', 'g-7', 'g-8', 'g-9'].map((each) => ledger.countFailures(each)))
    assert.deepEqual(counts, [1, 0, 0, 1])
  })
})
