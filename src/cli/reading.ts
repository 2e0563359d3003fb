import { backendsOf, type ReaderBackends } from '../app/backends.ts'
import type { Config } from '../config/config.ts'

/** Opens the installation to read, runs the action, and closes it again. */
export async function reading<T>(config: Config, action: (backends: ReaderBackends) => Promise<T>): Promise<T> {
  const backends = await (await backendsOf(config)).openReader(config)
  try {
    return await action(backends)
  } finally {
    await backends.close()
  }
}
