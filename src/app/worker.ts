import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import { SERVICE_NAMES, type ServiceName } from '../ports/run-ledger.ts'
import type { Schedule } from '../ports/schedule.ts'
import { createConnectionService } from '../services/connection/connection-service.ts'
import { createIntegrationService, type IntegrationService } from '../services/integration/integration-service.ts'
import { createRecommendationService } from '../services/recommendation/recommendation-service.ts'
import type { Service } from '../services/service.ts'
import { createTcsService } from '../services/tcs/tcs-service.ts'
import type { WriterWork } from '../sync/lease/writer.ts'
import type { SyncContext } from '../sync/context.ts'
import { storesOf } from '../sync/failures/find-failures.ts'
import { createRunEvents, type RunEvents } from '../sync/events.ts'
import { backendsOf, type SourceBackends, type WorkerBackends } from './backends.ts'
import { GenerationsWatch } from './health/generations.ts'
import { HealthWatch } from './health/health-watch.ts'
import { QueuesWatch } from './health/queues.ts'
import { Lifecycle } from './lifecycle.ts'
import { LiveHub } from './live/hub.ts'
import { openLists, type ServedLists } from './lists/open-lists.ts'
import { Presence } from './processes/presence.ts'
import { openDestinations } from './notifications/destinations/open-destinations.ts'
import { keepNotifying } from './notifications/keep-notifying.ts'
import { syncContext } from './sync-context.ts'
import { openTelemetry, type Telemetry } from './telemetry/telemetry.ts'

/** How long each component of a process may take to stop. */
const STOP_DEADLINE_MS = 10_000

export interface Worker {
  readonly config: Config
  readonly context: SyncContext
  readonly services: readonly Service[]
  /** Null if integration is not among the services. */
  readonly integration: IntegrationService | null
  /** The sources to read by key, for routes; not those that the services send. Each is connected at its first use. */
  readonly sources: SourceBackends
  readonly lists: ServedLists
  /** Of the servers that this process works with. */
  readonly health: HealthWatch
  /** Complete in a process of integration. */
  readonly queues: QueuesWatch
  readonly generations: GenerationsWatch
  /** What happens in the installation, for streams. */
  readonly live: LiveHub
  readonly telemetry: Telemetry
  /** Rejects if the worker cannot continue; pending while it works. */
  readonly ended: Promise<void>
  /** Starts the services. Called once. */
  start(): Promise<void>
  /** Stops all services and closes everything. Idempotent. */
  stop(): Promise<void>
}

export interface WorkerOptions {
  readonly services?: readonly ServiceName[]
  /** Created by the caller, to listen before the first service starts. */
  readonly events?: RunEvents
  /** Whether the process records in the ledger that it runs. */
  readonly presence?: boolean
  /** For a command that ends with its run: it keeps no schedule and sends no notifications. */
  readonly endsWithRun?: boolean
  /** Whether the process serves `/metrics`; by default it does not. */
  readonly metrics?: boolean
}

/**
 * Opens the backends and creates the services, which do nothing before `start`. If it rejects, nothing is left open.
 * Rejects DATA_DIR_IN_USE if another process works on the directory.
 */
export async function openWorker(config: Config, options: WorkerOptions = {}): Promise<Worker> {
  const { services = SERVICE_NAMES } = options
  return openWorkerOn(await (await backendsOf(config)).openWorker(config, services), config, options)
}

/** Opens a worker and starts its services. If it rejects, nothing is left open. */
export async function startWorker(config: Config, options: WorkerOptions = {}): Promise<Worker> {
  return started(await openWorker(config, options))
}

/** The same on opened backends; they are closed with the worker, or if it cannot start. */
export async function startWorkerOn(
  backends: WorkerBackends,
  config: Config,
  options: WorkerOptions = {},
): Promise<Worker> {
  return started(await openWorkerOn(backends, config, options))
}

async function started(worker: Worker): Promise<Worker> {
  await worker.start()
  return worker
}

async function openWorkerOn(
  opened: WorkerBackends,
  config: Config,
  {
    services: names = SERVICE_NAMES,
    events = createRunEvents(),
    presence = false,
    endsWithRun = false,
    metrics = false,
  }: WorkerOptions = {},
): Promise<Worker> {
  const lifecycle = new Lifecycle(STOP_DEADLINE_MS, (name, error) => {
    events.emit('warning', { doing: `stopping ${name}`, error })
  })
  await lifecycle.start({ name: 'backends', stop: () => opened.close() })
  if (opened.oneProcess && SERVICE_NAMES.some((name) => !names.includes(name))) {
    await lifecycle.stop()
    throw new RevalError('USAGE', 'embedded backends work in one process only: start all four services together')
  }
  const sources = await (await backendsOf(config)).openSources(config)
  await lifecycle.start({ name: 'sources', stop: () => sources.close() })
  const telemetry = await openTelemetry({ ...config, services: names, events, metrics })
  await lifecycle.start({ name: 'telemetry', stop: () => telemetry.close() })
  const backends = telemetry.observe(opened)
  const context = syncContext(config, backends, events, telemetry.traces)
  const health = new HealthWatch(backends.servers(backends), context.clock)
  const live = new LiveHub(context, { health, schedule: config.schedule })
  await lifecycle.start(live)
  const queues = new QueuesWatch(backends.broker, queuesOf(context, config), context.clock)
  const generations = new GenerationsWatch(backends, context.clock)
  telemetry.addFigures(config, opened, { services: names, holder: context.holder, health, queues, generations })
  const { services, integration } = createServices(context, backends, {
    names,
    liveChanges: config.liveChanges,
    schedule: endsWithRun ? null : config.schedule,
    beside: endsWithRun ? [] : [notifies(config)],
  })
  return {
    config,
    context,
    services,
    integration,
    sources,
    lists: openLists(config, backends, names),
    health,
    queues,
    live,
    generations,
    telemetry,
    ended: integration?.ended ?? new Promise<void>(() => undefined),
    start: async () => {
      if (presence) await lifecycle.start(new Presence(context, names, health))
      for (const service of services) await lifecycle.start(service)
    },
    stop: () => lifecycle.stop(),
  }
}

/** The queues that something consumes, with their names at the broker. */
function queuesOf(context: SyncContext, { queues: { topology } }: Config) {
  return storesOf(context).queues.map((queue) => ({ queue, name: topology.queues[queue] }))
}

interface ServiceChoice {
  readonly names: readonly ServiceName[]
  readonly liveChanges: boolean
  readonly schedule: Schedule | null
  /** What the writer does beside runs. */
  readonly beside: readonly WriterWork[]
}

function notifies(config: Config): WriterWork {
  const destinations = openDestinations(config.notifications)
  return (writer, signal) => keepNotifying(writer, { config, destinations }, signal)
}

/** The services in the order of their start: integration last, so that its commands have receivers. */
function createServices(
  context: SyncContext,
  { workspaces, traineeSource: trainees, doctorSource: doctors, exceptionSource: exceptions }: WorkerBackends,
  { names, liveChanges, schedule, beside }: ServiceChoice,
) {
  const changes = liveChanges ? { trainees, doctors } : null
  const integration = names.includes('integration')
    ? createIntegrationService(context, { workspaces, exceptions, changes, schedule, beside })
    : null
  const services: Service[] = []
  if (names.includes('tcs')) services.push(createTcsService(context, trainees))
  if (names.includes('recommendation')) services.push(createRecommendationService(context, doctors))
  if (names.includes('connection')) services.push(createConnectionService(context))
  if (integration !== null) services.push(integration)
  return { services, integration }
}
