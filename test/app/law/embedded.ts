import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendsOf } from '../../../src/app/backends.ts'
import { readConfig } from '../../../src/config/config.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../../../src/ports/index-store.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { writeTablesOf } from '../../adapters/index-store/sqlite-planting.ts'
import { altered } from '../../faults/altered.ts'
import { LaggingStore, type Searched } from '../../faults/lagging-store.ts'
import { NO_COMPARISONS, UNJUDGED } from '../job/workplace.ts'
import type { LawBackends } from './law-place.ts'

/** Messages of few rows, and as many takeovers as there are. */
export const LAW_SETTINGS = {
  ...UNJUDGED,
  ...NO_COMPARISONS,
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
  const owners = new Map<GenerationId, symbol>()
  return {
    config,
    backends,
    openStore: () => Promise.resolve(ownStore(new LaggingStore(backends.store, searched), owners)),
    writeTables: (generation, writes) => writeTablesOf(directory, generation, writes),
    quietMs: 0,
    close: async () => {
      await backends.close()
      await rm(directory, { recursive: true })
    },
  }
}

/** The store of one process, as in an engine: rows are written only by the last one that took the generation over. */
function ownStore(store: IndexStore, owners: Map<GenerationId, symbol>): IndexStore {
  const me = Symbol('process')
  const onlyOwn =
    <Rest extends readonly unknown[], Result>(own: (generation: GenerationId, ...rest: Rest) => Promise<Result>) =>
    async (generation: GenerationId, ...rest: Rest): Promise<Result> => {
      if (owners.get(generation) === me) return own(generation, ...rest)
      throw new RevalError('GENERATION_UNKNOWN', `another process took ${generation} over`)
    }
  return altered(store, {
    createGeneration: (create) => async (generation, guard) => {
      await create(generation, guard)
      owners.set(generation.id, me)
    },
    takeOver: (takeOver) => async (generations, term, guard) => {
      await takeOver(generations, term, guard)
      for (const generation of generations) owners.set(generation, me)
    },
    write: onlyOwn,
    fillTables: onlyOwn,
    mendTables: onlyOwn,
  })
}
