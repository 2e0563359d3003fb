import { Option } from 'commander'
import { backendsOf } from '../app/backends.ts'
import type { Config } from '../config/config.ts'
import type { FillableSources } from '../ports/source-filling.ts'

export const FORCE = new Option('--force', 'replace existing rows').default(false)

/** The sources as people call them. */
export function placeOf({ backends, dataDirectory }: Config): string {
  return backends === 'embedded' ? dataDirectory : 'the databases'
}

/** Opens the sources to be filled, runs the action, and closes them again; `force` is that of `openFilling`. */
export async function filling<T>(
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
