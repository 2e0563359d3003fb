import type { ListMovements } from '../../../src/domain/comparison.ts'
import { FIELDS } from '../../../src/domain/fields.ts'
import { CODED_FIELDS, DAY_FIELDS } from '../../../src/domain/profile.ts'
import type { AuditEntry } from '../../../src/ports/audit.ts'
import type { ChannelStatus } from '../../../src/ports/changes.ts'
import type { Claim, FailedRow, Lease, LedgerRecords, Run, RunEvidence } from '../../../src/ports/run-ledger.ts'
import type { Verification } from '../../../src/ports/verification.ts'

/** Text that storage tends to change: quotes, line endings, NUL, characters beyond the BMP, lone surrogates. */
const AWKWARD = 'O\'Neill "x" \\ \n\u0000 \u00a0 é 𝒳 \ud835'

export function run(id: string, requestedAt = 1_700_000_000_000): Run {
  return {
    id,
    day: '2026-03-29',
    state: 'doctors',
    requestedAt,
    requestedBy: AWKWARD,
    finishedAt: null,
    expect: AWKWARD,
    senderGone: null,
    purpose: 'sync',
    repair: null,
    request: AWKWARD,
    generation: `g-${id}`,
    term: 3,
    restarts: [
      { cause: 'takeover', reason: '', at: 1 },
      { cause: 'fault', reason: AWKWARD, at: 2 },
    ],
    stages: {
      trainees: {
        startedAt: 1,
        finishedAt: null,
        attempt: null,
        expected: null,
        messages: 0,
        rows: 0,
        failedRows: 0,
        withoutTrainee: 0,
        lateMessages: 0,
        unjoined: { written: 1, of: 2 },
      },
    },
    evidence: null,
    failure: { code: 'CHECK_UNLIKE', reason: AWKWARD, stage: 'checking' },
    comparison: null,
    verification: null,
    decision: null,
    unproved: ['doctors'],
  }
}

const RECEIVED = {
  announced: { messages: 1, rows: 2, failedRows: 0 },
  received: { messages: 1, rows: 2, failedRows: 1, withoutTrainee: 0 },
  digests: { compared: 0, different: 0, skipped: 1 },
}

const EVIDENCE: RunEvidence = {
  stages: { trainees: RECEIVED, doctors: RECEIVED },
  checks: [{ what: AWKWARD, left: 1, right: 2, verdict: 'differs' }],
  profile: {
    withTrainee: 1,
    withoutTrainee: 0,
    indexes: {
      masterdoctorindex: 1,
      recommendationindex: 1,
      connectedindex: 1,
      disconnectedindex: 0,
      exceptionindex: 0,
    },
    withReason: 0,
    joined: 1,
    fields: Object.fromEntries(FIELDS.map((field) => [field, 1])) as RunEvidence['profile']['fields'],
    bodies: { '1-1RSSQ1B': 1, [AWKWARD]: 0 },
    codes: Object.fromEntries(CODED_FIELDS.map((field) => [field, {}])) as RunEvidence['profile']['codes'],
    days: Object.fromEntries(DAY_FIELDS.map((field) => [field, null])) as RunEvidence['profile']['days'],
  },
  comparedWith: null,
  findings: [{ figure: `rows of body ${AWKWARD}`, before: 1, now: 0, verdict: 'held back', why: 'fell to zero' }],
  digests: { compared: 1, different: 0, skipped: 0 },
  readBack: { rows: 1, different: [AWKWARD] },
  lists: { connection: { connectedindex: 1 } },
  refusal: { code: 'CHECK_UNLIKE', reason: AWKWARD },
  accepted: null,
}

export function auditEntry(id: string): AuditEntry {
  return {
    ...{ id, at: 1, who: AWKWARD, roles: ['operator'], from: 'HTTP ::1', what: 'POST /api/sync/resync' },
    ...{ subject: AWKWARD, why: AWKWARD, result: null },
  }
}

export function lease(holder: string, until: number, term = 1): Lease {
  return { holder, term, until }
}

export function claim(of: Pick<Claim, 'run' | 'generation'>, changes: Partial<Claim> = {}): Claim {
  return {
    ...of,
    stage: 'trainees',
    service: 'tcs',
    attempt: 'a1',
    holder: 'host:1:x',
    until: 1_700_000_030_000,
    expected: 5,
    edition: null,
    totals: { messages: 1, rows: 5, failedRows: 0 },
    counts: null,
    failure: null,
    ...changes,
  }
}

const CHANNEL: ChannelStatus = {
  waiting: 1,
  oldestAt: null,
  refreshed: 2,
  deadLettered: 0,
  lastRefreshedAt: 3,
  isBehind: true,
}

const MOVED: ListMovements = {
  all: { enter: 1, leave: 0, change: 1 },
  bodies: { [AWKWARD]: { enter: 1, leave: 0, change: 0 } },
}

const VERIFICATION: Verification = {
  run: 'r1',
  by: AWKWARD,
  live: { generation: 'g0', run: 'r0' },
  day: '2026-03-29',
  finishedAt: 6,
  rows: { live: 3, built: 3 },
  missing: 1,
  surplus: 0,
  different: 2,
  tables: { missing: 0, surplus: 1, different: 1 },
  listed: 3,
  settled: 0,
  repaired: { how: 'rows', at: 7, remaining: 0 },
}

