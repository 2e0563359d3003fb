import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cron } from '../../../src/adapters/cron/cron-setting.ts'
import { readSchedule, scheduledThing } from '../../../src/app/schedule/read-schedule.ts'
import { readConfig } from '../../../src/config/config.ts'
import type { ScheduleRecord } from '../../../src/ports/schedule.ts'
import { ledgerFor } from '../../sync/a-context.ts'

const AT_FIVE = cron().parse('0 5 * * *')
const at = (text: string) => Date.parse(text)
const STARTED = {
  outcome: 'started',
  dueAt: at('2026-11-25T05:00Z'),
  decidedAt: 1,
  times: 1,
  run: 'r1',
  code: null,
} as const
const RECORD: ScheduleRecord = { expression: '0 5 * * *', decidedUntil: STARTED.dueAt, outcomes: [STARTED] }

test('a schedule is shown with its next due times and what came of the last ones', () => {
  const thing = scheduledThing('sync', AT_FIVE, RECORD, at('2026-11-25T12:00Z'))
  assert.deepEqual([thing.expression, thing.words, thing.outcomes], ['0 5 * * *', 'Every day at 5am', [STARTED]])
  assert.deepEqual([thing.next.length, thing.next[0]], [5, at('2026-11-26T05:00Z')])
})

test('what was missed is shown before a writer records it', () => {
  const missed = { outcome: 'missed', dueAt: at('2026-11-26T05:00Z'), decidedAt: null, times: 2, run: null, code: null }
  const noWriter = (now: string, recurrence = AT_FIVE) => scheduledThing('sync', recurrence, RECORD, at(now)).outcomes
  assert.deepEqual(noWriter('2026-11-27T12:00Z'), [missed, STARTED])
  // A writer may still start it.
  assert.deepEqual(noWriter('2026-11-26T05:29Z'), [STARTED])
  // Nothing was promised of an expression that no writer has read.
  assert.deepEqual(noWriter('2026-11-27T12:00Z', cron().parse('0 6 * * *')), [STARTED])
})

test('what is switched off is shown with what came of it before', () => {
  const off = scheduledThing('sync', null, RECORD, at('2026-11-27T12:00Z'))
  assert.deepEqual(off, { what: 'sync', expression: null, words: null, next: [], outcomes: [STARTED] })
})

test('all three are read, reasons only with live changes', async (t) => {
  const ledger = await ledgerFor(t)
  const shown = async (environment: Readonly<Record<string, string>>) =>
    (await readSchedule({ ledger }, readConfig(environment), 0)).map(({ what, words }) => [what, words])
  assert.deepEqual(await shown({ REVAL_SCHEDULE_SYNC: '0 5 * * *' }), [
    ['sync', 'Every day at 5am'],
    ['verify', null],
    ['reasons', 'Every 5 minutes'],
  ])
  assert.deepEqual((await shown({ REVAL_LIVE_CHANGES: 'off' }))[2], ['reasons', null])
})
