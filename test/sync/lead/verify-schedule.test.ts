import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDue } from '../../../src/sync/lead/verify-schedule.ts'

const HOUR = 3_600_000

test('a verification is due so long after the last one that had a result, and soon after one that had none', () => {
  const due = (endedAt: number | null, requestedAt: number | null, now: number, everyMs = 24 * HOUR) =>
    isDue({ endedAt, requestedAt, now, everyMs })
  assert.deepEqual(
    [
      due(null, null, 0),
      due(0, null, 24 * HOUR - 1),
      due(0, null, 24 * HOUR),
      due(null, 0, HOUR - 1),
      due(null, 0, HOUR),
    ],
    [true, false, true, false, true],
  )
  // The last request had a result.
  assert.deepEqual([due(1_000, 0, 24 * HOUR), due(1_000, 0, 24 * HOUR + 1_000)], [false, true])
  // A short interval is not made longer.
  assert.deepEqual([due(null, 0, 59_999, 60_000), due(null, 0, 60_000, 60_000)], [false, true])
})
