import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { claimId, type Claim, type Totals } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { Backoff } from '../wait/persist.ts'
import { hasExpired } from './lease-rules.ts'
import { changeRecord } from '../records.ts'
import { isOver } from '../run-state.ts'

type ClaimedWork = Pick<Claim, 'run' | 'generation' | 'stage' | 'service'>

/** How often the holder of a claim checks that its run still wants the work; wasted work is harmless. */
const POLL_MS = 1_000
/** A claim is renewed after this fraction of its lease. */
const RENEW_AFTER = 1 / 3
/** The longest wait while the ledger is away: once it is back, claims must be renewed before they count as expired. */
const LONGEST_WAIT_MS = 5_000

/**
 * Claims a stage of a run for this process. Null if the run is over or builds another generation, or if the stage is
 * claimed. A stage is claimed once per generation; `lists` again once the lease of the first claim has expired. To retry
 * after an error of the ledger, pass the same `attempt`: it finds its own claim if that was saved after all.
 */
export async function claimStage(
  context: SyncContext,
  work: ClaimedWork,
  attempt: string = context.newId(),
): Promise<HeldClaim | null> {
  const { ledger, clock, holder, settings, events } = context
  if (!(await isWanted(context, work))) return null
  const claim = await changeRecord(ledger, 'claim', claimId(work), (known) => {
    if (known !== null && !mayFollow(known, context)) return null
    const until = clock.now() + settings.leaseMs
    return { ...work, attempt, holder, until, expected: null, edition: null, totals: null, counts: null, failure: null }
  })
  if (claim?.attempt !== attempt) return null
  events.emit('claim.made', { claim })
  return new HeldClaim(context, claim)
}

function mayFollow(known: Claim, { holder, alone, clock }: SyncContext): boolean {
  const ended = known.totals !== null || known.failure !== null
  return known.stage === 'lists' && !ended && hasExpired(known, { holder, alone, now: clock.now() })
}

async function isWanted({ ledger }: SyncContext, work: ClaimedWork): Promise<boolean> {
  const run = (await ledger.read('run', work.run))?.value
  return run !== undefined && !isOver(run.state) && run.generation === work.generation
}

/** A claim that this process holds. It is renewed until it is ended, failed or released. */
export class HeldClaim {
  readonly #context: SyncContext
  readonly #over = new AbortController()
  readonly #done = new AbortController()
  readonly #renewing: Promise<void>
  #current: Claim

  constructor(context: SyncContext, claim: Claim) {
    this.#context = context
    this.#current = claim
    this.#renewing = this.#keepRenewing()
  }

  get claim(): Claim {
    return this.#current
  }

  /** Aborted when the work is no longer wanted: the run ended or restarted, or the claim was lost. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** Records what was found at the source. */
  async describe(found: Pick<Claim, 'expected' | 'edition'>): Promise<void> {
    await this.#change((claim) => ({ ...claim, ...found }))
  }

  /** Ends the claim with the totals of the work; `counts` are those of lists. */
  async end(totals: Totals, counts: Claim['counts'] = null): Promise<void> {
    await this.#change((claim) => ({ ...claim, totals, counts }))
    this.#context.events.emit('claim.ended', { claim: this.#current })
  }

  /** Fails the claim; the run reports why. */
  async fail(error: unknown): Promise<void> {
    const coded = asRevalError(error)
    const { code, message: reason, transient } = coded
    await this.#change((claim) => ({ ...claim, failure: { code, reason, transient } }))
    this.#context.events.emit('claim.failed', { claim: this.#current, error: coded })
  }

  /** Stops renewing. Idempotent; call it in any case. */
  async release(): Promise<void> {
    this.#done.abort()
    await this.#renewing
  }

  async #change(next: (claim: Claim) => Claim): Promise<void> {
    const changed = await changeRecord(this.#context.ledger, 'claim', claimId(this.#current), (known) => {
      if (known?.attempt !== this.#current.attempt) throw this.#lost()
      return next(known)
    })
    if (changed !== null) this.#current = changed
  }

  #lost(): RevalError {
    const { stage, service } = this.#current
    return new RevalError('RUN_OVER', `${service} lost its claim of ${stage}`, { details: { run: this.#current.run } })
  }

  /**
   * Renews the lease and watches the run. While the ledger is away, the claim is not lost: once it is back, the work goes
   * on if the attempt still has the claim and the run still wants it, even if the lease has expired.
   */
  async #keepRenewing(): Promise<void> {
    const { clock, settings, events } = this.#context
    const renewEvery = settings.leaseMs * RENEW_AFTER
    let renewAt = clock.monotonic() + renewEvery
    let backoff: Backoff | null = null
    const isDone = () => this.#done.signal.aborted
    while (!isDone() && !this.#over.signal.aborted) {
      await clock.wait(Math.max(Math.min(POLL_MS, renewEvery), backoff?.next() ?? 0), this.#done.signal)
      if (isDone()) return
      try {
        if (!(await isWanted(this.#context, this.#current))) this.#over.abort(this.#lost())
        else if (clock.monotonic() >= renewAt) {
          await this.#change((claim) => ({ ...claim, until: clock.now() + settings.leaseMs }))
          renewAt = clock.monotonic() + renewEvery
        }
        backoff = null
      } catch (error) {
        const coded = asRevalError(error, 'LEDGER_FAILED')
        events.emit('warning', { doing: 'renewing a claim', error: coded })
        const isExpired = !coded.transient && clock.now() > this.#current.until
        if (coded.code === 'RUN_OVER' || isExpired) this.#over.abort(coded)
        else backoff ??= new Backoff(Math.min(LONGEST_WAIT_MS, renewEvery))
      }
    }
  }
}
