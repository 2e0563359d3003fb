import { RevalError } from '../errors/reval-error.ts'
import {
  claimId,
  type Claim,
  type ClaimedStage,
  type Manifest,
  type Run,
  type ServiceName,
} from '../ports/run-ledger.ts'
import { hasLapsed } from './claim.ts'
import type { Commands } from './commands.ts'
import type { SyncContext } from './context.ts'
import { withProgress } from './run-state.ts'

/** Where a stage that a service sends stands. */
export type SendStageStanding =
  | { readonly kind: 'waiting'; readonly run: Run }
  | { readonly kind: 'complete'; readonly run: Run }
  | { readonly kind: 'begin again'; readonly reason: string }

export type SendStage = Extract<ClaimedStage, 'trainees' | 'doctors'>

export const SENDER: Readonly<Record<SendStage, ServiceName>> = { trainees: 'tcs', doctors: 'recommendation' }

/** The claim of a service in the generation that a run fills; null while there is none. */
export async function claimOf(
  { ledger }: Pick<SyncContext, 'ledger'>,
  run: Run,
  stage: ClaimedStage,
  service: ServiceName,
): Promise<Claim | null> {
  const generation = run.generation ?? ''
  return (await ledger.read('claim', claimId({ generation, stage, service })))?.value ?? null
}

/** Watches one stage that a service sends, from its command to the last receipt. */
export class SendStageWatch {
  private readonly context: SyncContext
  private readonly stage: SendStage
  private lastManifest = ''
  private movedAt: number

  constructor(context: SyncContext, stage: SendStage) {
    this.context = context
    this.stage = stage
    this.movedAt = context.clock.now()
  }

  /** Rejects STAGE_UNCLAIMED, or with the code of a sender that gave up. */
  async look(run: Run, commands: Commands): Promise<SendStageStanding> {
    const claim = await claimOf(this.context, run, this.stage, SENDER[this.stage])
    if (claim === null) {
      await commands.publishIfDue(run, this.stage)
      return { kind: 'waiting', run }
    }
    if (claim.failure !== null) throw new RevalError(claim.failure.code, claim.failure.reason)
    const torn = await this.reasonToBeginAgain(run, claim)
    if (torn !== null) return { kind: 'begin again', reason: torn }

    const manifest = await this.context.ledger.manifest(run.id, this.stage, claim.attempt)
    const { attempt, expected } = claim
    const failedRows = manifest.failedRows + (claim.totals?.failedRows ?? 0)
    const known = { ...manifest, attempt, expected, failedRows }
    const next = withProgress(run, this.stage, known)
    if (isComplete(claim, manifest)) return { kind: 'complete', run: next }
    return this.hasStalled(manifest)
      ? { kind: 'begin again', reason: `no progress in ${this.stage} for ${this.context.settings.stallMs / 1000} s` }
      : { kind: 'waiting', run: next }
  }

  private async reasonToBeginAgain(run: Run, claim: Claim): Promise<string | null> {
    const { broker, holder, alone } = this.context
    if (claim.totals === null && hasLapsed(claim, this.context))
      return `${claim.service} stopped while it sent ${claim.stage}`
    if (!broker.capabilities.keepsMessages && alone && claim.holder !== holder) {
      return `the messages of ${claim.stage} were lost with the process that held them`
    }
    return editionsDiffer(this.context, run, claim)
  }

  private hasStalled(manifest: Manifest): boolean {
    const { clock, settings } = this.context
    const seen = JSON.stringify(manifest)
    if (seen !== this.lastManifest) {
      this.lastManifest = seen
      this.movedAt = clock.now()
    }
    return clock.now() - this.movedAt > settings.stallMs
  }
}

function isComplete(claim: Claim, manifest: Manifest): boolean {
  return claim.totals?.messages === manifest.messages && claim.totals.rows === manifest.rows
}

/** Why a run cannot use what a claim reads: its sources are not those that the trainees came from. */
export async function editionsDiffer(
  context: Pick<SyncContext, 'ledger'>,
  run: Run,
  claim: Claim,
): Promise<string | null> {
  const first = claim.stage === 'trainees' ? claim : await claimOf(context, run, 'trainees', SENDER.trainees)
  const [before, now] = [first?.edition ?? null, claim.edition]
  if (before === null || now === null || before === now) return null
  return `the sources were replaced between trainees and ${claim.stage}`
}
