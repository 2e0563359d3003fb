import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FEW, ROWS_OF_FEW, type Few } from './few-sources.ts'
import { ask, runToEnd, Workplace } from './workplace.ts'

/** A sync of `before` is live, then the sources are replaced by `after` and synced. */
async function replaced(t: Parameters<typeof Workplace.make>[0], after: Few, settings: Record<string, string> = {}) {
  const place = await Workplace.make(t, settings)
  await place.loadFew({ label: 'before' })
  const worker = await place.start()
  const first = await runToEnd(worker)
  assert.equal(first.state, 'live', first.failure?.reason)
  const before = await place.documents()
  await place.loadFew({ label: 'after', ...after })
  const run = await runToEnd(worker)
  return { place, worker, before, first, run }
}

test('empty sources of trainees and doctors hold the run back, whatever the settings; it can be promoted', async (t) => {
  const { place, worker, before, first, run } = await replaced(
    t,
    { trainees: 0, doctors: 0 },
    { REVAL_CHECK_SHRINK: '1' },
  )
  assert.deepEqual([run.failure?.code, run.failure?.stage], ['CHECK_EMPTY', 'checking'])
  assert.deepEqual(await place.documents(), before)
  const { live, heldBack } = await place.installation()
  assert.equal(live?.run, first.id)
  assert.deepEqual(heldBack, { generation: run.generation, run: run.id })
  await ask(worker, 'promote', run.id)
  assert.deepEqual((await place.documents()).masterdoctorindex, [])
})

describe('the first run ever', { concurrency: 4 }, () => {
  const cases: readonly (readonly [Few, number])[] = [
    [{ trainees: 0 }, FEW.doctors],
    [{ doctors: 0 }, FEW.trainees],
    [{ reasons: 0 }, ROWS_OF_FEW],
  ]
  for (const [few, rows] of cases) {
    test(`goes live without ${Object.keys(few).join()}: there is nothing to compare with`, async (t) => {
      const place = await Workplace.make(t)
      await place.loadFew(few)
      const run = await runToEnd(await place.start())
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.equal(run.evidence?.profile.indexes.masterdoctorindex, rows)
    })
  }
})

describe('an index that shrinks', { concurrency: 4 }, () => {
  // 25 rows; with 16 trainees and 15 doctors 20, a fifth fewer.
  const fifth = { trainees: 16, doctors: 15 }
  /** So few rows would not be compared. */
  const FEW_ROWS = { REVAL_CHECK_FEWEST_ROWS: '1' }

  test('by more than the set share is held back', async (t) => {
    const { place, before, run } = await replaced(t, fifth, { ...FEW_ROWS, REVAL_CHECK_SHRINK: '0.19' })
    assert.equal(run.failure?.code, 'CHECK_UNLIKE')
    assert.match(run.failure.reason, /joined rows: 26 % fewer \(before 15, now 11\); and 3 other figures/)
    assert.deepEqual(await place.documents(), before)
  })

  test('by less than the set share is live', async (t) => {
    const { place, before, run } = await replaced(t, fifth, { ...FEW_ROWS, REVAL_CHECK_SHRINK: '0.5' })
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.notDeepEqual(await place.documents(), before)
  })
})
