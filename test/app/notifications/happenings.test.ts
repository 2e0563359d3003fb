import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { channelsBehind, happenings, type NotifiedFacts } from '../../../src/app/notifications/happenings.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { CHANNELS, type Channel, type ChangesStatus, type ChannelStatus } from '../../../src/ports/changes.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import type { ScheduleOutcome } from '../../../src/ports/schedule.ts'
import type { Verification } from '../../../src/ports/verification.ts'
import { aRun } from '../../sync/examples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Date.UTC(2026, 5, 2, 12)

const run = (id: string, state: Run['state'], differing: Partial<Run> = {}): Run =>
  aRun({ id, state, finishedAt: NOW - HOUR, ...differing })
const failure = (code: ErrorCode) => ({ code, reason: 'Dr Smith: "7000001"', stage: 'doctors' as const })
const failed = (id: string, code: ErrorCode = 'SOURCE_FAILED') => run(id, 'failed', { failure: failure(code) })

const facts = (differing: Partial<NotifiedFacts>): NotifiedFacts => ({
  ...{ runs: [], live: null, changes: null, schedule: {}, now: NOW, since: NOW - 5 * HOUR, staleMs: 26 * HOUR },
  ...differing,
})
const idsOf = (differing: Partial<NotifiedFacts>) => happenings(facts(differing), []).map(({ id }) => id)

describe('of runs, people are notified', () => {
  test('that one failed, with its code, its stage and what to do', () => {
    const [happening] = happenings(facts({ runs: [failed('r1')] }), [])
    assert.deepEqual(
      [happening?.id, happening?.title, happening?.code, happening?.path],
      ['run-failed_r1', 'A sync failed', 'SOURCE_FAILED', '/console/runs/r1'],
    )
    assert.ok(happening)
    assert.match(happening.text, /^The sync r1 failed in the stage doctors: SOURCE_FAILED\./)
    assert.match(happening.remedy ?? '', /^A source could not be read/)
  })

  test('that one was held back, but not a preview', () => {
    const heldBack = (id: string, code: ErrorCode) => run(id, 'held back', { failure: failure(code) })
    assert.deepEqual(idsOf({ runs: [heldBack('r1', 'CHECK_UNLIKE')] }), ['run-held-back_r1'])
    assert.deepEqual(idsOf({ runs: [heldBack('r1', 'PREVIEW')] }), [])
  })

  test('that one is live again, once, after others that did not go live', () => {
    const live = (id: string) => run(id, 'live')
    assert.deepEqual(idsOf({ runs: [live('r2'), failed('r1')], since: NOW - HOUR }).slice(0, 1), ['run-live-again_r2'])
    assert.deepEqual(idsOf({ runs: [live('r3'), live('r2')] }), [])
    assert.deepEqual(idsOf({ runs: [live('r1')] }), [])
    const between = [
      live('r4'),
      run('r3', 'cancelled'),
      run('r2', 'failed', { purpose: 'verify', failure: failure('VERIFY_VOID'), finishedAt: 0 }),
    ]
    assert.deepEqual(idsOf({ runs: [...between, live('r1')] }), [])
    const discarded = run('r1', 'discarded', { failure: failure('CHECK_UNLIKE') })
    assert.deepEqual(idsOf({ runs: [...between, discarded] }), ['run-live-again_r4'])
  })

  test('that one is live again after the lists were too old', () => {
    const runs = [run('r2', 'live'), run('r1', 'live', { finishedAt: NOW - 30 * HOUR })]
    const [happening] = happenings(facts({ runs }), [])
    assert.match(happening?.text ?? '', /is live, the first for 29 hours\.$/)
    assert.deepEqual(idsOf({ runs, staleMs: 0 }), [])
  })

  test('of nothing that ended before notifications were configured', () => {
    assert.deepEqual(idsOf({ runs: [failed('r1')], since: NOW - MINUTE }), [])
  })
})

test('of a verification, people are notified if something differs', () => {
  const verification = (differing: Partial<Verification>): Verification => ({
    ...{ run: 'r1', by: 'x', live: { generation: 'g0', run: 'r0' }, day: '2026-06-01', finishedAt: NOW },
    ...{ rows: { live: 9, built: 9 }, missing: 0, surplus: 0, different: 0, tables: null },
    ...{ listed: 0, settled: 4, repaired: null },
    ...differing,
  })
  const verified = (differing: Partial<Verification>) => ({
    runs: [run('r1', 'verified', { purpose: 'verify', verification: verification(differing) })],
  })
  assert.deepEqual(idsOf(verified({})), [])
  const [found] = happenings(facts(verified({ missing: 1, different: 2 })), [])
  assert.equal(found?.id, 'live-differs_r1')
  assert.deepEqual(found.figures, { missing: 1, surplus: 0, different: 2, tables: 0, remaining: 3 })
  const repaired = { how: 'rows', at: NOW, remaining: 1 } as const
  const [mended] = happenings(facts(verified({ missing: 1, different: 2, repaired })), [])
  assert.match(mended?.text ?? '', /After the repair, 1 are\.$/)
  const [drifted] = happenings(facts(verified({ tables: { missing: 1, surplus: 2, different: 0 } })), [])
  assert.deepEqual([drifted?.figures.tables, drifted?.figures.remaining], [3, 3])
  assert.match(
    drifted?.text ?? '',
    /\. 3 rows of tables are not as the master requires: another program changed them\. They/,
  )
})

