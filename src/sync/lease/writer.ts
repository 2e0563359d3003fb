import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Guard } from '../../ports/index-store.ts'
import { WRITER, type Lease } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { changeRecord } from '../records.ts'
import { withinDeadline } from '../wait/deadline.ts'
import { Backoff } from '../wait/persist.ts'
import { guardedBroker, guardedLedger, guardedStore } from './guarded.ts'
import { clocksDiffer, nextLease } from './lease-rules.ts'
import { LeaseWatch } from './lease-watch.ts'
import { momentOf, Trust, type Moment } from './trust.ts'

/** The lease is renewed after this part of its time. */
const RENEW_AFTER = 1 / 3
/** Whoever stands by looks at least so often. */
const LONGEST_LOOK_MS = 2_000

/** Work that went on for so long had begun well: what ends it then is a new trouble, with short waits at first. */
const BEGUN_WELL_MS = 30_000

/** What the writer works with: its ledger, store and broker let nothing leave while the lease is not trusted. */
export interface WriterContext extends SyncContext {
  readonly term: number
  /** Throws while the lease is not trusted: for decisions that only the writer may take. */
  readonly guard: Guard
}

/** Work that only the writer does; the signal is aborted when another has become the writer. */
export type WriterWork = (writer: WriterContext, signal: AbortSignal) => Promise<void>

/**
 * Holds the writer's lease for as long as it can be held, and does the work only then. Others stand by and take over
 * when the lease expires. A lease that expires because it cannot be renewed stops what would leave the process and not
 * the work: where the same holder regains it, nobody wrote in between. Resolves when `signal` is aborted and the work
 * has stopped; rejects with what the work rejects with for good.
 */
export async function asWriter(context: SyncContext, signal: AbortSignal, work: WriterWork): Promise<void> {
  const { clock, settings, events } = context
  const watch = new LeaseWatch(clock)
  let backoff = new Backoff()
  while (!signal.aborted) {
    const begunAt = clock.monotonic()
    try {
      const started = momentOf(clock)
      const lease = await take(context, watch)
      if (lease === null) await clock.wait(Math.min(settings.writerLeaseMs * RENEW_AFTER, LONGEST_LOOK_MS), signal)
      else await write(context, { lease, started, signal, work })
    } catch (error) {
      const coded = asRevalError(error)
      if (!coded.transient) throw coded
      events.emit('warning', { doing: 'acting as writer', error: coded })
      if (clock.monotonic() - begunAt >= BEGUN_WELL_MS) backoff = new Backoff()
      await clock.wait(backoff.next(), signal)
    }
  }
}

interface Writing {
  readonly lease: Lease
  readonly started: Moment
  readonly signal: AbortSignal
  readonly work: WriterWork
}

/** Does the work until it ends or another process is the writer. */
async function write(context: SyncContext, { lease, started, signal, work }: Writing): Promise<void> {
  const { holder, clock, events, settings } = context
  const { term } = lease
  const isStopping = () => signal.aborted
  events.emit('lease.acquired', { holder, term })
  const trust = new Trust(clock, { term, leaseMs: settings.writerLeaseMs, renewed: started })
  const lost = new AbortController()
  const stop = new AbortController()
  const keeping = keep(context, trust, lost, stop.signal)
  try {
    await work(writerContext(context, trust), AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    // Another writer's records conflict with ours: that is how a writer that was paused learns of it.
    const coded = asRevalError(error)
    if (!lost.signal.aborted && coded.code !== 'LEDGER_CONFLICT' && coded.code !== 'WRITER_LOST') throw coded
    events.emit('warning', { doing: 'writing after another process took over', error: coded })
  } finally {
    stop.abort()
    await keeping
    trust.end()
    if (isStopping()) await giveBack(context)
  }
  if (!isStopping()) events.emit('lease.lost', { holder, term })
}

function writerContext(context: SyncContext, { guard, term }: Trust): WriterContext {
  return {
    ...context,
    term,
    guard,
    store: guardedStore(context.store, guard),
    ledger: guardedLedger(context.ledger, guard),
    broker: guardedBroker(context.broker, guard),
  }
}

/** The lease, where it is this process's still; null once it is another's, whatever the clocks say. */
async function renew(context: SyncContext): Promise<Lease | null> {
  const known = await context.ledger.read('lease', WRITER)
  return known === null || known.value.holder === context.holder ? take(context) : null
}

/** The lease, where it is this process's now; null while it is another's. Rejects CLOCKS_DIFFER before it takes over. */
async function take(context: SyncContext, watch?: LeaseWatch): Promise<Lease | null> {
  const { ledger, clock, settings, holder, alone } = context
  const known = await ledger.read('lease', WRITER)
  if (known?.value.holder !== holder) await compareClocks(context)
  const question = { holder, leaseMs: settings.writerLeaseMs, alone }
  const lease = await changeRecord(ledger, 'lease', WRITER, (value) =>
    nextLease(value, { ...question, now: clock.now() }, watch?.see(value)),
  )
  return lease?.holder === holder ? lease : null
}

/** A process whose clock is wrong would take a lease that is not over, or be thought dead: it stands by and says so. */
async function compareClocks({ ledger, clock, settings }: SyncContext): Promise<void> {
  const theirs = await ledger.serverTime()
  const ours = clock.now()
  if (theirs === null || !clocksDiffer(ours, theirs, settings.writerLeaseMs)) return
  const seconds = Math.round((ours - theirs) / 1000)
  const what = `clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the search engine's`
  throw new RevalError('CLOCKS_DIFFER', what, { transient: true })
}

/** Renews until told to stop. Each renewal is bounded by what is left of the lease. */
async function keep(context: SyncContext, trust: Trust, lost: AbortController, stop: AbortSignal): Promise<void> {
  const { clock, settings, events, holder } = context
  const { term } = trust
  const every = settings.writerLeaseMs * RENEW_AFTER
  let backoff: Backoff | null = null
  let isExpired = false
  const isStopped = () => stop.aborted
  while (!isStopped()) {
    await clock.wait(backoff === null ? every : Math.min(backoff.next(), every), stop)
    if (isStopped()) return
    const started = momentOf(clock)
    const left = trust.remaining > 0 ? trust.remaining : every
    const late = () => new RevalError('LEDGER_FAILED', `no answer within ${Math.round(left)} ms`, { transient: true })
    try {
      const lease = await withinDeadline(clock, left, late, () => renew(context))
      if (lease?.term !== term) {
        trust.end()
        lost.abort(new RevalError('WRITER_LOST', 'another process is now the writer'))
        return
      }
      trust.renew(started)
      backoff = null
      if (isExpired && trust.holds) {
        isExpired = false
        events.emit('lease.regained', { holder, term })
      }
    } catch (error) {
      events.emit('warning', { doing: `renewing the writer's lease`, error: asRevalError(error, 'LEDGER_FAILED') })
      backoff ??= new Backoff(every)
      if (!trust.holds && !isExpired) {
        isExpired = true
        events.emit('lease.expired', { holder, term })
      }
    }
  }
}

/** Lets another process write at once instead of after the lease; where the ledger is away, after the lease. */
async function giveBack({ ledger, holder, clock, events }: SyncContext): Promise<void> {
  try {
    await changeRecord(ledger, 'lease', WRITER, (known) =>
      known?.holder === holder ? { ...known, until: clock.now() - 1 } : null,
    )
  } catch (error) {
    const coded = asRevalError(error)
    if (!coded.transient) throw coded
    events.emit('warning', { doing: `releasing the writer's lease`, error: coded })
  }
}
