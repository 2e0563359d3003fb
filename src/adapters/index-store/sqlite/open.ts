import { setImmediate } from 'node:timers/promises'
import type { Day } from '../../../domain/day.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../../../domain/lists.ts'
import type { GenerationCounts, Profile } from '../../../domain/profile.ts'
import type { RowId } from '../../../domain/row.ts'
import type {
  Generation,
  GenerationId,
  Guard,
  IndexStore,
  LiveNames,
  StoredRow,
  StoreWrite,
  WriteOutcome,
} from '../../../ports/index-store.ts'
import { IndexFiles } from './index-files.ts'
import { onOwnThread, onThisThread, type IndexFilesAccess } from './index-thread.ts'
import { packWrites, unpackOutcomes, unpackRow } from './packed.ts'
import { unpackProfile } from './profile-rows.ts'

/** Documents that a reader is given before the rest of the process gets its turn. */
const DOCUMENTS_A_TURN = 500

export interface OpenIndexStoreOptions {
  /** The data directory; it exists. */
  readonly directory: string
  /** For processes that look on beside the one that writes. Writing is then STORE_FAILED. */
  readonly readOnly?: boolean
  /** The most pages (4 KiB each) that a generation's file may have. For tests of a full disk. */
  readonly maxPages?: number
}

/**
 * The index store in files of a data directory: `index.sqlite` with the names, and `generations/` with a file for each
 * generation. One process opens it for writing, any number beside it for reading; the writer removes what a crash left
 * behind. Rejects DATA_DIR_NEWER, DATA_DIR_UNUSABLE, DISK_FULL, STORE_FAILED.
 */
export async function openIndexStore({
  directory,
  readOnly = false,
  maxPages,
}: OpenIndexStoreOptions): Promise<IndexStore> {
  const options = { directory, maxPages: maxPages ?? null }
  const access = readOnly
    ? onThisThread(new IndexFiles({ ...options, readOnly: true }))
    : await onOwnThread({ ...options, readOnly: false })
  return new SqliteIndexStore(access, new IndexFiles({ ...options, readOnly: true }))
}

/** The port on files: what takes long is done where `access` says, documents are read on this thread. */
class SqliteIndexStore implements IndexStore {
  readonly #access: IndexFilesAccess
  readonly #reader: IndexFiles

  /** `reader` has the files open for reading, and is closed with the store. */
  constructor(access: IndexFilesAccess, reader: IndexFiles) {
    this.#access = access
    this.#reader = reader
  }

  async createGeneration(generation: Generation, guard?: Guard): Promise<void> {
    guard?.()
    return this.#access.call('createGeneration', generation)
  }

  generations(): Promise<readonly Generation[]> {
    return this.#access.call('generations')
  }

  async dropGeneration(id: GenerationId, guard?: Guard): Promise<void> {
    guard?.()
    return this.#access.call('dropGeneration', id)
  }

  async write(
    generation: GenerationId,
    writes: readonly StoreWrite[],
    guard?: Guard,
  ): Promise<readonly WriteOutcome[]> {
    const packed = packWrites(writes)
    guard?.()
    return unpackOutcomes(writes.length, await this.#access.call('write', generation, packed))
  }

  async get(generation: GenerationId, ids: readonly RowId[]): Promise<readonly StoredRow[]> {
    return (await this.#access.call('get', generation, ids)).map(unpackRow)
  }

  async findByNumbers(generation: GenerationId, numbers: readonly GmcNumber[]): Promise<readonly StoredRow[]> {
    return (await this.#access.call('findByNumbers', generation, numbers)).map(unpackRow)
  }

  makeVisible(generation: GenerationId): Promise<void> {
    return this.#access.call('makeVisible', generation)
  }

  count(generation: GenerationId, today: Day): Promise<GenerationCounts> {
    return this.#access.call('count', generation, today)
  }

  async profile(generation: GenerationId, today: Day): Promise<Profile> {
    return unpackProfile(await this.#access.call('profile', generation, today))
  }

  async *documents(from: GenerationId | 'live', index: IndexName, today: Day): AsyncIterable<IndexDocument> {
    let given = 0
    for (const document of this.#reader.documents(from, index, today)) {
      yield document
      given += 1
      if (given % DOCUMENTS_A_TURN === 0) await setImmediate()
    }
  }

  async promote(to: GenerationId, from: GenerationId | null, guard?: Guard): Promise<void> {
    guard?.()
    return this.#access.call('promote', to, from)
  }

  liveNames(): Promise<LiveNames | null> {
    return this.#access.call('liveNames')
  }

  /** Only this store makes anything in its directory. */
  async foreignCounts(): Promise<null> {
    return null
  }

  async ping(): Promise<void> {
    await this.#access.call('generations')
  }

  async close(): Promise<void> {
    try {
      await this.#access.close()
    } finally {
      this.#reader.close()
    }
  }
}
