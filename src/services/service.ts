import type { ServiceName } from '../ports/run-ledger.ts'

/** Something a service needs to be of use, asked by its readiness. */
export interface Dependency {
  readonly name: string
  /** Rejects with the reason when it cannot be used now. */
  readonly ping: () => Promise<void>
}

/** One of the four services, started and stopped by the application. */
export interface Service {
  readonly name: ServiceName
  readonly dependencies: readonly Dependency[]
  /** Resolves once it does its work. Called once. */
  start(): Promise<void>
  /**
   * Takes nothing new, lets go of what it holds, and resolves when all of its work has ended. Idempotent, also before
   * `start`.
   */
  stop(): Promise<void>
}
