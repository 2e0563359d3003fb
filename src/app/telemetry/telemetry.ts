import type { Config } from '../../config/config.ts'
import type { ServiceName } from '../../ports/run-ledger.ts'
import type { RunEvents } from '../../sync/events.ts'
import type { WorkerBackends } from '../backends.ts'
import type { GenerationsWatch } from '../health/generations.ts'
import type { HealthWatch } from '../health/health-watch.ts'
import type { QueuesWatch } from '../health/queues.ts'
import { diskFigures } from './disk-figures.ts'
import { countEvents } from './event-metrics.ts'
import { openExposition, type Exposition } from './exposition.ts'
import { generationFigures } from './generation-figures.ts'
import { installationFigures } from './installation-figures.ts'
import { observedBroker } from './observed-broker.ts'
import { observedLedger } from './observed-ledger.ts'
import { observedDoctors, observedExceptions, observedTrainees } from './observed-sources.ts'
import { observedStore } from './observed-store.ts'
import { Observer } from './observer.ts'
import { processFigures } from './process-figures.ts'
import { queueFigures } from './queue-figures.ts'
import { serverFigures } from './server-figures.ts'
import type { OtlpTracesOptions } from './otlp-traces.ts'
import type { Traces } from './traces.ts'

/** What the figures of a process are about. */
interface FigureParts {
  readonly services: readonly ServiceName[]
  /** This process, as the lease names it. */
  readonly holder: string
  readonly health: HealthWatch
  readonly queues: QueuesWatch
  readonly generations: GenerationsWatch
}

/** The metrics and traces of one process. */
export class Telemetry {
  /** Null in a process without HTTP. */
  readonly metrics: Exposition | null
  /** Null unless REVAL_TRACES is set. */
  readonly traces: Traces | null
  readonly #closing = new DisposableStack()

  constructor(metrics: Exposition | null, traces: Traces | null) {
    this.metrics = metrics
    this.traces = traces
  }

  /** The backends, with their calls measured and traced. */
  observe(backends: WorkerBackends): WorkerBackends {
    if (this.metrics === null && this.traces === null) return backends
    const { clock } = backends
    const observer = new Observer(clock, this.metrics, this.traces)
    return {
      ...backends,
      ledger: observedLedger(backends.ledger, observer),
      store: observedStore(backends.store, observer),
      broker: observedBroker(backends.broker, observer, clock),
      traineeSource: observedTrainees(backends.traineeSource, observer),
      doctorSource: observedDoctors(backends.doctorSource, observer),
      exceptionSource: observedExceptions(backends.exceptionSource, observer),
    }
  }

  /** Adds the figures that a scrape reads, from the backends as they are: reading them is not measured. */
  addFigures(
    config: Config,
    backends: WorkerBackends,
    { services, holder, health, queues, generations }: FigureParts,
  ): void {
    if (this.metrics === null) return
    const isIntegration = services.includes('integration')
    this.metrics.add(this.#closing.use(processFigures(services)))
    this.metrics.add(serverFigures(health))
    this.metrics.add(diskFigures(directoriesOf(config, isIntegration)))
    if (!isIntegration) return
    this.metrics.add(installationFigures({ ...backends, holder }))
    this.metrics.add(queueFigures(queues))
    this.metrics.add(generationFigures(generations))
  }

  async close(): Promise<void> {
    this.#closing.dispose()
    await Promise.all([this.metrics?.close(), this.traces?.close()])
  }
}

/** The disks that this process writes to. */
function directoriesOf({ backends, dataDirectory, scratchDirectory }: Config, writes: boolean) {
  return {
    ...(backends === 'embedded' && { data: dataDirectory }),
    ...(writes && { scratch: scratchDirectory }),
  }
}

export interface TelemetryOptions {
  readonly events: RunEvents
  readonly services: readonly ServiceName[]
  /** Where traces are sent; null if there are none. */
  readonly tracesUrl: string | null
  /** Whether somebody may scrape this process. */
  readonly metrics: boolean
}

/** Loads what is needed of OpenTelemetry; without metrics and traces, none of it. */
export async function openTelemetry({ events, services, tracesUrl, metrics }: TelemetryOptions): Promise<Telemetry> {
  const exposition = metrics ? await openExposition() : null
  if (exposition !== null) countEvents(events, exposition)
  return new Telemetry(exposition, tracesUrl === null ? null : await openTraces({ url: tracesUrl, events, services }))
}

async function openTraces(options: OtlpTracesOptions): Promise<Traces> {
  return (await import('./otlp-traces.ts')).openOtlpTraces(options)
}