/** A record of each kind, with nulls at every depth. */
export const ONE_OF_EACH: LedgerRecords = {
  audit: { ...auditEntry('1'), result: { at: 2, outcome: 'failed', code: 'LEDGER_FAILED', rows: 3 } },
  run: {
    ...run('r1'),
    evidence: EVIDENCE,
    comparison: {
      with: { generation: 'g0', run: 'r0' },
      day: '2026-03-29',
      at: 5,
      summary: {
        rows: { before: 1, after: 2 },
        missing: 1,
        surplus: 0,
        different: 1,
        fields: { owner: 1 },
        lists: {
          masterdoctorindex: MOVED,
          recommendationindex: MOVED,
          connectedindex: MOVED,
          disconnectedindex: MOVED,
          exceptionindex: MOVED,
        },
      },
    },
    verification: VERIFICATION,
    decision: { action: 'discarded', by: AWKWARD, why: AWKWARD, at: null },
  },
  claim: claim(
    { run: 'r1', generation: 'g1' },
    { totals: null, failure: { code: 'SOURCE_FAILED', reason: AWKWARD, transient: true } },
  ),
  lease: lease(AWKWARD, Number.MAX_SAFE_INTEGER),
  notifications: {
    since: 1,
    made: ['run-failed_r1'],
    behind: ['doctorChanged'],
    notifications: [
      {
        ...{ id: 'run-failed_r1', event: 'run-failed', at: 1, title: AWKWARD, text: AWKWARD, remedy: null },
        ...{ run: 'r1', code: null, figures: { rows: 1 }, path: '/' },
        deliveries: [{ destination: 'mail', state: 'waiting', tries: 1, triedAt: null, reason: AWKWARD }],
      },
    ],
  },
  schedule: {
    expression: AWKWARD,
    decidedUntil: 1,
    outcomes: [
      { outcome: 'started', dueAt: 1, decidedAt: 2, times: 1, run: 'r1', code: null },
      { outcome: 'skipped', dueAt: 0, decidedAt: 0, times: 1, run: null, code: 'NOTHING_LIVE' },
    ],
  },
  installation: {
    term: 7,
    currentRun: {
      id: 'r2',
      day: '2026-03-29',
      requestedAt: 1,
      requestedBy: AWKWARD,
      expect: null,
      senderGone: AWKWARD,
      purpose: 'sync',
      repair: null,
      request: AWKWARD,
    },
    live: { generation: 'g1', run: 'r1' },
    previous: null,
    heldBack: null,
    discarding: AWKWARD,
    building: { generation: 'g2', run: 'r2' },
    java: { generation: 'g3', run: AWKWARD },
    changing: {
      kind: 'rollback',
      request: 'q1',
      from: null,
      to: { generation: 'g0', run: 'r0' },
      by: AWKWARD,
      why: '',
      at: 0,
    },
    history: [],
    stillSending: [{ stage: 'trainees', run: 'r0', since: 1, hasEnded: true }],
    stale: { g0: { reason: AWKWARD, at: 4 } },
  },
  inbox: {
    requests: [
      { id: 'q1', kind: 'cancel', run: null, scope: null, seen: null, by: 'op', why: AWKWARD, at: 1, answer: null },
      { id: 'q2', kind: 'promote', run: 'r1', scope: null, seen: null, by: 'op', why: '', at: 2, answer: { ok: true } },
      {
        id: 'q3',
        kind: 'rollback',
        run: null,
        scope: null,
        seen: AWKWARD,
        by: '',
        why: '',
        at: 3,
        answer: { ok: false, code: 'RUN_OVER', reason: '' },
      },
      {
        id: 'q4',
        kind: 'resync',
        run: null,
        scope: { keys: [AWKWARD, '7654321'] },
        seen: null,
        by: 'op',
        why: '',
        at: 4,
        answer: {
          ok: true,
          resync: {
            changed: [{ id: 'tcs-1', op: 'deleted' }],
            written: 1,
            keys: 2,
            unknown: [AWKWARD],
            failed: [{ key: 'tcs-2', code: 'ROW_WRITE_FAILED', reason: AWKWARD }],
          },
        },
      },
    ],
  },
  changes: {
    term: 7,
    savedAt: 1,
    perSecond: 0.5,
    reasonsComparedAt: null,
    paused: { code: 'SOURCE_FAILED', reason: AWKWARD },
    channels: { traineeChanged: CHANNEL, doctorChanged: CHANNEL, recommendationChanged: CHANNEL },
  },
  verification: VERIFICATION,
  findings: { findings: [{ list: null, id: AWKWARD, kind: 'different', fields: ['owner'], isRepaired: false }] },
  processes: {
    processes: [
      {
        name: 'host:1:abc',
        services: ['tcs', 'integration'],
        version: '1.0.0',
        startedAt: 1,
        seenAt: 2,
        stoppedAt: 3,
        away: [AWKWARD],
        sends: [
          {
            ...{ stage: 'trainees', startedAt: 1, state: 'failed', rows: 2, failedRows: 3, inQueue: 4, endedAt: 5 },
            failure: { code: 'SEND_UNFINISHED', reason: AWKWARD },
          },
        ],
      },
    ],
  },
  erasures: {
    erasures: [
      {
        request: 'q1',
        by: AWKWARD,
        why: AWKWARD,
        at: 1,
        erased: { rows: { live: 1, previous: 0, heldBack: 2 }, failedRows: 3, deadLetters: 4, records: 5 },
      },
    ],
  },
  decisions: {
    decisions: [{ action: 'discarded', what: ['trainees tcs-1', AWKWARD], by: AWKWARD, why: AWKWARD, at: 1 }],
  },
}

export function failure(key: string, changes: Partial<FailedRow> = {}): FailedRow {
  return {
    run: 'r1',
    generation: 'g1',
    stage: 'trainees',
    at: 1_700_000_000_000,
    key,
    code: 'ROW_DATE_IMPOSSIBLE',
    reason: `of ${key}`,
    ...changes,
  }
}
