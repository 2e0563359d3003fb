import { RevalError } from '../../errors/reval-error.ts'
import type { Queue } from '../../ports/broker.ts'
import {
  claimId,
  type Claim,
  type ClaimedStage,
  type Manifest,
  type Run,
  type SendStage,
  type ServiceName,
} from '../../ports/run-ledger.ts'
import type { Commands } from './commands.ts'
import type { SyncContext } from '../context.ts'
import { PacedManifest } from './paced-manifest.ts'
import { withProgress, withUnproved } from './run-state.ts'
import { Sight } from '../lease/sight.ts'
import { UnprovedStage } from './unproved-stage.ts'

/** Where a stage that a service sends stands. */
export type SendStageStanding =
  | { readonly kind: 'waiting'; readonly run: Run }
  | { readonly kind: 'complete'; readonly run: Run }
  | { readonly kind: 'begin again'; readonly reason: string }

export const SENDER: Readonly<Record<SendStage, ServiceName>> = { trainees: 'tcs', doctors: 'recommendation' }
const DATA_QUEUE: Readonly<Record<SendStage, Queue>> = { trainees: 'traineeData', doctors: 'doctorData' }

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

/** Watches one stage that a service sends, in one generation: from its command to the last receipt. */
export class SendStageWatch {
  private readonly context: SyncContext
  private readonly stage: SendStage
  private readonly unproved: UnprovedStage
  private readonly sight: Sight
  private readonly manifest: PacedManifest
  private remembered = false
  private isOver = false
  private lastManifest = ''
  private movedAt: number
  private unquietAt: number

  constructor(context: SyncContext, run: Run, stage: SendStage) {
    this.context = context
    this.stage = stage
    this.unproved = new UnprovedStage(context, run, stage)
    this.sight = new Sight(context)
    this.manifest = new PacedManifest(context)
    this.movedAt = context.clock.now()
    this.unquietAt = this.movedAt
  }

  /** Where messages without headers go; null where a sender that has them claimed the stage, and once it is over. */
  async takesUnproved(run: Run): Promise<UnprovedStage | null> {
    if (this.isOver) return null
    if (this.unproved.hasCome) return this.unproved
    const claim = await claimOf(this.context, run, this.stage, SENDER[this.stage])
    return claim === null ? this.unproved : null
  }

  /** Rejects STAGE_UNCLAIMED, or with the code of a sender that gave up. */
  async look(run: Run, commands: Commands): Promise<SendStageStanding> {
    const claim = await claimOf(this.context, run, this.stage, SENDER[this.stage])
    this.sight.looked()
    if (await this.wereLost()) return { kind: 'begin again', reason: this.lostReason() }
    if (this.unproved.hasCome) return claim === null ? this.lookAtUnproved(run) : this.twoSenders(claim)
    if (claim === null) {
      await commands.publishIfDue(run, this.stage)
      return { kind: 'waiting', run }
    }
    return this.lookAtClaim(run, claim)
  }

  private async lookAtClaim(run: Run, claim: Claim): Promise<SendStageStanding> {
    if (claim.failure !== null) {
      const { code, reason, transient } = claim.failure
      if (!transient) throw new RevalError(code, reason)
      return { kind: 'begin again', reason: `${claim.service} broke off while it sent ${claim.stage}: ${reason}` }
    }
    const torn = await this.reasonToBeginAgain(run, claim)
    if (torn !== null) return { kind: 'begin again', reason: torn }

    const manifest = await this.manifest.count(run.id, this.stage, claim.attempt)
    const { attempt, expected } = claim
    const failedRows = manifest.failedRows + (claim.totals?.failedRows ?? 0)
    const next = withProgress(run, this.stage, { ...manifest, attempt, expected, failedRows })
    if (isComplete(claim, manifest)) return { kind: 'complete', run: next }
    return this.stalled(manifest) ?? { kind: 'waiting', run: next }
  }

  /**
   * A sender without headers has sent all when its end message is in, its queue is empty, nothing of it is being
   * written, and all that has been so for a while: the end may have overtaken rows.
   */
  private async lookAtUnproved(run: Run): Promise<SendStageStanding> {
    const { clock, settings } = this.context
    const { attempt } = this.unproved
    const manifest = await this.manifest.count(run.id, this.stage, attempt)
    const next = withUnproved(withProgress(run, this.stage, { ...manifest, attempt }), this.stage)
    if (this.unproved.hasEnded) {
      const { waiting, unended } = await this.context.broker.depth(DATA_QUEUE[this.stage])
      const now = clock.now()
      if (waiting + unended > 0) this.unquietAt = now
      const quietFor = now - Math.max(this.unquietAt, this.unproved.lastMoved)
      this.isOver = quietFor >= settings.quietMs
      if (this.isOver) return { kind: 'complete', run: next }
      if (quietFor > 0) return { kind: 'waiting', run: next }
    }
    return this.stalled(manifest) ?? { kind: 'waiting', run: next }
  }

  private twoSenders({ service, stage }: Claim): SendStageStanding {
    const reason = `${service} took ${stage} after another sender, without run headers, had begun to send them`
    return { kind: 'begin again', reason }
  }

  /** Whether rows came to a former process whose messages ended with it. */
  private async wereLost(): Promise<boolean> {
    if (this.remembered) return false
    const cameHere = this.unproved.hasCome
    await this.unproved.remember()
    this.remembered = true
    const { broker, alone } = this.context
    return !broker.capabilities.keepsMessages && alone && this.unproved.hasCome && !cameHere
  }

  private async reasonToBeginAgain(run: Run, claim: Claim): Promise<string | null> {
    const { broker, holder, alone } = this.context
    if (claim.totals === null && this.sight.hasLapsed(claim))
      return `${claim.service} stopped while it sent ${claim.stage}`
    if (!broker.capabilities.keepsMessages && alone && claim.holder !== holder) return this.lostReason()
    return editionsDiffer(this.context, run, claim)
  }

  private lostReason(): string {
    return `the messages of ${this.stage} were lost with the process that held them`
  }

  private stalled(manifest: Manifest): SendStageStanding | null {
    const { clock, settings } = this.context
    const seen = JSON.stringify(manifest)
    if (seen !== this.lastManifest) {
      this.lastManifest = seen
      this.movedAt = clock.now()
    }
    if (clock.now() - this.movedAt <= settings.stallMs) return null
    return { kind: 'begin again', reason: `no progress in ${this.stage} for ${settings.stallMs / 1000} s` }
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
