import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refusalOf, type Evidence } from '../../../src/sync/lead/checks.ts'

/** Sources and a manifest that agree, on an index of so many rows that had `before`. */
function evidenceOf(before: number, now: number): Evidence {
  const totals = { messages: 1, rows: now, failedRows: 0 }
  const sent = { totals, manifest: { ...totals, ownRows: 0 } }
  const none = { messages: 0, rows: 0, failedRows: 0 }
  const countsOf = (rows: number) => ({
    withTrainee: rows,
    withoutTrainee: 0,
    withReason: 0,
    indexes: {
      masterdoctorindex: rows,
      recommendationindex: rows,
      connectedindex: rows,
      disconnectedindex: 0,
      exceptionindex: 0,
    },
  })
  return {
    counts: countsOf(now),
    trainees: sent,
    doctors: { totals: none, manifest: { ...none, ownRows: 0 } },
    unproved: [],
    reasonsRead: 0,
    newFailures: { count: 0, example: null },
    live: { counts: countsOf(before), doctorsSent: 0 },
  }
}

test('an index may shrink by the set share exactly, and by no row more', () => {
  const percent = fc.integer({ min: 0, max: 98 })
  const hundreds = fc.integer({ min: 1, max: 20_000 })
  fc.assert(
    fc.property(percent, hundreds, (share, size) => {
      const [before, fewest] = [100 * size, (100 - share) * size]
      const settings = { maxShrink: share / 100, acceptFailures: 0, unprovedShare: 0 }
      assert.equal(refusalOf(evidenceOf(before, fewest), settings), null)
      assert.equal(refusalOf(evidenceOf(before, fewest - 1), settings)?.code, 'CHECK_SHRUNK')
    }),
    { numRuns: 2_000 },
  )
})
