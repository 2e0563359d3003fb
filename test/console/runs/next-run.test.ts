import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ShownOutcome } from '../../../src/app/schedule/read-schedule.ts'
import { nextRunOf } from '../../../src/console/runs/next-run.ts'
import { AT_FIVE, NOW } from './a-run.ts'

const outcome = (kind: ShownOutcome['outcome'], dueAt: number): ShownOutcome => ({
  outcome: kind,
  dueAt,
  decidedAt: dueAt,
  times: 1,
  run: null,
  code: null,
})

test('the next run is the first due time; a due time counts as missed only if nothing came after it', () => {
  const thing = { words: 'Every day at 5am', next: [NOW + 1, NOW + 2] }
  assert.deepEqual(nextRunOf({ ...thing, outcomes: [outcome('missed', AT_FIVE)] }), {
    at: NOW + 1,
    words: 'Every day at 5am',
    missedAt: AT_FIVE,
  })
  const later = [outcome('started', AT_FIVE), outcome('missed', 0)]
  assert.equal(nextRunOf({ ...thing, outcomes: later }).missedAt, null)
  assert.equal(nextRunOf({ ...thing, outcomes: [outcome('skipped', AT_FIVE)] }).missedAt, null)
  assert.deepEqual(nextRunOf({ words: null, next: [], outcomes: [] }), { at: null, words: '', missedAt: null })
})
