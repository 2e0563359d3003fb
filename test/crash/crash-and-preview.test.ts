import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readRun } from '../../src/sync/records.ts'
import { expectedDocuments, UNJUDGED, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, carryOn, demoLive, killedAt } from './crashing.ts'

/** Between any two durable steps after the switch. Only the first one restarts the run. */
const STEPS: readonly (readonly [where: string, moment: string, restarts: number])[] = [
  ['its generation is not complete', 'ledger.save run comparing before', 1],
  ['its generation is complete, and compared with live', 'ledger.save run comparing after', 0],
  ['it was compared', 'ledger.save run held back before', 0],
  ['it has ended and is still the current run', 'ledger.save run held back after', 0],
]

describe('killed while previewing, the next start holds the preview back', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  /** A demo is live; the sample waits in the sources. */
  let base: Workplace
  let live: Documents

  before(async () => {
    base = await demoLive({ after: (clean) => cleanup.push(clean) })
    live = await base.documents()
    await base.loadSample()
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  for (const [where, moment, restarts] of STEPS) {
    test(where, async (t) => {
      const place = await Workplace.copyOf(t, base, UNJUDGED)
      await killedAt(place, 'preview', moment)
      const { run } = await carryOn(place)
      assert.ok(run)
      const { state, failure, comparison, generation } = await place.reading(({ ledger }) => readRun(ledger, run.id))
      assert.deepEqual([state, failure?.code, run.restarts.length], ['held back', 'PREVIEW', restarts])
      assert.ok((comparison?.summary.missing ?? 0) > 0)
      assert.deepEqual(await place.documents(), live)
      assert.deepEqual(await place.documents(generation ?? ''), expectedDocuments())
      assert.equal((await place.installation()).heldBack?.generation, generation)
      await assertNothingLeft(place)
    })
  }
})
