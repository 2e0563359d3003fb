import { Option } from 'commander'
import { backendsOf, type ReaderBackends } from '../app/backends.ts'
import type { Config } from '../config/config.ts'
import { SERVICE_NAMES, type ServiceName } from '../ports/run-ledger.ts'
import type { FillableSources } from '../ports/source-filling.ts'

export const FORCE = new Option(
  '--force',
  'on the servers of a test stack: replace existing rows; embedded sources are always replaced',
).default(false)

/** Where the sources are, for messages. */
export function sourcesName({ backends, dataDirectory }: Config): string {
  return backends === 'embedded' ? dataDirectory : 'the databases'
}

/** The services that were named; all of them if none was. */
export function servicesOf(named: readonly string[]): readonly ServiceName[] {
  return named.length === 0 ? SERVICE_NAMES : SERVICE_NAMES.filter((service) => named.includes(service))
}

/** Opens the backends for reading, runs the action, and closes them. */
export async function withReader<T>(config: Config, action: (backends: ReaderBackends) => Promise<T>): Promise<T> {
  const backends = await (await backendsOf(config)).openReader(config)
  try {
    return await action(backends)
  } finally {
    await backends.close()
  }
}

/** Opens the sources to be filled, runs the action, and closes them. `force` is that of `openFilling`. */
export async function withSources<T>(
  config: Config,
  force: boolean,
  action: (sources: FillableSources) => Promise<T>,
): Promise<T> {
  const backends = await (await backendsOf(config)).openFilling(config, { force })
  try {
    return await action(backends.sources)
  } finally {
    await backends.close()
  }
}
