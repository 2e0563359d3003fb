import type { ErrorCode } from '../../errors/codes.ts'
import type { Clock } from '../../ports/clock.ts'
import { Fresh } from './fresh.ts'
import { healthOf, oneAtATime, type Pinged } from './ping.ts'

/** What is known of a server. Times in milliseconds since the epoch. */
export interface ServerState {
  readonly name: string
  /** `unknown` before the first answer. */
  readonly state: 'working' | 'away' | 'unknown'
  /** Since when it has been seen in this state; null if unknown. */
  readonly since: number | null
  /** How long the last answer took; null while it is away. */
  readonly answeredInMs: number | null
  /** Why it was away the last time, even if it works again; null if it never was. */
  readonly fault: { readonly code: ErrorCode; readonly reason: string; readonly at: number } | null
}

export interface ServersView {
  /** When they were last asked; null if they have not been. */
  readonly asOf: number | null
  readonly servers: readonly ServerState[]
}

/** A server went away or is back. */
export interface HealthChange {
  readonly server: ServerState
}

/** What was found within this time is not asked for again. */
const FRESH_MS = 3_000

interface Watched extends Pinged {
  known: ServerState
}

/**
 * Pings the servers of this process when somebody wants to know, at most once in three seconds, and remembers since when each
 * works or is away. Pings nothing on its own.
 */
export class HealthWatch {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #servers: readonly Watched[]
  readonly #listeners = new Set<(change: HealthChange) => void>()
  readonly #answers: Fresh<number>

  constructor(servers: readonly Pinged[], clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock
    this.#answers = new Fresh(clock, FRESH_MS, () => this.#ask())
    this.#servers = servers.map(({ name, ping }) => ({
      name,
      ping: oneAtATime(ping),
      known: { name, state: 'unknown', since: null, answeredInMs: null, fault: null },
    }))
  }

  /** What is known, at once. If that is not fresh, the servers are pinged in the background for the next call. */
  serversView(): ServersView {
    void this.check()
    return this.#view()
  }

  /** What is known once it is fresh. Never rejects; takes as long as a ping may. */
  async check(): Promise<ServersView> {
    await this.#answers.get()
    return this.#view()
  }

  /** Calls the listener when a server goes away or is back. Returns a function that ends this. */
  onChange(listener: (change: HealthChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #view(): ServersView {
    return { asOf: this.#answers.latest, servers: this.#servers.map(({ known }) => known) }
  }

  async #ask(): Promise<number> {
    await Promise.all(this.#servers.map((server) => this.#askOne(server)))
    return this.#clock.now()
  }

  async #askOne(server: Watched): Promise<void> {
    const startedAt = this.#clock.monotonic()
    const { ready, code = 'INTERNAL', reason = '' } = await healthOf(server)
    const now = this.#clock.now()
    const { known } = server
    const state = ready ? 'working' : 'away'
    server.known = {
      name: server.name,
      state,
      since: known.state === state ? known.since : now,
      answeredInMs: ready ? Math.round(this.#clock.monotonic() - startedAt) : null,
      fault: ready ? known.fault : { code, reason, at: now },
    }
    const isNews = known.state === 'unknown' ? !ready : known.state !== state
    if (isNews) for (const listener of this.#listeners) listener({ server: server.known })
  }
}
