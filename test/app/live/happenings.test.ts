import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HAPPENING } from '../../../src/app/json/events.ts'
import { happeningsBetween } from '../../../src/app/live/happenings.ts'
import type { Snapshot } from '../../../src/app/live/snapshot.ts'
import type { ChangesStatus } from '../../../src/ports/changes.ts'
import type { StageProgress } from '../../../src/ports/run-ledger.ts'
import { aChange, anInstallation, aRun, kept, RUN_REQUEST } from '../../sync/examples.ts'

const CHANNEL = { waiting: 0, oldestAt: null, refreshed: 0, deadLettered: 0, lastRefreshedAt: null, isBehind: false }
const CHANGES: ChangesStatus = {
  ...{ term: 1, savedAt: 1, perSecond: 0, reasonsComparedAt: null, paused: null },
  channels: { traineeChanged: CHANNEL, doctorChanged: CHANNEL, recommendationChanged: CHANNEL },
}

function aSnapshot(differing: Partial<Snapshot> = {}): Snapshot {
  return {
    ...{ asOf: 1_000, fault: null, installation: anInstallation(), run: null, ended: [] },
    ...{ failedRows: { live: 0, building: 0 }, changes: null, verification: null, lease: null, processes: [] },
    servers: { asOf: 1, servers: [] },
    due: { sync: null, verify: null, reasons: null },
    ...differing,
  }
}

/** The names and texts of what happened between two snapshots, a second apart. */
function between(before: Partial<Snapshot>, after: Partial<Snapshot>): readonly string[] {
  return happeningsBetween(aSnapshot(before), aSnapshot({ asOf: 2_000, ...after }), 2_000).map((each) => {
    HAPPENING.parse(each)
    return `${each.event}: ${each.text}`
  })
}

function aStage(differing: Partial<StageProgress> = {}): StageProgress {
  return {
    ...{ startedAt: 1, finishedAt: null, attempt: null, expected: 10, messages: 0, rows: 0, failedRows: 0 },
    ...{ withoutTrainee: 0, lateMessages: 0, unjoined: null },
    ...differing,
  }
}

const IN_PROGRESS = anInstallation({ currentRun: RUN_REQUEST })

