import type { Config } from '../config/config.ts'
import type { Finding } from '../ports/finding.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import type { Broker } from '../ports/broker.ts'
import type { Clock } from '../ports/clock.ts'
import type { IndexStore } from '../ports/index-store.ts'
import type { RunLedger } from '../ports/run-ledger.ts'
import type { RunWorkspaces } from '../ports/run-workspace.ts'
import type { FillableSources } from '../ports/source-filling.ts'
import type { DoctorSource, ExceptionSource, TraineeSource } from '../ports/sources.ts'

/** What a process that only reads and asks needs. */
export interface ReaderBackends {
  readonly clock: Clock
  readonly ledger: RunLedger
  readonly store: IndexStore
  /** Whether a process works on the installation now, and would answer a request. */
  isWorkedOn(): Promise<boolean>
  close(): Promise<void>
}

/** What a process that works needs: sources answer where their services were asked for. */
export interface WorkerBackends {
  readonly clock: Clock
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly broker: Broker
  readonly traineeSource: TraineeSource
  readonly doctorSource: DoctorSource
  readonly exceptionSource: ExceptionSource
  /** Where integration finds room for a run. */
  readonly workspaces: RunWorkspaces
  /** No other process can be working on this installation. */
  readonly alone: boolean
  /** Whether the four services have to be in one process: messages do not leave it. */
  readonly oneProcess: boolean
  close(): Promise<void>
}

export interface FillingOptions {
  readonly force: boolean
}

/** What a process that fills the sources needs. */
export interface FillingBackends {
  readonly sources: FillableSources
  close(): Promise<void>
}

/** A set of backends that go together. Each `open` rejects with a coded error and leaves nothing open. */
export interface BackendSet {
  openReader(config: Config): Promise<ReaderBackends>
  /** What these services need; without any, what the writer needs to answer requests. */
  openWorker(config: Config, services: readonly ServiceName[]): Promise<WorkerBackends>
  /**
   * Rejects SOURCE_READ_ONLY where the sources are read only, and SOURCE_NOT_EMPTY where databases hold rows already,
   * unless `force` says that they may be replaced. A data directory is always replaced.
   */
  openFilling(config: Config, options: FillingOptions): Promise<FillingBackends>
  /** Looks at everything that these services need, and changes nothing. Rejects nothing: what is wrong is a finding. */
  inspect(config: Config, services: readonly ServiceName[]): Promise<readonly Finding[]>
}

/** The one place that knows the backends by name. Loaded when used, so that nobody pays for those that are not. */
const BACKEND_SETS: Readonly<Record<Config['backends'], () => Promise<BackendSet>>> = {
  embedded: async () => (await import('./embedded-backends.ts')).embeddedBackends,
  servers: async () => (await import('./server-backends.ts')).serverBackends,
}

export function backendsOf({ backends }: Pick<Config, 'backends'>): Promise<BackendSet> {
  return BACKEND_SETS[backends]()
}

interface Closable {
  close(): Promise<void>
}

/** Opens several things; when one of them fails, those opened before it are closed. */
export async function opening<T extends object>(
  open: (opened: <C extends Closable>(each: C) => C) => Promise<T>,
): Promise<T & Closable> {
  const all: Closable[] = []
  const close = () => closeAll(all)
  try {
    const result = await open((each) => {
      all.push(each)
      return each
    })
    return { ...result, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Closes in reverse order of opening, all of them, and rejects with the first fault. */
export async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  const results = await Promise.allSettled(opened.toReversed().map((each) => each.close()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
