import { asRevalError } from '../../errors/reval-error.ts'
import type { SyncContext } from '../../sync/context.ts'
import type { RunEventName } from '../../sync/events.ts'
import { WakeSignal } from '../../sync/wait/wake-signal.ts'
import { Fresh } from '../health/fresh.ts'
import type { Component } from '../lifecycle.ts'
import { happeningsBetween, type Happening } from './happenings.ts'
import { SnapshotReader, type Snapshot, type SnapshotSources } from './snapshot.ts'

/** A snapshot, the one before it, and what happened in between. */
export interface LiveUpdate {
  readonly before: Snapshot
  readonly now: Snapshot
  readonly happenings: readonly Happening[]
}

export type LiveListener = (update: LiveUpdate) => void

/** How often the ledger is read while somebody listens. */
const READ_EVERY_MS = 1_000
/** How soon it is read again if something happens in this process. */
const SOONEST_MS = 200

/** Events of this process after which there is something new in the ledger. */
const WAKING: readonly RunEventName[] = [
  'run.pickedUp',
  'run.restarted',
  'run.ended',
  'stage.started',
  'stage.finished',
  'aliases.changed',
  'request.answered',
]

/**
 * What happens in the installation, for streams of this process. While somebody listens it reads the ledger once a second, so it
 * says the same on every replica; in the process that writes it is also woken. Reads nothing while there are no listeners.
 */
export class LiveHub implements Component {
  readonly name = 'live hub'
  readonly #context: Pick<SyncContext, 'ledger' | 'clock' | 'events'>
  readonly #reader: SnapshotReader
  readonly #listeners = new Set<LiveListener>()
  readonly #wake = new WakeSignal()
  readonly #stopping = new AbortController()
  readonly #first: Fresh<Snapshot>
  #latest: Snapshot | null = null
  #beginning: Promise<Snapshot> | null = null
  #reading: Promise<void> | null = null

  constructor(
    context: Pick<SyncContext, 'ledger' | 'clock' | 'events'>,
    { health, schedule }: Pick<SnapshotSources, 'health' | 'schedule'>,
  ) {
    this.#context = context
    this.#reader = new SnapshotReader({ ...context, health, schedule })
    this.#first = new Fresh(context.clock, READ_EVERY_MS, () => this.#reader.read(this.#latest))
    for (const name of WAKING) context.events.on(name, () => this.#wake.wake())
    context.events.on('run.ended', ({ run }) => {
      if (this.#reading !== null) this.#reader.runEnded(run)
    })
  }

  /** A snapshot of at most a second ago. Never rejects: see `Snapshot.fault`. */
  async snapshot(): Promise<Snapshot> {
    if (this.#reading === null) return this.#first.get()
    const beginning = await this.#beginning
    return this.#latest ?? beginning ?? this.#first.get()
  }

  /** Calls the listener with every update until the function that is returned is called. */
  subscribe(listener: LiveListener): () => void {
    this.#listeners.add(listener)
    if (!this.#stopping.signal.aborted) this.#reading ??= this.#readWhileListenedTo()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#wake.wake()
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#listeners.clear()
    this.#wake.wake()
    await this.#reading
  }

  async #readWhileListenedTo(): Promise<void> {
    const { clock } = this.#context
    const { signal } = this.#stopping
    // What happened without listeners is not reported.
    this.#latest = null
    this.#beginning = this.#reader.read(null)
    this.#latest = await this.#beginning
    while (!this.#isIdle()) {
      await this.#wake.wait(clock, READ_EVERY_MS - SOONEST_MS, signal)
      if (!this.#isIdle()) await clock.wait(SOONEST_MS, signal)
      if (this.#isIdle()) break
      const before = this.#latest
      const now = await this.#reader.read(before)
      this.#latest = now
      this.#tell({ before, now, happenings: happeningsBetween(before, now, clock.now()) })
    }
    this.#reading = null
  }

  #isIdle(): boolean {
    return this.#listeners.size === 0 || this.#stopping.signal.aborted
  }

  #tell(update: LiveUpdate): void {
    for (const listener of this.#listeners) {
      try {
        listener(update)
      } catch (error) {
        // The other listeners get it nevertheless.
        this.#context.events.emit('warning', { doing: 'telling a stream what happened', error: asRevalError(error) })
      }
    }
  }
}
