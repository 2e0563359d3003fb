import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RowDifference } from '../../../src/domain/comparison.ts'
import { FoundRows, readFindings, saveFindings } from '../../../src/sync/verify/findings.ts'
import { ledgerFor } from '../a-context.ts'

const difference = (id: string, kind: RowDifference['kind'] = 'missing'): RowDifference => ({
  ...{ id, kind, before: null, after: null },
  fields: kind === 'different' ? ['owner'] : [],
})

test('the first findings are kept with their ids, the others counted', () => {
  const found = new FoundRows(3)
  found.add([difference('a'), difference('b', 'surplus')])
  found.add([difference('c', 'different'), difference('d', 'different'), difference('e')])
  found.add([difference('f', 'surplus')])
  assert.deepEqual([found.ids, found.beyond], [['a', 'b', 'c'], 3])
  assert.deepEqual(found.counts, { missing: 2, surplus: 2, different: 2 })
  found.replaceListed([difference('c', 'different')])
  assert.deepEqual(found.counts, { missing: 1, surplus: 1, different: 2 })
  assert.equal(found.markRepaired([]), 3)
  assert.deepEqual(found.listed, [{ list: null, id: 'c', kind: 'different', fields: ['owner'], isRepaired: true }])
})

test('findings are read by pages, across the records that hold them', async (t) => {
  const ledger = await ledgerFor(t)
  const found = new FoundRows()
  const ids = Array.from({ length: 2_500 }, (_, at) => `tcs-${String(at).padStart(4, '0')}`)
  found.add(ids.map((id) => difference(id)))
  await saveFindings(ledger, 'r1', found.listed)
  const page = async (skip: number, limit: number) =>
    (await readFindings(ledger, { run: 'r1', listed: 2_500 }, { skip, limit })).map(({ id }) => id)
  assert.deepEqual(await page(0, 5_000), ids)
  for (const [skip, limit] of [
    [0, 1],
    [999, 2],
    [1_000, 1_000],
    [900, 1_300],
    [2_499, 10],
    [2_500, 10],
  ] as const) {
    assert.deepEqual(await page(skip, limit), ids.slice(skip, skip + limit), `${skip} ${limit}`)
  }
  // A later try found fewer.
  found.replaceListed([difference('tcs-7')])
  await saveFindings(ledger, 'r1', found.listed)
  const [only, more] = await readFindings(ledger, { run: 'r1', listed: 1 }, { limit: 10 })
  assert.deepEqual([only?.id, more], ['tcs-7', undefined])
})
