import type { ServiceName } from '../ports/run-ledger.ts'
import { needsOf, type Need } from '../ports/services.ts'
import type { SyncContext } from '../sync/context.ts'

/** Something a service depends on; its readiness pings it. */
export interface Dependency {
  readonly name: string
  /** Rejects with the reason while it is unavailable. */
  readonly ping: () => Promise<void>
}

type Source = 'trainee source' | 'doctor source' | 'exception source'

/** What a service depends on; `sources` are those that it reads. */
export function dependenciesOf(
  service: ServiceName,
  { broker, ledger, store }: SyncContext,
  sources: Partial<Readonly<Record<Source, Pick<Dependency, 'ping'>>>> = {},
): readonly Dependency[] {
  // Queues are part of the broker, and the workspace is on local disk: each run opens its own.
  const pinged: Partial<Record<Need, Pick<Dependency, 'ping'>>> = { broker, ledger, 'index store': store, ...sources }
  return [...needsOf([service], { liveChanges: true })].flatMap((name) => {
    const dependency = pinged[name]
    return dependency === undefined ? [] : [{ name, ping: () => dependency.ping() }]
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
