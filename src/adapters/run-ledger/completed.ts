import type { ProcessRecord } from '../../ports/processes.ts'
import type {
  Inbox,
  Installation,
  LedgerRecords,
  RecordKind,
  Run,
  RunEvidence,
  RunRequest,
  WriterRequest,
} from '../../ports/run-ledger.ts'
import type { Finding, Findings, Verification } from '../../ports/verification.ts'

type Earlier<T, Added extends keyof T> = Omit<T, Added> & Partial<Pick<T, Added>>
type EarlierRequest = Earlier<RunRequest, 'purpose' | 'repair' | 'request'>
type EarlierEvidence = Earlier<RunEvidence, 'stages' | 'checks'>

type EarlierVerification = Earlier<Verification, 'tables'>

interface EarlierFindings {
  readonly findings: readonly Earlier<Finding, 'list'>[]
}

interface EarlierRun extends Earlier<
  Omit<Run, 'evidence' | 'verification'>,
  'purpose' | 'repair' | 'request' | 'comparison' | 'decision'
> {
  readonly evidence: EarlierEvidence | null
  readonly verification?: EarlierVerification | null
  /** From versions without decisions. */
  readonly promotedByHand?: { readonly by: string; readonly why: string } | null
}

interface EarlierInstallation extends Earlier<
  Omit<Installation, 'currentRun'>,
  'discarding' | 'building' | 'java' | 'stillSending' | 'stale'
> {
  readonly currentRun: EarlierRequest | null
}

interface EarlierInbox {
  readonly requests: readonly Earlier<WriterRequest, 'seen'>[]
}

interface EarlierProcesses {
  readonly processes: readonly Earlier<ProcessRecord, 'sends'>[]
}

/** What a record of each kind may lack, if an earlier version wrote it, and how it is completed. */
const COMPLETE: {
  readonly [K in RecordKind]: (stored: LedgerRecords[K]) => LedgerRecords[K]
} = {
  audit: (stored) => stored,
  run: completedRun,
  installation: completedInstallation,
  claim: (stored) => stored,
  lease: (stored) => stored,
  inbox: completedInbox,
  changes: (stored) => stored,
  decisions: (stored) => stored,
  erasures: (stored) => stored,
  verification: completedVerification,
  findings: completedFindings,
  processes: ({ processes }: EarlierProcesses) => ({
    processes: processes.map((each) => ({ ...{ sends: [] }, ...each })),
  }),
  schedule: (stored) => stored,
  notifications: (stored) => stored,
}

/** A record that was stored as JSON, with what the version that wrote it did not know. Every ledger reads through this. */
export function recordFrom<K extends RecordKind>(kind: K, json: string): LedgerRecords[K] {
  return COMPLETE[kind](JSON.parse(json) as LedgerRecords[K])
}

function completedRun({ promotedByHand = null, ...stored }: EarlierRun): Run {
  const decision = promotedByHand && { action: 'promoted' as const, ...promotedByHand, at: null }
  return {
    ...{ comparison: null, decision },
    ...completedRequest(stored),
    verification: stored.verification == null ? null : completedVerification(stored.verification),
    evidence: stored.evidence && { ...{ stages: null, checks: [] }, ...stored.evidence },
  }
}

function completedRequest<T extends EarlierRequest>(stored: T): T & RunRequest {
  return { ...{ purpose: 'sync', repair: null, request: null }, ...stored }
}

function completedVerification(stored: EarlierVerification): Verification {
  return { tables: null, ...stored }
}

function completedFindings({ findings }: EarlierFindings): Findings {
  return { findings: findings.map((finding) => ({ list: null, ...finding })) }
}

function completedInstallation(stored: EarlierInstallation): Installation {
  return {
    ...{ discarding: null, building: null, java: null, stillSending: [], stale: {} },
    ...stored,
    currentRun: stored.currentRun && completedRequest(stored.currentRun),
  }
}

function completedInbox({ requests }: EarlierInbox): Inbox {
  return { requests: requests.map((request) => ({ ...{ seen: null }, ...request })) }
}
