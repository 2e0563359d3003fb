import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import { openExceptionSource } from '../../../src/adapters/sources/sqlite/open.ts'
import { rowsOfNumber } from '../../../src/domain/row.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import { ReasonsComparison } from '../../../src/sync/refresh/reasons-comparison.ts'
import { fillWith } from '../../contract/source-filling/filling.ts'
import { row } from '../../contract/sources/rows.ts'
import { aDoctor } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { folderFor } from '../a-context.ts'
import { changing } from './changing.ts'

const [ONE, TWO, THREE, NO_ROW] = ['7000001', '7000002', '7000003', '7000009'] as const

/** Live rows with reasons, and a source with others. */
async function comparing(t: TestContext, live: Readonly<Record<string, string | null>>) {
  const place = await changing(t)
  const { store } = place.context
  const rows = Object.entries(live).flatMap(([gmcReferenceNumber, reason]) =>
    rowsOfNumber([], { doctor: aDoctor({ gmcReferenceNumber }), outcome: null, reason }),
  )
  await store.write(
    'g-1',
    rows.map((each) => ({ op: 'create', row: each })),
  )
  await store.makeVisible('g-1')
  await store.promote('g-1', null)
  const directory = await folderFor(t)
  const exceptions = openExceptionSource({ directory })
  t.after(() => exceptions.close())
  const fill = (source: Readonly<Record<string, string>>) =>
    fillWith(openFillableSources({ directory }), {
      exceptionLogs: Object.entries(source).map(([storedId, errorMessage]) =>
        row('exceptionLogs', { storedId, errorMessage }),
      ),
    })
  const { applier, report } = place
  const comparisonOf = (shown: IndexStore) =>
    new ReasonsComparison({ ...place.context, store: shown }, { exceptions, applier, report })
  return { ...place, comparison: comparisonOf(store), comparisonOf, fill }
}

describe('exception reasons are compared with those in live:', () => {
  test('numbers whose reason is new, another or gone are refreshed', async (t) => {
    const { comparison, fill, refreshes } = await comparing(t, { [ONE]: 'same', [TWO]: 'before', [THREE]: 'gone' })
    await fill({ [ONE]: 'same', [TWO]: 'after' })
    await comparison.compare()
    assert.deepEqual(refreshes, [`g-1 2026-06-01: number ${TWO}, number ${THREE}`])
  })

  test('a number without a row is refreshed once, and again when its reason changes', async (t) => {
    const { comparison, fill, refreshes } = await comparing(t, { [ONE]: 'same' })
    await fill({ [ONE]: 'same', [NO_ROW]: 'no row has it' })
    await comparison.compare()
    await comparison.compare()
    assert.equal(refreshes.length, 1)
    await fill({ [ONE]: 'same', [NO_ROW]: 'another' })
    await comparison.compare()
    assert.equal(refreshes.length, 2)
  })

  test('the master is compared, not a table that another program changed', async (t) => {
    const place = await comparing(t, { [ONE]: 'same', [TWO]: 'before' })
    await place.fill({ [ONE]: 'same', [TWO]: 'after' })
    const changed = altered(place.context.store, {
      documents: (own) =>
        async function* (from, index, today) {
          const isTable = from === 'live'
          for await (const each of own(from, index, today)) yield isTable ? { ...each, exceptionReason: 'after' } : each
        },
    })
    await place.comparisonOf(changed).compare()
    assert.deepEqual(place.refreshes, [`g-1 2026-06-01: number ${TWO}`])
  })

  test('not while nothing is live', async (t) => {
    const { context, comparison } = await comparing(t, {})
    await changeInstallation(context.ledger, (known) => ({ ...known, live: null }))
    assert.equal(await comparison.compare(), false)
  })
})
