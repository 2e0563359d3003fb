import type { Claim, FailedRow, LedgerRecords, Receipt, Run } from '../../../src/ports/run-ledger.ts'

/** Texts that storage is known to change: quotes, ends of lines, NUL, letters outside the BMP, half of such a letter. */
const AWKWARD = 'O\'Neill "x" \\ \n\u0000 \u00a0 é 𝒳 \ud835'

export function run(id: string, requestedAt = 1_700_000_000_000): Run {
  return {
    id,
    day: '2026-03-29',
    state: 'doctors',
    requestedAt,
    requestedBy: AWKWARD,
    finishedAt: null,
    generation: `g-${id}`,
    beginning: 2,
    beganAgain: ['the sources were replaced', ''],
    stages: {
      trainees: {
        startedAt: 1,
        finishedAt: null,
        attempt: null,
        expected: null,
        messages: 0,
        rows: 0,
        failedRows: 0,
        ownRows: 0,
        lateMessages: 0,
      },
    },
    counts: null,
    failure: { code: 'CHECK_SHRUNK', reason: AWKWARD, stage: 'checking' },
    promotedByHand: null,
  }
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
    failure: null,
    ...changes,
  }
}

/** One record of each kind, with nulls at every depth that has them. */
export const ONE_OF_EACH: LedgerRecords = {
  run: run('r1'),
  claim: claim({ run: 'r1', generation: 'g1' }, { totals: null, failure: { code: 'SOURCE_FAILED', reason: AWKWARD } }),
  lease: { holder: AWKWARD, until: Number.MAX_SAFE_INTEGER },
  installation: {
    currentRun: null,
    live: { generation: 'g1', run: 'r1' },
    previous: null,
    heldBack: null,
    changing: { kind: 'rollback', request: 'q1', to: { generation: 'g0', run: 'r0' }, by: AWKWARD, why: '', at: 0 },
    history: [],
  },
  inbox: {
    requests: [
      { id: 'q1', kind: 'cancel', run: null, by: 'op', why: AWKWARD, at: 1, answer: null },
      { id: 'q2', kind: 'promote', run: 'r1', by: 'op', why: '', at: 2, answer: { ok: true } },
      {
        id: 'q3',
        kind: 'rollback',
        run: null,
        by: '',
        why: '',
        at: 3,
        answer: { ok: false, code: 'RUN_OVER', reason: '' },
      },
    ],
  },
}

export function receipt(sequence: number, changes: Partial<Receipt> = {}): Receipt {
  return { run: 'r1', stage: 'trainees', attempt: 'a1', sequence, rows: 10, failedRows: 1, ownRows: 2, ...changes }
}

export function failure(key: string, changes: Partial<FailedRow> = {}): FailedRow {
  return { run: 'r1', stage: 'trainees', key, code: 'ROW_DATE_IMPOSSIBLE', reason: `of ${key}`, ...changes }
}
