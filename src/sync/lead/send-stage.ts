import type { Claim, Manifest, Run, SendStage } from '../../ports/run-ledger.ts'
import { LeaseObserver } from '../lease/lease-observer.ts'
import type { WriterContext } from '../lease/writer.ts'
import { unprovedAttempt } from '../receive/unproved-sender.ts'
import { withProgress } from '../run-state.ts'
import { SENDERS } from '../stages.ts'
import { claimOf, editionsDiffer, failureOf } from './claims.ts'
import type { Commands } from './commands.ts'
import type { Build } from './build.ts'
import { isComplete, QueueQuiet, StallDetector } from './stage-progress.ts'

/** The state of a stage whose rows a service sends. */
export type SendStageState =
  | { readonly kind: 'waiting'; readonly run: Run }
  | { readonly kind: 'complete'; readonly run: Run }
  | { readonly kind: 'restart'; readonly reason: string }

/** How often the claim of an active sender is read. */
const CLAIM_EVERY_MS = 1_000

/** Watches one stage whose rows a service sends, in one generation, from its command to its last message. */
export class SendStageWatch {
  readonly #context: WriterContext
  readonly #stage: SendStage
  readonly #build: Build
  readonly #observer: LeaseObserver
  #claim: Claim | null = null
  #claimReadAt = -Infinity
  #hasEndMessage = false
  #isOver = false
  readonly #stall = new StallDetector()
  readonly #quiet: QueueQuiet

  constructor(context: WriterContext, build: Build, stage: SendStage) {
    this.#context = context
    this.#build = build
    this.#stage = stage
    this.#observer = new LeaseObserver(context)
    this.#quiet = new QueueQuiet(context.clock.monotonic())
  }

  /** The end message of the sender arrived, so its claim is read again at the next check. */
  endReceived(): void {
    this.#hasEndMessage = true
  }

  /** Whether messages without headers are accepted: not once a sender with headers claimed the stage, or it is over. */
  async acceptsUnproved(run: Run): Promise<boolean> {
    if (this.#isOver) return false
    if (this.#build.hasUnproved(this.#stage)) return true
    return (await claimOf(this.#context, run, this.#stage, SENDERS[this.#stage].service)) === null
  }

  /** Whether all reported messages were received, so that the next check may complete the stage. */
  get hasEverything(): boolean {
    const totals = this.#claim?.totals
    return totals != null && this.#build.manifestOf(this.#stage)?.counts.messages === totals.messages
  }

  /** Rejects STAGE_UNCLAIMED, or with the code of a sender that gave up. */
  async check(run: Run, commands: Commands): Promise<SendStageState> {
    const claim = await this.#readClaim(run)
    if (this.#build.hasUnproved(this.#stage)) {
      return claim === null ? this.#checkUnproved(run) : twoSenders(claim)
    }
    if (claim !== null) return this.#checkClaim(run, claim)
    await commands.publishIfDue(run, this.#stage)
    return { kind: 'waiting', run }
  }

  async #readClaim(run: Run): Promise<Claim | null> {
    const { clock } = this.#context
    const isDue = this.#hasEndMessage || clock.monotonic() - this.#claimReadAt >= CLAIM_EVERY_MS
    if (this.#claim !== null && (this.#claim.totals !== null || !isDue)) return this.#claim
    this.#hasEndMessage = false
    this.#claim = await claimOf(this.#context, run, this.#stage, SENDERS[this.#stage].service)
    this.#claimReadAt = clock.monotonic()
    this.#observer.observed()
    return this.#claim
  }

  async #checkClaim(run: Run, claim: Claim): Promise<SendStageState> {
    const reason = failureOf(claim, `while sending ${claim.stage}`) ?? (await this.#restartReason(run, claim))
    if (reason !== null) return { kind: 'restart', reason }

    const { attempt, expected } = claim
    const { counts } = this.#build.manifest(this.#stage, attempt)
    const failedRows = counts.failedRows + (claim.totals?.failedRows ?? 0)
    const next = withProgress(run, this.#stage, { ...counts, attempt, expected, failedRows })
    if (claim.totals !== null && isComplete(claim.totals, counts)) {
      this.#build.totals.set(this.#stage, claim.totals)
      return { kind: 'complete', run: next }
    }
    return this.#stalled(counts) ?? { kind: 'waiting', run: next }
  }

  /**
   * A sender without headers has finished when its end message was received, and for a while since then its queue was
   * empty and none of its rows was being written: the end message may have overtaken rows.
   */
  async #checkUnproved(run: Run): Promise<SendStageState> {
    const { clock, settings, broker } = this.#context
    const sender = this.#build.unproved(this.#context, run, this.#stage)
    const attempt = unprovedAttempt(run)
    const { counts } = this.#build.manifest(this.#stage, attempt)
    const next = withProgress(run, this.#stage, { ...counts, attempt })
    if (this.#isOver) return { kind: 'complete', run: next }
    if (sender.hasEnded) {
      const depth = await broker.depth(SENDERS[this.#stage].data)
      const quietFor = this.#quiet.quietFor(depth, sender.lastActivityAt, clock.monotonic())
      this.#isOver = quietFor >= settings.quietMs
      if (this.#isOver) {
        // It reported no totals, so there are only those of what was received.
        this.#build.totals.set(this.#stage, { messages: counts.messages, rows: counts.rows, failedRows: 0 })
        return { kind: 'complete', run: next }
      }
      if (quietFor > 0) return { kind: 'waiting', run: next }
    }
    return this.#stalled(counts) ?? { kind: 'waiting', run: next }
  }

  async #restartReason(run: Run, claim: Claim): Promise<string | null> {
    if (claim.totals === null && this.#observer.hasExpired(claim)) {
      return `${claim.service} stopped while sending ${claim.stage}`
    }
    if (claim.stage === 'trainees') return null
    const trainees = await claimOf(this.#context, run, 'trainees', SENDERS.trainees.service)
    return editionsDiffer({ of: 'trainees', edition: trainees?.edition ?? null }, { of: claim.stage, ...claim })
  }

  #stalled(counts: Manifest): SendStageState | null {
    const { clock, settings } = this.#context
    if (!this.#stall.hasStalled(counts, clock.monotonic(), settings.stallMs)) return null
    return { kind: 'restart', reason: `no progress in ${this.#stage} for ${settings.stallMs / 1000} s` }
  }
}

function twoSenders({ service, stage }: Claim): SendStageState {
  const reason = `${service} claimed ${stage} while a sender without run headers was already sending`
  return { kind: 'restart', reason }
}
