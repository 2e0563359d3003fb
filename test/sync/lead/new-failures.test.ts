import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { failureCursor, type FailedRow } from '../../../src/ports/run-ledger.ts'
import { countNewFailures } from '../../../src/sync/lead/new-failures.ts'
import { ledgerFor } from '../a-context.ts'

type Failure = Pick<FailedRow, 'key'> & Partial<FailedRow>

const failed = (generation: string, failures: readonly Failure[]): FailedRow[] =>
  failures.map((failure) => ({
    run: 'run-1',
    generation,
    stage: 'trainees',
    at: 1,
    code: 'ROW_DATE_IMPOSSIBLE',
    reason: 'no such day',
    ...failure,
  }))

/** Counts the failures of one generation that another one did not have. */
async function count(t: TestContext, now: readonly Failure[], before: readonly Failure[] | null) {
  const ledger = await ledgerFor(t)
  await ledger.addFailures(failed('now', now))
  await ledger.addFailures(failed('before', before ?? []))
  // Those of others are not checked.
  await ledger.addFailures(failed('another', [{ key: 'tcs-1' }, { key: 'tcs-3' }]))
  return countNewFailures(ledger, 'now', before === null ? null : 'before')
}

describe('new failures, compared with the live generation', () => {
  const ONE = { key: 'tcs-1' }
  const TWO = { key: 'tcs-2' }
  const OTHER_CODE = { ...ONE, code: 'ROW_FIELD_INVALID', reason: 'another' } as const
  const shown = (key: string) => `${key} (ROW_DATE_IMPOSSIBLE: no such day)`
  const cases: readonly (readonly [string, readonly Failure[], readonly Failure[] | null, number, string | null])[] = [
    ['are none if none failed', [], [ONE], 0, null],
    ['are none if the same rows failed', [ONE, TWO], [ONE, TWO], 0, null],
    ['are all if nothing is live', [ONE, TWO], null, 2, shown('tcs-1')],
    ['are all if nothing had failed', [TWO, ONE], [], 2, shown('tcs-1')],
    ['are those in between', [ONE, TWO, { key: 'tcs-3' }], [ONE, { key: 'tcs-3' }], 1, shown('tcs-2')],
    ['are those after the last', [ONE, TWO], [ONE], 1, shown('tcs-2')],
    ['are those before the first', [ONE, TWO], [TWO], 1, shown('tcs-1')],
    ['are none if fewer failed', [TWO], [ONE, TWO, { key: 'tcs-3' }], 0, null],
    ['are those whose code is new', [OTHER_CODE, TWO], [ONE, TWO], 1, 'tcs-1 (ROW_FIELD_INVALID: another)'],
    ['do not include those with only a new reason', [{ ...ONE, reason: 'in other words' }], [ONE], 0, null],
    ['do not include those that failed alike when refreshed', [ONE, TWO], [{ ...ONE, stage: 'refresh' }, TWO], 0, null],
    [
      'are those that failed otherwise when refreshed',
      [OTHER_CODE],
      [{ ...ONE, stage: 'refresh' }],
      1,
      'tcs-1 (ROW_FIELD_INVALID: another)',
    ],
    ['include those of another stage with the same key', [{ ...ONE, stage: 'doctors' }], [ONE], 1, shown('tcs-1')],
  ]
  for (const [what, now, before, expected, example] of cases) {
    test(what, async (t) => assert.deepEqual(await count(t, now, before), { count: expected, example }))
  }

  test('are counted over several pages of either generation', async (t) => {
    const keys = Array.from({ length: 2_500 }, (_, at) => ({ key: `tcs-${String(at).padStart(4, '0')}` }))
    const before = keys.filter((_, at) => at % 2 === 0)
    const result = await count(t, keys, before)
    assert.deepEqual(result, { count: 1_250, example: shown('tcs-0001') })
  })

  test('are counted if a page ends with the last of them', async (t) => {
    const keys = Array.from({ length: 1_000 }, (_, at) => ({ key: `tcs-${String(at).padStart(4, '0')}` }))
    assert.equal((await count(t, keys, keys)).count, 0)
  })

  test('equal a comparison of the complete lists', async (t) => {
    const failures = fc.uniqueArray(
      fc.record({
        key: fc.constantFrom('tcs-1', 'tcs-10', 'tcs-2', 'gmc-1', 'gmc-é', 'gmc-\u{1d4b3}', 'gmc-\uffee'),
        stage: fc.constantFrom('trainees' as const, 'doctors' as const),
        code: fc.constantFrom('ROW_DATE_IMPOSSIBLE' as const, 'ROW_FIELD_INVALID' as const),
      }),
      { selector: ({ stage, key }) => `${stage} ${key}` },
    )
    const ledger = await ledgerFor(t)
    let pairs = 0
    await fc.assert(
      fc.asyncProperty(failures, failures, async (now, before) => {
        pairs += 1
        const [first, second] = [`now-${pairs}`, `before-${pairs}`]
        await ledger.addFailures([...failed(first, now), ...failed(second, before)])
        const known = new Set(failed('', before).map((each) => `${failureCursor(each)} ${each.code}`))
        const expected = failed('', now).filter((each) => !known.has(`${failureCursor(each)} ${each.code}`)).length
        assert.equal((await countNewFailures(ledger, first, second)).count, expected)
      }),
      { numRuns: 60 },
    )
  })
})