describe('people are notified that the lists are too old', () => {
  const old = run('r1', 'live', { finishedAt: NOW - 27 * HOUR })

  test('once for each run that went live', () => {
    assert.deepEqual(idsOf({ runs: [old] }), ['lists-stale_r1'])
    assert.deepEqual(idsOf({ live: old }), ['lists-stale_r1'])
    assert.deepEqual(idsOf({ runs: [old], staleMs: 27 * HOUR }), [])
    assert.deepEqual(idsOf({ runs: [old], staleMs: 0 }), [])
  })

  test('also if none ever went live', () => {
    assert.deepEqual(idsOf({ since: NOW - 27 * HOUR }), ['lists-stale_never'])
    assert.deepEqual(idsOf({ since: NOW - HOUR }), [])
  })

  test('not after a rollback to an older run', () => {
    assert.deepEqual(idsOf({ runs: [run('r2', 'live')], live: old }), [])
  })
})

describe('people are notified that changes are behind', () => {
  const quiet: ChannelStatus = {
    ...{ waiting: 0, oldestAt: null, refreshed: 0, deadLettered: 0, lastRefreshedAt: null, isBehind: false },
  }
  const changes = (doctors: Partial<ChannelStatus>): ChangesStatus => ({
    ...{ term: 1, savedAt: NOW, perSecond: 0, reasonsComparedAt: null, paused: null },
    channels: { ...quietChannels(), doctorChanged: { ...quiet, ...doctors } },
  })
  const quietChannels = () =>
    Object.fromEntries(CHANNELS.map((each) => [each, quiet])) as Record<Channel, ChannelStatus>
  const late = (age: number) => changes({ waiting: 7, oldestAt: NOW - age, isBehind: true })

  test('after five minutes, with how many wait', () => {
    assert.deepEqual(idsOf({ changes: late(4 * MINUTE) }), [])
    const [happening] = happenings(facts({ changes: late(6 * MINUTE) }), [])
    assert.equal(happening?.id, `changes-behind_doctorChanged_${NOW}`)
    assert.match(happening.text, /has waited for 6 minutes; 7 wait or are in progress/)
  })

  test('once, until they have caught up', () => {
    assert.deepEqual(happenings(facts({ changes: late(6 * MINUTE) }), ['doctorChanged']), [])
    assert.deepEqual(channelsBehind({ changes: late(2 * MINUTE), now: NOW }, ['doctorChanged']), ['doctorChanged'])
    assert.deepEqual(channelsBehind({ changes: late(2 * MINUTE), now: NOW }, []), [])
    assert.deepEqual(channelsBehind({ changes: changes({}), now: NOW }, ['doctorChanged']), [])
    assert.deepEqual(channelsBehind({ changes: null, now: NOW }, ['doctorChanged']), [])
  })
})

test('of the schedule, people are notified of what was missed or could not be started', () => {
  const outcome = (differing: Partial<ScheduleOutcome>): ScheduleOutcome => ({
    ...{ outcome: 'missed', dueAt: Date.UTC(2026, 5, 2, 4), decidedAt: NOW, times: 1, run: null, code: null },
    ...differing,
  })
  const record = (...outcomes: ScheduleOutcome[]) => ({ expression: '0 5 * * *', decidedUntil: NOW, outcomes })
  const [missed] = happenings(facts({ schedule: { sync: record(outcome({ times: 3 })) } }), [])
  assert.equal(missed?.title, 'A scheduled sync was missed')
  assert.match(missed.text, /the sync due at 5am on 2 June 2026, and 2 more times after it\./)
  const refused = outcome({ outcome: 'failed', code: 'SENDER_STILL_SENDING', dueAt: 1 })
  const verify = record(refused, outcome({ outcome: 'skipped' }), outcome({ decidedAt: NOW - 6 * HOUR }))
  assert.deepEqual(idsOf({ schedule: { verify } }), ['schedule-failed_verify_1'])
  assert.deepEqual(idsOf({ schedule: { reasons: record(outcome({})) } }), [])
})

test('no notification has what a reason quotes', () => {
  const runs = [failed('r3'), run('r2', 'held back', { failure: failure('CHECK_UNLIKE') })]
  assert.doesNotMatch(JSON.stringify(happenings(facts({ runs }), [])), /Smith|7000001/)
})
