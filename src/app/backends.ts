import type { Config } from '../config/config.ts'
import type { Finding } from '../ports/finding.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import type { Broker } from '../ports/broker.ts'
import type { Clock } from '../ports/clock.ts'
import type { IndexStore } from '../ports/index-store.ts'
import type { ListReader } from '../ports/list-reader.ts'
import type { RunLedger } from '../ports/run-ledger.ts'
import type { RunWorkspaces } from '../ports/run-workspace.ts'
import type { FillableSources } from '../ports/source-filling.ts'
import type { DoctorSource, ExceptionSource, TraineeSource } from '../ports/sources.ts'

/** What a process needs that reads, and sends requests to the writer. */
export interface ReaderBackends {
  readonly clock: Clock
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly listReader: ListReader
  /** Whether a writer is active and would answer a request. */
  hasActiveWriter(): Promise<boolean>
  close(): Promise<void>
}

/** The sources of a process that is not the writer. They are closed together. */
export interface SourceBackends {
  readonly traineeSource: Omit<TraineeSource, 'close'>
  readonly doctorSource: Omit<DoctorSource, 'close'>
  readonly exceptionSource: Omit<ExceptionSource, 'close'>
  close(): Promise<void>
}

/** A server, or what stands for one, as people know it. */
export interface Server {
  readonly name: string
  /** Rejects with the reason while it is unavailable. */
  readonly ping: () => Promise<void>
}

type Pingable = { readonly ping: () => Promise<void> }

/** What the servers are pinged through. */
export interface PingedBackends {
  readonly ledger: Pingable
  readonly store: Pingable
  readonly broker: Pingable
  readonly traineeSource: Pingable
  readonly doctorSource: Pingable
  readonly exceptionSource: Pingable
}

/** What a process needs that runs services. Only the sources of its services can be read. */
export interface WorkerBackends {
  readonly clock: Clock
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly listReader: ListReader
  readonly broker: Broker
  readonly traineeSource: TraineeSource
  readonly doctorSource: DoctorSource
  readonly exceptionSource: ExceptionSource
  /** Opens the scratch file of a run, for integration. */
  readonly workspaces: RunWorkspaces
  /** See `SyncContext.alone`. */
  readonly alone: boolean
  /** Whether all four services must run in one process, since messages do not leave it. */
  readonly oneProcess: boolean
  /** The servers that these backends work with. */
  readonly servers: (backends: PingedBackends) => readonly Server[]
  close(): Promise<void>
}

export interface FillingOptions {
  readonly force: boolean
}

/** What a process needs that fills the sources. */
export interface FillingBackends {
  readonly sources: FillableSources
  close(): Promise<void>
}

/** A set of backends that belong together. If an `open` method rejects, nothing is left open. */
export interface BackendSet {
  /** For what needs nothing else of them. */
  readonly clock: Clock
  openReader(config: Config): Promise<ReaderBackends>
  /**
   * Opens the sources to read, also beside the writer. Never rejects because of a source. One that is unreachable, or whose settings
   * are missing (SOURCE_NOT_CONFIGURED), rejects each of its calls, and is tried again with the next; the others can be read.
   */
  openSources(config: Config): Promise<SourceBackends>
  /** Opens what these services need; without any, what the writer needs to answer requests. */
  openWorker(config: Config, services: readonly ServiceName[]): Promise<WorkerBackends>
  /**
   * Rejects SOURCE_READ_ONLY if the sources are read-only, and SOURCE_NOT_EMPTY if databases contain rows, unless `force`
   * is set. The sources of a data directory are always replaced.
   */
  openFilling(config: Config, options: FillingOptions): Promise<FillingBackends>
  /**
   * Opens the broker alone, for its dead letters; null where messages do not leave the process that runs the services.
   */
  openBroker(config: Config): Promise<Broker | null>
  /** Checks everything that these services need, and changes nothing. Never rejects: what is wrong is a finding. */
  inspect(config: Config, services: readonly ServiceName[]): Promise<readonly Finding[]>
}

/** The only place that names the backends. They are loaded only when used. */
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

/** Opens several things; if one fails, those opened before it are closed. */
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

/** Closes all, in reverse order of opening, and rejects with the first error. */
export async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  const results = await Promise.allSettled(opened.toReversed().map((each) => each.close()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
