import type { ServiceName } from '../ports/run-ledger.ts'
import { NEEDS, type Need } from '../ports/services.ts'
import type { SyncContext } from '../sync/context.ts'

/** Something a service depends on; its readiness pings it. */
export interface Dependency {
  readonly name: string
  /** Rejects with the reason while it is unavailable. */
  readonly ping: () => Promise<void>
}

/** What a service depends on; `source` is the one it reads, if any. */
export function dependenciesOf(
  service: ServiceName,
  { broker, ledger, store }: SyncContext,
  source: Pick<Dependency, 'ping'> | null = null,
): readonly Dependency[] {
  const pinged: Readonly<Record<Need, Pick<Dependency, 'ping'> | null>> = {
    broker,
    ledger,
    'index store': store,
    'trainee source': source,
    'doctor source': source,
    'exception source': source,
    // Part of the broker.
    'doctor queue': null,
    // On local disk: each run opens its own.
    workspace: null,
  }
  return NEEDS[service].flatMap((name) => {
    const dependency = pinged[name]
    return dependency === null ? [] : [{ name, ping: () => dependency.ping() }]
  })
}

/** One of the four services, started and stopped by the application. */
export interface Service {
  readonly name: ServiceName
  readonly dependencies: readonly Dependency[]
  /** Resolves once it is working. Called once. */
  start(): Promise<void>
  /**
   * Accepts no new work, releases what it holds and resolves when its work has ended. Idempotent; may be called before
   * `start`.
   */
  stop(): Promise<void>
}
