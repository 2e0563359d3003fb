import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Setting } from '../../src/adapters/setting.ts'
import { readConfig, type Config } from '../../src/config/config.ts'
import type { SettingFault } from '../../src/config/read-settings.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import { SERVICE_NAMES, type ServiceName } from '../../src/ports/run-ledger.ts'
import { needsOf, type Need } from '../../src/ports/services.ts'
import { ROOT } from './tools.ts'

/** A container of a service, as Kubernetes and Amazon ECS both describe one. */
export interface DeployedService {
  readonly args: readonly string[]
  /** Settings in plain text. */
  readonly environment: Readonly<Record<string, string>>
  /** Variables that come from a secret, with the reference to it. */
  readonly secrets: Readonly<Record<string, string>>
  readonly ports: readonly number[]
  /** The path and port of each health check. */
  readonly probes: readonly { readonly path: string; readonly port: number }[]
  /** The number of its user; null if not given. */
  readonly user: number | null
  readonly isRootReadOnly: boolean
  readonly droppedCapabilities: readonly string[]
  /** Where it may write, on disk. */
  readonly writable: readonly string[]
  readonly stopSeconds: number
  readonly memoryMiB: number
}

/** Three parts of a process (service, sources, backends) have 10 s to stop, one after the other. */
const LONGEST_STOP_SECONDS = 30

/** The variables whose values nobody but the service may see. */
const SECRET: ReadonlySet<string> = new Set(
  Object.values<Setting>(SETTINGS).flatMap(({ variable, secret }) => (secret === true ? [variable] : [])),
)

const PREFIXES: Readonly<Record<string, readonly Need[]>> = {
  REVAL_RABBITMQ_: ['broker'],
  REVAL_SQS_: ['doctor queue'],
  REVAL_MYSQL_: ['trainee source'],
  REVAL_MONGODB_: ['doctor source', 'exception source'],
  REVAL_SEARCH_: ['ledger', 'index store'],
}

/** What is wrong with a deployed service; empty if nothing. */
export function faultsOf(deployed: DeployedService): readonly string[] {
  const [command, name, ...rest] = deployed.args
  const service = SERVICE_NAMES.find((each) => each === name)
  if (command !== 'start' || service === undefined || rest.length > 0) {
    return [`runs ${deployed.args.join(' ')}, expected start and one service`]
  }
  const faults = [...containerFaults(deployed), ...settingFaults(deployed, service)]
  const config = configOf(deployed, service)
  if (config instanceof Array) return [...faults, ...config]
  return [...faults, ...faultsWithConfig(deployed, service, config)]
}

function containerFaults({ user, isRootReadOnly, droppedCapabilities, stopSeconds, memoryMiB }: DeployedService) {
  const faults: string[] = []
  if (user === null || user === 0) faults.push('may run as root')
  if (!isRootReadOnly) faults.push('the root of its files is writable')
  if (droppedCapabilities.join() !== 'ALL') faults.push('keeps capabilities')
  if (stopSeconds <= LONGEST_STOP_SECONDS) faults.push(`has ${stopSeconds} s to stop`)
  if (memoryMiB < heapMiB()) faults.push(`has ${memoryMiB} MiB of memory, less than its heap may take`)
  return faults
}

function settingFaults({ environment, secrets }: DeployedService, service: ServiceName): readonly string[] {
  const faults: string[] = []
  for (const variable of Object.keys(environment)) {
    if (SECRET.has(variable)) faults.push(`${variable} is in plain text`)
  }
  const needs = needsOf([service], { liveChanges: true })
  for (const variable of [...Object.keys(environment), ...Object.keys(secrets)]) {
    const [prefix, needed = []] = Object.entries(PREFIXES).find(([each]) => variable.startsWith(each)) ?? []
    if (prefix !== undefined && !needed.some((need) => needs.has(need))) {
      faults.push(`${variable} is of a server that it does not use`)
    }
  }
  return faults
}

/** The settings as the service would read them, or what it would refuse. */
function configOf({ environment, secrets }: DeployedService, service: ServiceName): Config | readonly string[] {
  const given = Object.keys(secrets).map((name) => [name, `the-secret-of-${name}-which-is-long-enough`] as const)
  try {
    return readConfig({ ...environmentOfImage(), ...environment, ...Object.fromEntries(given) }, {}, [service])
  } catch (error) {
    if (!(error instanceof RevalError && Array.isArray(error.details.faults))) throw error
    const found = error.details.faults as readonly SettingFault[]
    return found.map(({ setting, reason }) => `${setting} ${reason}`)
  }
}

function faultsWithConfig(
  { ports, probes, writable }: DeployedService,
  service: ServiceName,
  { backends, liveChanges, http, scratchDirectory, servers }: Config,
): readonly string[] {
  const faults: string[] = []
  if (backends !== 'servers') faults.push('is embedded')
  if (http.host !== '0.0.0.0') faults.push('cannot be reached from outside its container')
  if (ports.join() !== String(http.port)) faults.push(`has the ports ${ports.join()}, listens on ${http.port}`)
  if (probes.length === 0) faults.push('has no health check')
  for (const { path, port } of probes) {
    if (!new RegExp(`^/health/${service}/(live|ready)$`).test(path)) faults.push(`is checked at ${path}`)
    if (port !== http.port) faults.push(`is checked on port ${port}`)
  }
  const needed = service === 'integration' ? [scratchDirectory] : []
  if (writable.join() !== needed.join()) faults.push(`may write to "${writable.join()}", needs "${needed.join()}"`)
  if (service === 'integration' && !liveChanges) faults.push('has no live changes')
  for (const [name, url] of Object.entries({ mysql: servers.mysqlUrl, mongodb: servers.mongodbUrl })) {
    const tls = name === 'mysql' ? servers.mysqlTls : servers.mongodbTls
    if (url !== '' && tls !== 'verify') faults.push(`speaks to ${name} without TLS`)
  }
  return faults
}

/** The variables that the image sets. */
function environmentOfImage(): Readonly<Record<string, string>> {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  return Object.fromEntries(
    [...dockerfile.matchAll(/\b(REVAL_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** The limit of the heap that bin/reval gives to Node. */
function heapMiB(): number {
  return Number(/--max-old-space-size=(\d+)/.exec(readFileSync(join(ROOT, 'bin/reval'), 'utf8'))?.[1])
}
