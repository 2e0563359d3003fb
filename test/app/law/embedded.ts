import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendsOf } from '../../../src/app/backends.ts'
import { readConfig } from '../../../src/config/config.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { LaggingStore, type Searched } from '../../faults/lagging-store.ts'
import { UNJUDGED } from '../job/workplace.ts'
import type { LawBackends } from './law-place.ts'

/** Messages of few rows, and as many takeovers as there are. */
export const LAW_SETTINGS = {
  ...UNJUDGED,
  REVAL_POLL_MS: '10',
  REVAL_MESSAGE_ROWS: '2',
  REVAL_WRITE_ROWS: '2',
  REVAL_MAX_TAKEOVERS: '1000',
}

/** Embedded backends; searches lag as in an engine. */
export async function embeddedLaw(): Promise<LawBackends> {
  const directory = await mkdtemp(join(tmpdir(), 'reval-law-'))
  const config = readConfig({ ...LAW_SETTINGS, REVAL_DATA_DIR: directory })
  const backends = await (await backendsOf(config)).openWorker(config, SERVICE_NAMES)
  const searched: Searched = new Map()
  return {
    config,
    backends,
    openStore: () => Promise.resolve(new LaggingStore(backends.store, searched)),
    quietMs: 0,
    close: async () => {
      await backends.close()
      await rm(directory, { recursive: true })
    },
  }
}
