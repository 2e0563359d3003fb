import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { claimId, type Claim, type Totals } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { Backoff } from '../wait/persist.ts'
import { hasExpired } from './lease-rules.ts'
import { changeRecord } from '../records.ts'
import { isOver } from '../run-state.ts'

type ClaimedWork = Pick<Claim, 'run' | 'generation' | 'stage' | 'service'>

/** Whoever works on a claim looks so often whether its run goes on: what it does in vain meanwhile does no harm. */
const LOOK_MS = 1_000
/** A claim is renewed after this part of its lease. */
const RENEW_AFTER = 1 / 3
/** No wait for a ledger that is away is longer: when it is back, the lease is renewed before anybody calls it lapsed. */
const LONGEST_WAIT_MS = 5_000

/**
 * Takes a stage of a run for this process. Null when it is not to be had: the run is over or fills another generation,
 * or somebody has the claim. The claim of a data stage is given once a generation; that of `lists` again when the
 * lease of the first ran out. Whoever tries again after a fault of the ledger gives the same `attempt`, and finds its own
 * claim where that was stored all the same.
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

/** A claim that this process holds. It renews itself until it is ended, failed or released. */
export class HeldClaim {
  private readonly context: SyncContext
  private readonly over = new AbortController()
  private readonly done = new AbortController()
  private readonly renewing: Promise<void>
  private current: Claim

  constructor(context: SyncContext, claim: Claim) {
    this.context = context
    this.current = claim
    this.renewing = this.keep()
  }

  get claim(): Claim {
    return this.current
  }

  /** Aborted when the work is no longer wanted: the run ended or began again, or the lease was lost. */
  get signal(): AbortSignal {
    return this.over.signal
  }

  /** Tells what was found at the source, once it is known. */
  async describe(found: Pick<Claim, 'expected' | 'edition'>): Promise<void> {
    await this.change((claim) => ({ ...claim, ...found }))
  }

  /** The work is done and came to this; `counts` where it was counting lists. */
  async end(totals: Totals, counts: Claim['counts'] = null): Promise<void> {
    await this.change((claim) => ({ ...claim, totals, counts }))
    this.context.events.emit('claim.ended', { claim: this.current })
  }

  /** The work cannot be done; the run will say why. */
  async fail(error: unknown): Promise<void> {
    const coded = asRevalError(error)
    const { code, message: reason, transient } = coded
    await this.change((claim) => ({ ...claim, failure: { code, reason, transient } }))
    this.context.events.emit('claim.failed', { claim: this.current, error: coded })
  }

  /** Stops renewing. Idempotent; to be called whatever became of the work. */
  async release(): Promise<void> {
    this.done.abort()
    await this.renewing
  }

  private async change(next: (claim: Claim) => Claim): Promise<void> {
    const changed = await changeRecord(this.context.ledger, 'claim', claimId(this.current), (known) => {
      if (known?.attempt !== this.current.attempt) throw this.lost()
      return next(known)
    })
    if (changed !== null) this.current = changed
  }

  private lost(): RevalError {
    const { stage, service } = this.current
    return new RevalError('RUN_OVER', `${service} lost its claim of ${stage}`, { details: { run: this.current.run } })
  }

  /**
   * Renews the lease and watches the run. A ledger that is away takes nothing from anybody: when it is back, the work
   * goes on if the attempt still has the claim and the run still wants it, though the lease ran out meanwhile.
   */
  private async keep(): Promise<void> {
    const { clock, settings, events } = this.context
    const renewEvery = settings.leaseMs * RENEW_AFTER
    let renewAt = clock.monotonic() + renewEvery
    let backoff: Backoff | null = null
    const isDone = () => this.done.signal.aborted
    while (!isDone() && !this.over.signal.aborted) {
      await clock.wait(Math.max(Math.min(LOOK_MS, renewEvery), backoff?.next() ?? 0), this.done.signal)
      if (isDone()) return
      try {
        if (!(await isWanted(this.context, this.current))) this.over.abort(this.lost())
        else if (clock.monotonic() >= renewAt) {
          await this.change((claim) => ({ ...claim, until: clock.now() + settings.leaseMs }))
          renewAt = clock.monotonic() + renewEvery
        }
        backoff = null
      } catch (error) {
        const coded = asRevalError(error, 'LEDGER_FAILED')
        events.emit('warning', { doing: 'renewing a claim', error: coded })
        const lapsed = !coded.transient && clock.now() > this.current.until
        if (coded.code === 'RUN_OVER' || lapsed) this.over.abort(coded)
        else backoff ??= new Backoff(Math.min(LONGEST_WAIT_MS, renewEvery))
      }
    }
  }
}
