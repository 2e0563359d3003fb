import type { Delivery } from '../../src/ports/broker.ts'
import type {
  Claim,
  Installation,
  KeptGeneration,
  AliasChange,
  Run,
  WriterRequest,
} from '../../src/ports/run-ledger.ts'
import type { AliasChangeRequest } from '../../src/sync/lead/alias-rules.ts'
import { NEW_INSTALLATION } from '../../src/sync/records.ts'
import { newRun } from '../../src/sync/run-state.ts'

/** The request of `aRun`. */
export const RUN_REQUEST = {
  id: 'run-1',
  day: '2026-06-01',
  requestedAt: 1,
  requestedBy: 'test',
  expect: null,
  senderGone: null,
  purpose: 'sync' as const,
  repair: null,
  request: null,
}

/** A requested run, with these differences. */
export function aRun(differing: Partial<Run> = {}): Run {
  return { ...newRun(RUN_REQUEST), ...differing }
}

/** The generation `g-<name>` of the run `run-<name>`. */
export function kept(name: string | number): KeptGeneration {
  return { generation: `g-${name}`, run: `run-${name}` }
}

export function anInstallation(differing: Partial<Installation> = {}): Installation {
  return { ...NEW_INSTALLATION, ...differing }
}

export function aChange(differing: Partial<AliasChange> = {}): AliasChange {
  return {
    kind: 'promotion',
    from: kept(1),
    to: kept(2),
    request: null,
    by: 'test',
    why: 'it is right',
    at: 5,
    ...differing,
  }
}

/** The request of such a change. */
export function aChangeRequest(differing: Partial<AliasChangeRequest> = {}): AliasChangeRequest {
  return { kind: 'promotion', to: kept(2), request: null, by: 'test', why: 'it is right', ...differing }
}

export function aRequest(differing: Partial<WriterRequest> = {}): WriterRequest {
  return {
    id: 'q-1',
    kind: 'cancel',
    run: null,
    scope: null,
    seen: null,
    by: 'somebody',
    why: 'so',
    at: 1,
    answer: null,
    ...differing,
  }
}

export function aClaim(differing: Partial<Claim> = {}): Claim {
  return {
    run: 'run-1',
    generation: 'g-1',
    stage: 'trainees',
    service: 'tcs',
    attempt: 'a-1',
    holder: 'somebody',
    until: 1_000,
    expected: null,
    edition: null,
    totals: null,
    counts: null,
    failure: null,
    ...differing,
  }
}

/** A delivery without contents, for what looks at deliveries but never at messages. */
export const DELIVERED: Delivery = {
  body: new Uint8Array(),
  attributes: {},
  deliveries: 1,
  sentAt: null,
  acknowledge: () => Promise.resolve(),
  giveBack: () => Promise.resolve(),
  deadLetter: () => Promise.resolve(),
}
