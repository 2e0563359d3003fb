import { routeToBrokers } from '../adapters/broker/routing-broker.ts'
import { RABBITMQ_SETTINGS } from '../adapters/broker/rabbitmq/settings.ts'
import { bindingKey } from '../adapters/broker/topology.ts'
import { systemClock } from '../adapters/clock/system.ts'
import { openSearchIndexStore } from '../adapters/index-store/opensearch/open.ts'
import { openSearchListReader } from '../adapters/list-reader/opensearch/open.ts'
import { openSearchRunLedger } from '../adapters/run-ledger/opensearch/open.ts'
import { openRunWorkspaces } from '../adapters/run-workspace/sqlite/open.ts'
import type { Config } from '../config/config.ts'
import { QUEUES, ROUTES, type Broker } from '../ports/broker.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import { needsOf } from '../ports/services.ts'
import type { DoctorSource, ExceptionSource, TraineeSource } from '../ports/sources.ts'
import { RevalError } from '../errors/reval-error.ts'
import { hasActiveWriter } from '../sync/records.ts'
import { opening, type BackendSet } from './backends.ts'
import { fillingScript } from './filling-script.ts'
import { openServerSources, refuseUnset } from './server-sources.ts'

/**
 * RabbitMQ and SQS between the services, MySQL and MongoDB as sources, one search engine for indexes and ledger. A
 * process loads only the clients that its services need: the others would take about 10 MB and 0.1 s of its start.
 */
export const serverBackends: BackendSet = {
  clock: systemClock,

  async openReader({ servers: settings }) {
    return opening(async (opened) => {
      const clock = systemClock
      const ledger = opened(await openSearchRunLedger({ settings }))
      const store = opened(await openSearchIndexStore({ settings }))
      const listReader = opened(await openSearchListReader({ settings }))
      return { clock, ledger, store, listReader, hasActiveWriter: () => hasActiveWriter({ ledger, clock }) }
    })
  },

  openSources: (config) => Promise.resolve(openServerSources(config)),

  async openWorker(config, services) {
    const { servers: settings, sources, scratchDirectory } = config
    return opening(async (opened) => {
      const ledger = opened(await openSearchRunLedger({ settings }))
      const store = opened(await openSearchIndexStore({ settings }))
      const listReader = opened(await openSearchListReader({ settings }))
      const brokers = await brokersFor(config, services, opened)
      const broker = opened(routeToBrokers(brokers))
      const { rowsPerSecond } = sources
      const needs = needsOf(services, config)
      const traineeSource = needs.has('trainee source')
        ? opened(await (await mysql()).openMysqlTraineeSource({ settings, rowsPerSecond, clock: systemClock }))
        : notOpened('the source of trainees')
      const readsMongodb = needs.has('doctor source') || needs.has('exception source')
      const collections = readsMongodb
        ? opened(await (await mongodb()).openMongodbSources({ settings, rowsPerSecond, clock: systemClock }))
        : null
      const notNeeded = notOpened('the collections')
      return {
        clock: systemClock,
        ledger,
        store,
        listReader,
        broker,
        traineeSource,
        doctorSource: collections?.doctors ?? notNeeded,
        exceptionSource: collections?.exceptions ?? notNeeded,
        workspaces: openRunWorkspaces(scratchDirectory),
        alone: false,
        oneProcess: false,
        servers: ({ ledger, traineeSource, doctorSource }) => [
          ...brokers.map(({ name, broker: each }) => ({ name, ping: () => each.ping() })),
          ...(needs.has('trainee source') ? [{ name: 'MySQL', ping: () => traineeSource.ping() }] : []),
          ...(readsMongodb ? [{ name: 'MongoDB', ping: () => doctorSource.ping() }] : []),
          { name: 'Search engine', ping: () => ledger.ping() },
        ],
      }
    })
  },

  async openBroker(config) {
    // A command that looks at dead letters must not create a queue.
    refuseUnset(config.servers, RABBITMQ_SETTINGS, 'the dead letters')
    const looking = { ...config, queues: { ...config.queues, mode: 'passive' as const } }
    const opened = await opening(async (open) => ({ parts: await brokersFor(looking, ['integration'], open) }))
    return routeToBrokers(opened.parts)
  },

  async openFilling({ fillWith, servers }, options) {
    const { openFillable } = await fillingScript(fillWith)
    return opening(async (opened) => ({ sources: opened(await openFillable(servers, options)) }))
  },

  inspect: async (config, services) => (await import('./inspect-servers.ts')).inspectServers(config, services),
}

const rabbitmq = () => import('../adapters/broker/rabbitmq/open.ts')
const sqs = () => import('../adapters/broker/sqs/open.ts')
const mysql = () => import('../adapters/sources/mysql/open.ts')
const mongodb = () => import('../adapters/sources/mongodb/open.ts')

/** The options of both brokers; each uses its own settings. */
export function brokerOptions({ servers: settings, queues }: Config) {
  return { settings, topology: queues.topology, queues: queues.mode }
}

type BrokerPart = Parameters<typeof routeToBrokers>[0][number] & { readonly name: string }

async function brokersFor(
  config: Config,
  services: readonly ServiceName[],
  opened: <T extends Broker>(broker: T) => T,
): Promise<readonly BrokerPart[]> {
  const { topology } = config.queues
  const isOnSqs = (queue: (typeof QUEUES)[number]) => bindingKey(topology, queue) === null
  const parts: BrokerPart[] = []
  const needs = needsOf(services, config)
  if (needs.has('broker')) {
    parts.push({
      name: 'RabbitMQ',
      broker: opened(await (await rabbitmq()).openRabbitmqBroker(brokerOptions(config))),
      routes: ROUTES.filter((route) => topology.routes[route].key !== null),
      queues: QUEUES.filter((queue) => !isOnSqs(queue)),
    })
  }
  if (needs.has('doctor queue')) {
    parts.push({
      name: 'SQS',
      broker: opened(await (await sqs()).openSqsBroker(brokerOptions(config))),
      routes: ROUTES.filter((route) => topology.routes[route].key === null),
      queues: QUEUES.filter(isOnSqs),
    })
  }
  return parts
}

/** Stands for a source that no service of this process reads, so it was not opened. */
function notOpened(what: string): DoctorSource & TraineeSource & ExceptionSource {
  const refuse = () =>
    Promise.reject(new RevalError('INTERNAL', `${what} is not open: no service in this process reads it`))
  return {
    snapshot: refuse,
    recordsOf: refuse,
    doctorsOfRecommendations: refuse,
    reasonsOf: refuse,
    ping: refuse,
    close: () => Promise.resolve(),
  }
}
