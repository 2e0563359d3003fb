import type { AttemptId, ClaimedStage, Manifest, RunId } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'

/** Of the time that passes, at most this part is spent on counting receipts. */
const SHARE = 1 / 10
const LONGEST_MS = 1_000

/**
 * The manifest of one attempt, counted anew only now and then: a ledger that takes long to count is asked less often,
 * because counting takes from the engine what filling needs. What it gives may be a second old; receipts are only ever
 * added, so that a stage that was complete is complete.
 */
export class PacedManifest {
  private readonly context: Pick<SyncContext, 'ledger' | 'clock'>
  private known: { readonly attempt: AttemptId; readonly manifest: Manifest } | null = null
  private dueAt = 0

  constructor(context: Pick<SyncContext, 'ledger' | 'clock'>) {
    this.context = context
  }

  async count(run: RunId, stage: ClaimedStage, attempt: AttemptId): Promise<Manifest> {
    const { ledger, clock } = this.context
    const before = clock.now()
    if (this.known?.attempt === attempt && before < this.dueAt) return this.known.manifest
    const manifest = await ledger.manifest(run, stage, attempt)
    const after = clock.now()
    this.known = { attempt, manifest }
    this.dueAt = after + Math.min((after - before) / SHARE, LONGEST_MS)
    return manifest
  }
}
