import { setImmediate } from 'node:timers/promises'
import { RevalError } from '../../../errors/reval-error.ts'
import type { IndexStore } from '../../../ports/index-store.ts'
import { IndexFiles } from './index-files.ts'
import { onOwnThread, onThisThread } from './index-thread.ts'
import { packWrites, unpackOutcomes, unpackRow } from './packed.ts'
import { spaceIn } from './space.ts'
import { unpackProfile } from './profile-rows.ts'
import { scannedRow } from './row-values.ts'

/** Documents that a reader gets before the rest of the process gets its turn. */
const DOCUMENTS_A_TURN = 500

/** The rows read at once, which takes a few milliseconds. */
const ROWS_A_BATCH = 500

export interface OpenIndexStoreOptions {
  /** The data directory; it exists. */
  readonly directory: string
  /** For processes that read while another one writes. Writing is then STORE_FAILED. */
  readonly readOnly?: boolean
  /** The maximum of pages (4 KiB each) of a generation's file. For tests of a full disk. */
  readonly maxPages?: number
  /** False: writes block the caller's thread. For tests of other things, which open hundreds of stores. */
  readonly ownThread?: boolean
}

/**
 * The index store in files of a data directory: `index.sqlite` with the aliases, and `generations/` with a file for each
 * generation. One process opens it for writing, any number beside it for reading; the writer removes what a crash left
 * behind. Rejects DATA_DIR_NEWER, DATA_DIR_UNUSABLE, DISK_FULL, STORE_FAILED.
 */
export async function openIndexStore(options: OpenIndexStoreOptions): Promise<IndexStore> {
  const { directory, readOnly = false, maxPages = null, ownThread = true } = options
  // Documents are read on this thread, whichever thread has the files open for the rest.
  const reading = { directory, maxPages, readOnly: true }
  const reader = new IndexFiles(reading)
  const writing = { ...reading, readOnly: false }
  const open = async () => (ownThread ? onOwnThread(writing) : onThisThread(new IndexFiles(writing)))
  const files = readOnly
    ? onThisThread(reader)
    : await open().catch((error: unknown) => {
        reader.close()
        throw error
      })
  return {
    createGeneration: async (generation, guard) => {
      guard?.()
      await files.call('createGeneration', generation)
    },
    generations: () => files.call('generations'),
    dropGeneration: async (id, guard) => {
      guard?.()
      await files.call('dropGeneration', id)
    },
    // One process at a time can write to these files: an earlier one has ended.
    takeOver: (_generations, _term, guard) => Promise.resolve().then(() => guard?.()),
    write: async (generation, writes, guard) => {
      const packed = packWrites(writes)
      guard?.()
      return unpackOutcomes(writes.length, await files.call('write', generation, packed))
    },
    get: async (generation, ids) => (await files.call('get', generation, ids)).map(unpackRow),
    findByNumbers: async (generation, numbers) =>
      (await files.call('findByNumbers', generation, numbers)).map(unpackRow),
    makeVisible: (generation) => files.call('makeVisible', generation),
    makeReadable: async (generation, guard) => {
      guard?.()
      await files.call('makeReadable', generation)
    },
    count: (generation, today) => files.call('count', generation, today),
    profile: async (generation, today) => unpackProfile(await files.call('profile', generation, today)),
    documents: async function* (from, index, today) {
      let given = 0
      for (const document of reader.documents(from, index, today)) {
        yield document
        given += 1
        if (given % DOCUMENTS_A_TURN === 0) await setImmediate()
      }
    },
    fillTables: async (generation, { signal, onRows }, guard) => {
      // A call of its own for each step: the thread has its turn for others, and the signal is heard.
      const step = async <T>(call: () => Promise<T>): Promise<T> => {
        signal.throwIfAborted()
        guard?.()
        return call()
      }
      if (!(await step(() => files.call('emptyTables', generation)))) return
      let rows = 0
      for (let key: number | null = 0; key !== null;) {
        const from: number = key
        const filled = await step(() => files.call('fillAfter', generation, from))
        rows += filled.added
        key = filled.upTo
        onRows(rows)
      }
      await step(() => files.call('finishFilling', generation))
    },
    countTables: (generation) => files.call('countTables', generation),
    tableRows: (generation, list) => inBatches(reader.tableRows(generation, list)),
    tableRowsOf: (generation, list, ids) => files.call('tableRowsOf', generation, list, ids),
    mendTables: async (generation, ids, guard) => {
      guard?.()
      await files.call('mendTables', generation, ids)
    },
    rows: (generation) => inBatches(reader.rows(generation).map(scannedRow)),
    promote: async (to, from, guard) => {
      guard?.()
      await files.call('promote', to, from)
    },
    liveAliases: () => files.call('liveAliases'),
    // Only this store creates anything in its directory.
    foreignCounts: () => Promise.resolve(null),
    adoptIndexes: () =>
      Promise.reject(new RevalError('NOTHING_TO_ADOPT', `no Java service has indexes in ${directory}`)),
    releaseIndexes: async (id) => {
      // Rejects GENERATION_UNKNOWN.
      await files.call('countTables', id)
      throw new RevalError('NOTHING_TO_RELEASE', `generation ${id} is not a copy of a Java service's indexes`)
    },
    space: async () =>
      spaceIn(
        directory,
        (await files.call('generations')).map(({ id }) => id),
      ),
    ping: async () => {
      await files.call('generations')
    },
    close: async () => {
      try {
        await files.close()
      } finally {
        reader.close()
      }
    },
  }
}

/** Gives what is read in batches, and the rest of the process its turn in between. */
async function* inBatches<T>(rows: Iterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < ROWS_A_BATCH) continue
    yield batch
    batch = []
    await setImmediate()
  }
  if (batch.length > 0) yield batch
}