describe('what happened', () => {
  test('is nothing between equal snapshots, at the first one, and while the ledger is away', () => {
    const busy = { installation: IN_PROGRESS, run: aRun({ state: 'trainees', stages: { trainees: aStage() } }) }
    assert.deepEqual(between(busy, busy), [])
    assert.deepEqual(between({ asOf: null }, busy), [])
    const away = { code: 'LEDGER_FAILED', reason: 'away' } as const
    assert.deepEqual(between({ asOf: 1_000 }, { ...busy, asOf: 1_000, fault: away }), [])
  })

  test('in a run: requested, picked up, its stages, its end', () => {
    assert.deepEqual(between({}, { installation: IN_PROGRESS }), ['run.requested: sync run-1 was requested by test'])
    const collecting = aRun({ state: 'trainees', term: 1, stages: { trainees: aStage({ rows: 5, messages: 1 }) } })
    assert.deepEqual(
      between({ installation: IN_PROGRESS, run: aRun() }, { installation: IN_PROGRESS, run: collecting }),
      [
        'run.pickedUp: run run-1 was picked up',
        'stage.started: stage trainees started',
        'stage.progress: stage trainees: 5 rows',
      ],
    )
    const ended = aRun({
      ...{ state: 'failed', term: 1, failure: { code: 'CHECK_EMPTY', reason: 'x', stage: 'checking' } },
      stages: { trainees: aStage({ rows: 7, messages: 2, finishedAt: 5 }) },
    })
    assert.deepEqual(between({ installation: IN_PROGRESS, run: collecting }, { ended: [ended] }), [
      'stage.finished: stage trainees finished: 7 rows',
      'run.ended: run run-1 is failed: CHECK_EMPTY',
    ])
    // It began and ended in between, and moved the aliases.
    const moved = anInstallation({ history: [aChange({ to: kept(1) })] })
    assert.deepEqual(between({}, { installation: moved, ended: [aRun({ state: 'live', term: 1 })] }), [
      'run.requested: sync run-1 was requested by test',
      'run.pickedUp: run run-1 was picked up',
      'aliases.changed: promotion: run run-1 is live',
      'run.ended: run run-1 is live',
    ])
  })

  test('in a run that restarts: its stages start again', () => {
    const before = aRun({
      state: 'doctors',
      term: 1,
      stages: { trainees: aStage({ finishedAt: 5 }), doctors: aStage() },
    })
    const restarts = [{ cause: 'fault', reason: 'tcs stopped', at: 6 } as const]
    const after = aRun({ state: 'trainees', term: 1, restarts, stages: { trainees: aStage() } })
    assert.deepEqual(between({ installation: IN_PROGRESS, run: before }, { installation: IN_PROGRESS, run: after }), [
      'run.restarted: run run-1 restarted after a fault: tcs stopped',
      'stage.started: stage trainees started',
    ])
  })

  test('with the aliases: both changes of a rollback that was undone, oldest first', () => {
    const first = aChange({ at: 1 })
    const history = [
      aChange({ kind: 'rollback', to: kept(2), at: 3 }),
      aChange({ kind: 'rollback', to: kept(1), at: 2 }),
      first,
    ]
    assert.deepEqual(
      between({ installation: anInstallation({ history: [first] }) }, { installation: anInstallation({ history }) }),
      ['aliases.changed: rollback: run run-1 is live', 'aliases.changed: rollback: run run-2 is live'],
    )
    const changing = aChange({ at: 9 })
    const stale = { 'g-1': { reason: 'a write failed', at: 1 } }
    assert.deepEqual(between({}, { installation: anInstallation({ changing, stale }) }), [
      'aliases.changing: promotion to run run-2 has started',
      'generation.stale: generation g-1 missed a change: a write failed',
    ])
  })

  test('with changes: what was refreshed since, and what a new writer has refreshed', () => {
    const refreshed = (term: number, count: number): ChangesStatus => ({
      ...{ ...CHANGES, term, savedAt: count },
      channels: { ...CHANGES.channels, doctorChanged: { ...CHANNEL, refreshed: count } },
    })
    const applied = ['change.applied: 3 changes were refreshed']
    assert.deepEqual(between({ changes: refreshed(1, 4) }, { changes: refreshed(1, 7) }), applied)
    assert.deepEqual(between({ changes: refreshed(1, 4) }, { changes: refreshed(2, 3) }), applied)
    const behind = {
      ...CHANGES,
      savedAt: 9,
      channels: { ...CHANGES.channels, doctorChanged: { ...CHANNEL, isBehind: true, deadLettered: 2 } },
    }
    assert.deepEqual(between({ changes: CHANGES }, { changes: behind }), [
      'channel.behind: channel doctorChanged is behind',
      'message.deadLettered: 2 changes were dead-lettered',
    ])
    assert.deepEqual(between({ changes: behind }, { changes: CHANGES }), [
      'channel.recovered: channel doctorChanged is not behind any more',
    ])
  })

  test('with the lease, processes and failed rows', () => {
    const lease = { holder: 'host:1:a', term: 1, until: 5_000 }
    assert.deepEqual(between({}, { lease }), ['lease.acquired: host:1:a is the writer'])
    assert.deepEqual(between({ lease }, { lease: { ...lease, until: 6_000 } }), [])
    assert.deepEqual(between({ lease: { ...lease, until: 1_500 } }, { lease: { ...lease, until: 1_500 } }), [
      'lease.expired: the lease of host:1:a has expired',
    ])
    assert.deepEqual(between({ lease: { ...lease, until: 900 } }, { lease: { ...lease, until: 900 } }), [])
    const process = {
      name: 'host:1:a',
      services: [],
      version: '1',
      startedAt: 1,
      seenAt: 900,
      stoppedAt: null,
      away: [],
      sends: [],
    }
    assert.deepEqual(between({}, { processes: [process] }), ['process.changed: host:1:a is ready'])
    const stopped = { ...process, stoppedAt: 1_900 }
    assert.deepEqual(between({ processes: [process] }, { processes: [stopped] }), [
      'process.changed: host:1:a is stopped',
    ])
    const installation = anInstallation({ live: kept(1), building: kept(2) })
    assert.deepEqual(between({ installation }, { installation, failedRows: { live: 1, building: 2 } }), [
      'row.failed: 1 more rows failed in run run-1',
      'row.failed: 2 more rows failed in run run-2',
    ])
    // What was building is live: its failures are not new.
    const promoted = anInstallation({ live: kept(2) })
    assert.deepEqual(
      between(
        { installation, failedRows: { live: 0, building: 2 } },
        { installation: promoted, failedRows: { live: 2, building: 0 } },
      ),
      [],
    )
  })

  test('with the schedule, when another time is the next', () => {
    const due = (sync: number | null) => ({ due: { sync, verify: null, reasons: null } })
    assert.deepEqual(between(due(5_000), due(5_000)), [])
    assert.deepEqual(between(due(5_000), due(9_000)), ['schedule.next: sync is due at 1970-01-01T00:00:09.000Z'])
    assert.deepEqual(between(due(5_000), due(null)), [])
  })

  test('with a server, at the first fault and at each turn', () => {
    const servers = (state: 'working' | 'away' | 'unknown') => ({
      servers: { asOf: 1, servers: [{ name: 'MySQL', state, since: null, answeredInMs: null, fault: null }] },
    })
    assert.deepEqual(between(servers('unknown'), servers('working')), [])
    assert.deepEqual(between(servers('unknown'), servers('away')), ['health.changed: MySQL is away'])
    assert.deepEqual(between(servers('away'), servers('working')), ['health.changed: MySQL is working'])
  })
})
