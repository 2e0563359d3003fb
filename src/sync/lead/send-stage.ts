import type { Claim, Manifest, Run, SendStage } from '../../ports/run-ledger.ts'
import { LeaseObserver } from '../lease/lease-observer.ts'
import type { WriterContext } from '../lease/writer.ts'
import { unprovedAttempt } from '../receive/unproved-sender.ts'
import { withProgress } from '../run-state.ts'
import { SENDERS } from '../stages.ts'
import { brokenOff, claimOf, editionsDiffer } from './claims.ts'
import type { Commands } from './commands.ts'
import type { Filling } from './filling.ts'
import { isComplete, QueueQuiet, StageMovement } from './stage-progress.ts'

/** Where a stage that a service sends stands. */
export type SendStageState =
  | { readonly kind: 'waiting'; readonly run: Run }
  | { readonly kind: 'complete'; readonly run: Run }
  | { readonly kind: 'begin again'; readonly reason: string }

/** A sender at work tells nothing new: its claim is read no more often than this. */
const CLAIM_EVERY_MS = 1_000

/** Watches one stage that a service sends, in one generation: from its command to its last message. */
export class SendStageWatch {
  readonly #context: WriterContext
  readonly #stage: SendStage
  readonly #filling: Filling
  readonly #observer: LeaseObserver
  #claim: Claim | null = null
  #claimReadAt = -Infinity
  #isHinted = false
  #isOver = false
  readonly #movement = new StageMovement()
  readonly #quiet: QueueQuiet

  constructor(context: WriterContext, filling: Filling, stage: SendStage) {
    this.#context = context
    this.#filling = filling
    this.#stage = stage
    this.#observer = new LeaseObserver(context)
    this.#quiet = new QueueQuiet(context.clock.monotonic())
  }

  /** Its end message came: the claim is worth a look. */
  hint(): void {
    this.#isHinted = true
  }

  /** Whether messages without headers are taken: not where a sender that has them claimed the stage, nor once it is over. */
  async takesUnproved(run: Run): Promise<boolean> {
    if (this.#isOver) return false
    if (this.#filling.hasUnproved(this.#stage)) return true
    return (await claimOf(this.#context, run, this.#stage, SENDERS[this.#stage].service)) === null
  }

  /** Whether all that was announced has come: then the stage is worth a look. */
  get hasAll(): boolean {
    const totals = this.#claim?.totals
    return totals != null && this.#filling.manifestOf(this.#stage)?.counts.messages === totals.messages
  }

  /** Rejects STAGE_UNCLAIMED, or with the code of a sender that gave up. */
  async look(run: Run, commands: Commands): Promise<SendStageState> {
    const claim = await this.#readClaim(run)
    if (this.#filling.hasUnproved(this.#stage)) {
      return claim === null ? this.#lookAtUnproved(run) : twoSenders(claim)
    }
    if (claim !== null) return this.#lookAtClaim(run, claim)
    await commands.publishIfDue(run, this.#stage)
    return { kind: 'waiting', run }
  }

  async #readClaim(run: Run): Promise<Claim | null> {
    const { clock } = this.#context
    const isDue = this.#isHinted || clock.monotonic() - this.#claimReadAt >= CLAIM_EVERY_MS
    if (this.#claim !== null && (this.#claim.totals !== null || !isDue)) return this.#claim
    this.#isHinted = false
    this.#claim = await claimOf(this.#context, run, this.#stage, SENDERS[this.#stage].service)
    this.#claimReadAt = clock.monotonic()
    this.#observer.observed()
    return this.#claim
  }

  async #lookAtClaim(run: Run, claim: Claim): Promise<SendStageState> {
    const torn = brokenOff(claim, `while sending ${claim.stage}`) ?? (await this.#reasonToBeginAgain(run, claim))
    if (torn !== null) return { kind: 'begin again', reason: torn }

    const { attempt, expected } = claim
    const { counts } = this.#filling.manifest(this.#stage, attempt)
    const failedRows = counts.failedRows + (claim.totals?.failedRows ?? 0)
    const next = withProgress(run, this.#stage, { ...counts, attempt, expected, failedRows })
    if (claim.totals !== null && isComplete(claim.totals, counts)) {
      this.#filling.totals.set(this.#stage, claim.totals)
      return { kind: 'complete', run: next }
    }
    return this.#stalled(counts) ?? { kind: 'waiting', run: next }
  }

  /**
   * A sender without headers has sent all when its end message is in, its queue is empty, nothing of it is being
   * written, and all that has been so for a while: the end may have overtaken rows.
   */
  async #lookAtUnproved(run: Run): Promise<SendStageState> {
    const { clock, settings, broker } = this.#context
    const sender = this.#filling.unproved(this.#context, run, this.#stage)
    const attempt = unprovedAttempt(run)
    const { counts } = this.#filling.manifest(this.#stage, attempt)
    const next = withProgress(run, this.#stage, { ...counts, attempt })
    if (this.#isOver) return { kind: 'complete', run: next }
    if (sender.hasEnded) {
      const depth = await broker.depth(SENDERS[this.#stage].data)
      const quietFor = this.#quiet.quietFor(depth, sender.lastActivityAt, clock.monotonic())
      this.#isOver = quietFor >= settings.quietMs
      if (this.#isOver) {
        // It announced nothing: what came is all that there is to compare with.
        this.#filling.totals.set(this.#stage, { messages: counts.messages, rows: counts.rows, failedRows: 0 })
        return { kind: 'complete', run: next }
      }
      if (quietFor > 0) return { kind: 'waiting', run: next }
    }
    return this.#stalled(counts) ?? { kind: 'waiting', run: next }
  }

  async #reasonToBeginAgain(run: Run, claim: Claim): Promise<string | null> {
    if (claim.totals === null && this.#observer.hasLapsed(claim)) {
      return `${claim.service} stopped while sending ${claim.stage}`
    }
    if (claim.stage === 'trainees') return null
    const trainees = await claimOf(this.#context, run, 'trainees', SENDERS.trainees.service)
    return editionsDiffer({ of: 'trainees', edition: trainees?.edition ?? null }, { of: claim.stage, ...claim })
  }

  #stalled(counts: Manifest): SendStageState | null {
    const { clock, settings } = this.#context
    if (!this.#movement.hasStalled(counts, clock.monotonic(), settings.stallMs)) return null
    return { kind: 'begin again', reason: `no progress in ${this.#stage} for ${settings.stallMs / 1000} s` }
  }
}

function twoSenders({ service, stage }: Claim): SendStageState {
  const reason = `${service} claimed ${stage} while a sender without run headers was already sending`
  return { kind: 'begin again', reason }
}
