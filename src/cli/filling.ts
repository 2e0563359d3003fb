import { Option } from 'commander'
import { backendsOf } from '../app/backends.ts'
import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { FillableSources } from '../ports/source-filling.ts'

export const FORCE = new Option('--force', 'replace rows of databases that hold some already').default(false)

/** The sources as people call them. */
export function placeOf({ backends, dataDirectory }: Config): string {
  return backends === 'embedded' ? dataDirectory : 'the databases'
}

/**
 * Opens the sources to be filled, runs the action, and closes them again. Rejects SOURCE_NOT_EMPTY where rows would be
 * replaced that may be somebody's own, unless `force` says that they may.
 */
export async function filling<T>(
  config: Config,
  force: boolean,
  action: (sources: FillableSources) => Promise<T>,
): Promise<T> {
  const backends = await (await backendsOf(config)).openFilling(config)
  const { sources, asksBeforeReplacing } = backends
  try {
    if (asksBeforeReplacing && !force && (await sources.holdRows())) {
      throw new RevalError('SOURCE_NOT_EMPTY', 'the tables or collections hold rows already')
    }
    return await action(sources)
  } finally {
    await backends.close()
  }
}
