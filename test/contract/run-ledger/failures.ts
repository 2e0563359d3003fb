import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareByCodePoint } from '../../../src/domain/text.ts'
import { FAILURE_STAGES, failureCursor, type FailedRow, type RunLedger } from '../../../src/ports/run-ledger.ts'
import { openLedger, type LedgerFactory } from './place.ts'
import { failure } from './samples.ts'

/** Failed rows by generation: stored once, paged in a fixed order. */
export function failures(factory: LedgerFactory): void {
  test('a generation without failures has none', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.addFailures([])
    assert.deepEqual([await ledger.countFailures('g1'), await ledger.failures('g1', 10)], [0, []])
  })

  test('of failures with the same generation, stage and key, the latest is kept', async (t) => {
    const ledger = await openLedger(t, factory)
    const latest = failure('tcs-1', { code: 'ROW_WRITE_FAILED', reason: 'refused', at: 2 })
    await ledger.addFailures([failure('tcs-1'), failure('tcs-2'), failure('tcs-1', { reason: 'in between' })])
    await ledger.addFailures([latest, failure('tcs-1', { stage: 'doctors' }), failure('tcs-1', { generation: 'g2' })])
    assert.equal(await ledger.countFailures('g1'), 3)
    assert.deepEqual(await ledger.failures('g1', 10), [
      failure('tcs-1', { stage: 'doctors' }),
      latest,
      failure('tcs-2'),
    ])
  })

  test('pages of any size return each failure once, in code point order of their cursors', async (t) => {
    const ledger = await openLedger(t, factory)
    const keys = [
      'tcs-10',
      'tcs-9',
      'gmc- 1',
      'gmc-"',
      'Z',
      'a',
      'a b',
      'a\u0000b',
      'é',
      '\ufffd',
      '𝒳',
      'message 7 of a1',
    ]
    const all = keys.flatMap((key) => [
      failure(key),
      failure(key, { stage: 'lists' }),
      failure(key, { stage: 'doctors' }),
    ])
    await ledger.addFailures(all)
    const sorted = [...all].sort((a, b) => compareByCodePoint(failureCursor(a), failureCursor(b)))
    for (const size of [1, 5, all.length, 1_000]) assert.deepEqual(await paged(ledger, 'g1', size), sorted)
  })

  test('a cursor continues after its position, even if its row is gone', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.addFailures([failure('b'), failure('d')])
    const after = failureCursor(failure('c'))
    assert.deepEqual(await ledger.failures('g1', 10, after), [failure('d')])
    assert.deepEqual(await ledger.failures('g1', 10, failureCursor(failure('d'))), [])
    assert.deepEqual(await ledger.failures('g1', 10, failureCursor(failure('z', { stage: 'lists' }))), [
      failure('b'),
      failure('d'),
    ])
  })

  test('each generation of a run has its own failures', async (t) => {
    const ledger = await openLedger(t, factory)
    const again = failure('a', { generation: 'g2', reason: 'the run began again' })
    await ledger.addFailures([failure('a'), failure('b', { stage: 'lists' }), again])
    assert.equal(await ledger.countFailures('g1'), 2)
    assert.equal(await ledger.countFailures('g2'), 1)
    assert.deepEqual(await ledger.failures('g2', 10), [again])
    assert.deepEqual(await ledger.failures('g1', 10), [failure('b', { stage: 'lists' }), failure('a')])
  })

  test('the failures of some keys are found in every generation and stage', async (t) => {
    const ledger = await openLedger(t, factory)
    const wanted = [
      ...FAILURE_STAGES.map((stage) => failure('a b', { stage })),
      failure('a b', { generation: 'g2' }),
      failure('gmc-"', { generation: 'g3' }),
    ]
    await ledger.addFailures([...wanted, failure('a'), failure('a b c'), failure('b', { generation: 'g2' })])
    const order = (rows: readonly FailedRow[]) => new Set(rows.map((row) => JSON.stringify(Object.entries(row).sort())))
    assert.deepEqual(order(await ledger.failuresOfKeys(['a b', 'gmc-"', 'none'])), order(wanted))
    assert.deepEqual(await ledger.failuresOfKeys([]), [])
    assert.deepEqual(await ledger.failuresOfKeys(['none']), [])
  })

  test('removing keys removes their failures in every stage of one generation, and nothing else', async (t) => {
    const ledger = await openLedger(t, factory)
    const removed = FAILURE_STAGES.map((stage) => failure('a b', { stage }))
    const kept = [failure('a'), failure('a b c'), failure('a b', { generation: 'g2' })]
    await ledger.addFailures([...removed, ...kept, failure('𝒳\u0000')])
    await ledger.removeFailures('g1', [])
    await ledger.removeFailures('never', ['a'])
    assert.equal(await ledger.countFailures('g1'), removed.length + 3)
    for (let time = 1; time <= 2; time += 1) {
      await ledger.removeFailures('g1', ['a b', '𝒳\u0000', 'unknown', 'a b'])
      assert.deepEqual(await ledger.failures('g1', 10), [failure('a'), failure('a b c')])
      assert.deepEqual(await ledger.failures('g2', 10), [failure('a b', { generation: 'g2' })])
    }
    await ledger.addFailures([failure('a b')])
    assert.equal(await ledger.countFailures('g1'), 3)
  })

  test('thousands of failures can be removed at once', async (t) => {
    const ledger = await openLedger(t, factory)
    const keys = Array.from({ length: 12_000 }, (_, at) => `tcs-${at}`)
    await ledger.addFailures([...keys.slice(0, 3_000), 'other'].map((key) => failure(key)))
    await ledger.removeFailures('g1', keys)
    assert.deepEqual(await ledger.failures('g1', 10), [failure('other')])
  })

  test('thousands of failures can be added at once', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.addFailures(Array.from({ length: 5_000 }, (_, at) => failure(`tcs-${at}`)))
    assert.equal(await ledger.countFailures('g1'), 5_000)
    assert.equal((await paged(ledger, 'g1', 999)).length, 5_000)
  })
}

async function paged(ledger: RunLedger, generation: string, size: number): Promise<FailedRow[]> {
  const all: FailedRow[] = []
  let after: string | undefined
  for (;;) {
    const page = await ledger.failures(generation, size, after)
    const last = page.at(-1)
    if (last === undefined) return all
    assert.ok(page.length <= size)
    all.push(...page)
    after = failureCursor(last)
  }
}
