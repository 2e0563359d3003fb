import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import type { Row } from '../../../src/domain/row.ts'
import { createRefresh } from '../../../src/sync/refresh/refresh.ts'
import { altered } from '../../faults/altered.ts'
import { aContext } from '../a-context.ts'
import { DAYS, HAPPENING, ROW_IDS } from './happenings.ts'
import { REFRESH_SETTINGS, RefreshPlace } from './place.ts'
import { World } from './world.ts'

const installed = RefreshPlace.forFile()
const [DAY] = DAYS

/** The numbers whose doctor is in some row. */
function numbersShown(rows: Iterable<Row>): Set<string> {
  const doctors = [...rows].map(({ parts }) => gmcNumber(parts.doctor?.gmcReferenceNumber))
  return new Set(doctors.filter((number) => number !== null))
}

test('readers lose no doctor between two calls of a refresh: those that stay are in some row', async () => {
  const place = installed()
  const changes = fc.array(HAPPENING, { minLength: 1, maxLength: 3 })
  const law = fc.asyncProperty(fc.array(HAPPENING, { maxLength: 10, size: 'max' }), changes, async (first, then) => {
    const world = new World()
    for (const happening of first) world.happen(happening)
    const target = await place.build(world, DAY)
    const shown = numbersShown(world.rebuild(DAY).rows.values())
    const keys = then.map((happening) => world.happen(happening))
    await place.fill(world.tables())
    const staying = numbersShown(world.rebuild(DAY).rows.values()).intersection(shown)
    const store = altered(place.openStore(), {
      write: (own) => async (generation, writes, guard) => {
        const outcomes = await own(generation, writes, guard)
        const now = numbersShown((await place.rows(target, ROW_IDS)).values())
        assert.deepEqual(staying.difference(now), new Set())
        return outcomes
      },
    })
    const refresh = createRefresh(aContext({ store, ledger: place.ledger, settings: REFRESH_SETTINGS }), place.sources)
    const [result] = await refresh([target], keys, 'resync')
    if (result?.status === 'rejected') throw result.reason
    await place.drop(target)
  })
  await fc.assert(law, { numRuns: 60 })
})
