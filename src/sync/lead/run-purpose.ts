import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Installation, Refusal, Run, RunEnd, Stage } from '../../ports/run-ledger.ts'
import type { Verification } from '../../ports/verification.ts'
import type { SyncSettings } from '../context.ts'
import { withProgress } from '../run-state.ts'
import { isToBePromoted } from '../verify/verify-live.ts'
import type { Compared } from './comparing.ts'

/**
 * The stages that a run with this purpose skips. In stage `lists`, services count the rows of a new master index, and tables are
 * filled; a verification has neither, unless what it builds may go live.
 */
export function skippedStages(
  run: Pick<Run, 'purpose' | 'repair'>,
  { previewShare, lists }: Pick<SyncSettings, 'previewShare' | 'lists'>,
): readonly Stage[] {
  const skipped: Readonly<Record<Run['purpose'], readonly Stage[]>> = {
    sync: previewShare === null ? ['comparing'] : [],
    preview: [],
    verify: hasTables(run, { lists }) ? [] : ['lists'],
  }
  return skipped[run.purpose]
}

/** Whether what a run builds may go live, so that its lists must be readable. */
export function mayGoLive({ purpose, repair }: Pick<Run, 'purpose' | 'repair'>): boolean {
  return purpose !== 'verify' || repair === 'promote'
}

/** Whether the lists of what a run builds are tables. */
export function hasTables(run: Pick<Run, 'purpose' | 'repair'>, { lists }: Pick<SyncSettings, 'lists'>): boolean {
  return lists === 'tables' && mayGoLive(run)
}

/** Refusals that mean that the generation is not what the sources say, so that live cannot be compared with it. */
const UNTRUSTED: readonly ErrorCode[] = [
  'CHECK_EMPTY',
  'CHECK_SOURCE_EMPTY',
  'CHECK_COUNTS',
  'CHECK_DIGESTS',
  'CHECK_READ_BACK',
  'CHECK_FAILED_ROWS',
]

/** Why a verification cannot be decided after the checks of what it built; null if it can, and for other runs. */
export function refusalOfVerification({ purpose, evidence }: Pick<Run, 'purpose' | 'evidence'>): Refusal | null {
  const refusal = purpose === 'verify' ? evidence?.refusal : null
  return refusal != null && UNTRUSTED.includes(refusal.code) ? refusal : null
}

/** Why a run is held back at the switch; null if it goes on. A sync that its checks hold back has nothing to compare. */
export function refusalAtSwitch({ purpose, evidence }: Pick<Run, 'purpose' | 'evidence'>): Refusal | null {
  return purpose === 'sync' ? (evidence?.refusal ?? null) : null
}

/** How a run continues after its generation was compared. */
export type AfterComparing =
  | { readonly kind: 'promote' }
  | { readonly kind: 'end'; readonly state: RunEnd; readonly error: RevalError | null; readonly stage: Stage }

/** Decides by the purpose of a run, its checks and what the comparison found. Source: docs/architecture.md, "States". */
export function afterComparing(run: Run, { verification, refusal: moves }: Compared): AfterComparing {
  const checks = run.evidence?.refusal ?? null
  const heldBack = ({ code, reason }: Refusal, stage: Stage): AfterComparing => ({
    kind: 'end',
    state: 'held back',
    error: new RevalError(code, reason),
    stage,
  })
  switch (run.purpose) {
    case 'preview':
      return checks === null ? heldBack(PREVIEW, 'comparing') : heldBack(checks, 'checking')
    case 'verify':
      if (verification === null || !isToBePromoted(run, verification)) {
        return { kind: 'end', state: 'verified', error: null, stage: 'comparing' }
      }
      return checks === null ? { kind: 'promote' } : heldBack(checks, 'checking')
    case 'sync':
      return moves === null || run.expect !== null ? { kind: 'promote' } : heldBack(moves, 'comparing')
  }
}

const PREVIEW: Refusal = { code: 'PREVIEW', reason: 'held back: preview' }

/** The run with what the comparison found. */
export function withCompared(run: Run, { comparison, verification, refusal }: Compared): Run {
  const rows = comparison?.summary.rows.after ?? verification?.rows.built ?? 0
  const { evidence } = run
  const isAccepted = refusal !== null && run.purpose === 'sync' && run.expect !== null
  return {
    ...withComparedRows(run, rows),
    comparison,
    verification,
    evidence: evidence && isAccepted ? { ...evidence, accepted: evidence.accepted ?? refusal } : evidence,
  }
}

/** The run with how many of its rows were compared. */
export function withComparedRows(run: Run, rows: number): Run {
  const expected = run.evidence?.profile.indexes.masterdoctorindex ?? null
  return withProgress(run, 'comparing', { rows, expected })
}

/** Throws VERIFY_VOID if live is not what a verification compared: promoting what it built would undo that move. */
export function refuseMovedLive({ live }: Verification, installation: Pick<Installation, 'live'>): void {
  const now = installation.live?.generation ?? null
  if (now === live.generation) return
  throw new RevalError('VERIFY_VOID', `live moved from ${live.generation} to ${now ?? 'nothing'} after it was compared`)
}
