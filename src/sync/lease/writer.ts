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

/** The lease is renewed after this fraction of its length. */
const RENEW_AFTER = 1 / 3
/** How often a process on stand-by tries to acquire the lease, at least. */
const LONGEST_STANDBY_MS = 2_000

/** After working for this long, the next error is a new one, and the backoff starts over. */
const STABLE_MS = 30_000

/** What the writer works with: its ledger, store and broker send nothing while the lease is not trusted. */
export interface WriterContext extends SyncContext {
  readonly term: number
  /** Throws while the lease is not trusted: for decisions that only the writer may make. */
  readonly guard: Guard
}

/** The work of the writer. The signal is aborted when another process becomes the writer. */
export type WriterWork = (writer: WriterContext, signal: AbortSignal) => Promise<void>

/**
 * Acquires the writer's lease, keeps renewing it and does the work while it holds the lease; stands by while another
 * process does. If the lease expires because it cannot be renewed, nothing leaves this process but the work continues: if
 * the same holder regains the lease, no other process wrote in between. Resolves once `signal` is aborted and the work
 * has stopped. Rejects when the work rejects with an error that is not transient.
 */
export async function asWriter(context: SyncContext, signal: AbortSignal, work: WriterWork): Promise<void> {
  const { clock, settings, events } = context
  const watch = new LeaseWatch(clock)
  let backoff = new Backoff()
  while (!signal.aborted) {
    const startedAt = clock.monotonic()
    try {
      const started = momentOf(clock)
      const lease = await acquire(context, watch)
      if (lease === null) await clock.wait(Math.min(settings.writerLeaseMs * RENEW_AFTER, LONGEST_STANDBY_MS), signal)
      else await workAsWriter(context, { lease, started, signal, work })
    } catch (error) {
      const coded = asRevalError(error)
      if (!coded.transient) throw coded
      events.emit('warning', { doing: 'acting as writer', error: coded })
      if (clock.monotonic() - startedAt >= STABLE_MS) backoff = new Backoff()
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
async function workAsWriter(context: SyncContext, { lease, started, signal, work }: Writing): Promise<void> {
  const { holder, clock, events, settings } = context
  const { term } = lease
  const isStopping = () => signal.aborted
  events.emit('lease.acquired', { holder, term })
  const trust = new Trust(clock, { term, leaseMs: settings.writerLeaseMs, renewed: started })
  const lost = new AbortController()
  const stop = new AbortController()
  const renewing = keepRenewing(context, trust, lost, stop.signal)
  try {
    await work(writerContext(context, trust), AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    // A writer that was paused may learn of a takeover by a conflict with the records of the new writer.
    const coded = asRevalError(error)
    if (!lost.signal.aborted && coded.code !== 'LEDGER_CONFLICT' && coded.code !== 'WRITER_LOST') throw coded
    events.emit('warning', { doing: 'writing after another process took over', error: coded })
  } finally {
    stop.abort()
    await renewing
    trust.end()
    if (isStopping()) await release(context)
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

/** The renewed lease; null after a takeover, whatever the clocks say. */
async function renew(context: SyncContext): Promise<Lease | null> {
  const known = await context.ledger.read('lease', WRITER)
  return known === null || known.value.holder === context.holder ? acquire(context) : null
}

/** The lease, once this process has it; null while another one does. Rejects CLOCKS_DIFFER rather than take over. */
async function acquire(context: SyncContext, watch?: LeaseWatch): Promise<Lease | null> {
  const { ledger, clock, settings, holder, alone } = context
  const known = await ledger.read('lease', WRITER)
  if (known?.value.holder !== holder) await compareClocks(context)
  const request = { holder, leaseMs: settings.writerLeaseMs, alone }
  const lease = await changeRecord(ledger, 'lease', WRITER, (value) =>
    nextLease(value, { ...request, now: clock.now() }, watch?.observe(value)),
  )
  return lease?.holder === holder ? lease : null
}

/** A process with a wrong clock stands by: it could take over too early, or look dead. */
async function compareClocks({ ledger, clock, settings }: SyncContext): Promise<void> {
  const theirs = await ledger.serverTime()
  const ours = clock.now()
  if (theirs === null || !clocksDiffer(ours, theirs, settings.writerLeaseMs)) return
  const seconds = Math.round((ours - theirs) / 1000)
  const what = `clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the search engine's`
  throw new RevalError('CLOCKS_DIFFER', what, { transient: true })
}

/** Renews until stopped. Each renewal is limited to what is left of the lease. */
async function keepRenewing(
  context: SyncContext,
  trust: Trust,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
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

/** Releases the lease, so that another process need not wait until it expires. */
async function release({ ledger, holder, clock, events }: SyncContext): Promise<void> {
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
