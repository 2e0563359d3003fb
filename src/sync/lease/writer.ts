import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { WRITER, type Lease } from '../../ports/run-ledger.ts'
import { hasLapsed } from './claim.ts'
import type { SyncContext } from '../context.ts'
import { Backoff } from '../wait/persist.ts'
import { changeRecord } from '../lead/records.ts'

/** The lease is renewed, and looked for, after this part of its time. */
const LOOK_AFTER = 1 / 3

/** Work that went on for so long had begun well: what ends it then is a new trouble, with short waits at first. */
const BEGUN_WELL_MS = 30_000

/**
 * Holds the right to write for as long as it can be held, and does the work only then. Others stand by and take over
 * when the lease lapses. A transient fault, of the work or of the ledger, ends nothing: after a wait the right is taken
 * anew, and the work begun anew. Resolves when `signal` is aborted and the work has stopped; rejects with what the work
 * rejects with for good.
 */
export async function asWriter(
  context: SyncContext,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { clock, settings, events } = context
  let backoff = new Backoff()
  while (!signal.aborted) {
    const begunAt = clock.now()
    try {
      if (await take(context)) await write(context, signal, work)
      else await clock.wait(settings.writerLeaseMs * LOOK_AFTER, signal)
    } catch (error) {
      const coded = asRevalError(error)
      if (!coded.transient) throw coded
      events.emit('trouble', { doing: 'being the writer', error: coded })
      if (clock.now() - begunAt >= BEGUN_WELL_MS) backoff = new Backoff()
      await clock.wait(backoff.next(), signal)
    }
  }
}

/** Does the work until it ends or the right to it is lost. */
async function write(
  context: SyncContext,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { holder, events } = context
  const isStopping = () => signal.aborted
  events.emit('writer.taken', { holder })
  const lost = new AbortController()
  const stop = new AbortController()
  const keeping = keep(context, lost, stop.signal)
  try {
    await work(AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    // Another writer's records conflict with ours: that is how a writer that was paused learns of it.
    const coded = asRevalError(error)
    if (!lost.signal.aborted && coded.code !== 'LEDGER_CONFLICT') throw coded
    events.emit('trouble', { doing: 'writing without the right to', error: coded })
  } finally {
    stop.abort()
    await keeping
    if (isStopping()) await giveUp(context)
  }
  if (!isStopping()) events.emit('writer.lost', { holder })
}

async function take(context: SyncContext): Promise<boolean> {
  const lease = await changeRecord(context.ledger, 'lease', WRITER, (known) =>
    known === null || known.holder === context.holder || hasLapsed(known, context) ? leaseOf(context) : null,
  )
  return lease?.holder === context.holder
}

function leaseOf({ clock, settings, holder }: SyncContext): Lease {
  return { holder, until: clock.now() + settings.writerLeaseMs }
}

/** Renews until told to stop. A fault of the ledger takes the right away only once the lease has lapsed. */
async function keep(context: SyncContext, lost: AbortController, stop: AbortSignal): Promise<void> {
  const { clock, settings, events } = context
  let until = clock.now() + settings.writerLeaseMs
  const isStopped = () => stop.aborted
  while (!isStopped()) {
    await clock.wait(settings.writerLeaseMs * LOOK_AFTER, stop)
    if (isStopped()) return
    try {
      if (!(await take(context))) {
        lost.abort(new RevalError('WRITER_LOST', 'another process is the writer now'))
        return
      }
      until = clock.now() + settings.writerLeaseMs
    } catch (error) {
      events.emit('trouble', { doing: 'renewing the right to write', error: asRevalError(error, 'LEDGER_FAILED') })
      if (clock.now() > until) {
        lost.abort(error)
        return
      }
    }
  }
}

/** Lets another process write at once instead of after the lease; where the ledger is away, after the lease. */
async function giveUp({ ledger, holder, clock, events }: SyncContext): Promise<void> {
  try {
    await changeRecord(ledger, 'lease', WRITER, (known) =>
      known?.holder === holder ? { ...known, until: clock.now() - 1 } : null,
    )
  } catch (error) {
    const coded = asRevalError(error)
    if (!coded.transient) throw coded
    events.emit('trouble', { doing: 'giving up the right to write', error: coded })
  }
}
