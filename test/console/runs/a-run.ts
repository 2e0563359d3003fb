import type { ChangesStatus } from '../../../src/ports/changes.ts'
import type { Installation, Run, RunEvidence, StageProgress } from '../../../src/ports/run-ledger.ts'
import { NEW_INSTALLATION } from '../../../src/sync/records.ts'
import { newRun, NO_PROGRESS } from '../../../src/sync/run-state.ts'
import { aProfile, type Differing } from '../../domain/a-profile.ts'

/** 11:12am in London, where it is winter. */
export const NOW = Date.parse('2026-11-26T11:12:00Z')
/** 5:04am on the same day. */
export const AT_FIVE = Date.parse('2026-11-26T05:04:00Z')

/** A run that has just been requested at 5:04am by the schedule, unless a test says otherwise. */
export function aRun(differing: Partial<Run> = {}): Run {
  const request = {
    id: '20261126t050400-1c85',
    day: '2026-11-26',
    requestedAt: AT_FIVE,
    requestedBy: 'the schedule',
    expect: null,
    senderGone: null,
    purpose: 'sync',
    repair: null,
    request: null,
  } as const
  return { ...newRun(request), ...differing }
}

/** A stage that began `after` seconds after the run, with 20,000 rows expected. */
export function aStage(after: number, differing: Partial<StageProgress> = {}): StageProgress {
  return { ...NO_PROGRESS, startedAt: AT_FIVE + after * 1000, expected: 20_000, ...differing }
}

/** Checks that all passed. */
export function evidence(differing: Differing = {}, others: Partial<RunEvidence> = {}): RunEvidence {
  return {
    stages: null,
    checks: [
      { what: 'trainees reported and received', left: 9_000, right: 9_000, verdict: 'same' },
      { what: 'doctors reported and received', left: 9_000, right: 9_000, verdict: 'same' },
    ],
    profile: aProfile(differing),
    comparedWith: null,
    findings: [],
    digests: { compared: 40, different: 0, skipped: 0 },
    readBack: { rows: 100, different: [] },
    lists: {},
    refusal: null,
    accepted: null,
    ...others,
  }
}

/** A run that took 23 seconds and went live by itself. */
export function liveRun(differing: Partial<Run> = {}): Run {
  const end = AT_FIVE + 23_000
  return aRun({
    state: 'live',
    finishedAt: end,
    generation: 'g-live',
    stages: {
      trainees: aStage(0, { finishedAt: AT_FIVE + 2_000, rows: 20_000, messages: 40 }),
      doctors: aStage(2, { finishedAt: AT_FIVE + 20_000, rows: 20_000, messages: 40 }),
      lists: aStage(20, { finishedAt: AT_FIVE + 21_000, expected: null }),
      checking: aStage(21, { finishedAt: AT_FIVE + 22_000, expected: null }),
      promoting: aStage(22, { finishedAt: end, expected: null }),
    },
    evidence: evidence(),
    ...differing,
  })
}

/** The installation in which this run is live, promoted when it ended. */
export function installationOf(live: Run, differing: Partial<Installation> = {}): Installation {
  const kept = { generation: live.generation ?? 'none', run: live.id }
  const move = { kind: 'promotion', from: null, to: kept, request: null, by: live.requestedBy, why: '' } as const
  return { ...NEW_INSTALLATION, term: 1, live: kept, history: [{ ...move, at: live.finishedAt ?? 0 }], ...differing }
}

/** Live changes that are applied, none of them so far. */
export function changesStatus(differing: Partial<ChangesStatus> = {}): ChangesStatus {
  const channel = {
    waiting: 0,
    oldestAt: null,
    refreshed: 0,
    deadLettered: 0,
    lastRefreshedAt: null,
    isBehind: false,
  }
  return {
    term: 1,
    savedAt: NOW,
    perSecond: 0,
    reasonsComparedAt: null,
    paused: null,
    channels: { traineeChanged: channel, doctorChanged: channel, recommendationChanged: channel },
    ...differing,
  }
}
