import { RevalError } from '../../../errors/reval-error.ts'
import type { ListedRow, ListReader } from '../../../ports/list-reader.ts'
import { storedRowOf, type StoredValues } from '../../index-store/sqlite/row-values.ts'
import type { CallThread } from '../../sqlite/call-thread.ts'
import type { ListFiles } from './list-files.ts'
import { listThread, type CallName } from './list-thread.ts'

/** In milliseconds. A page takes tens of milliseconds unless the disk hangs. */
const TIME_LIMIT = 5_000

/** Rows in one call: reading them takes a few milliseconds. */
const ROWS_A_BATCH = 500

export interface OpenListReaderOptions {
  /** The data directory; it exists. */
  readonly directory: string
  /** Time limit of each call, in milliseconds. */
  readonly timeLimit?: number
}

/**
 * The lists in the files of a data directory. The first call opens them on a thread of their own; if that thread fails, the next call
 * opens them again.
 */
export function openListReader({ directory, timeLimit = TIME_LIMIT }: OpenListReaderOptions): ListReader {
  const threads = new Threads(() => listThread(directory, timeLimit))
  const call = async <Name extends CallName>(
    name: Name,
    ...values: Parameters<ListFiles[Name]>
    // Each request is answered with the result of its call.
  ) => (await threads.call(name, values)) as ReturnType<ListFiles[Name]>
  return {
    page: async (generation, query, today, place) => {
      const { rows, total } = await call('page', generation, query, today, place)
      return { rows: rows.map(listedRow), total }
    },
    counts: (generation, query, today) => call('counts', generation, query, today),
    all: async function* (generation, query, today) {
      // Eight bytes a row.
      const keys = await call('keys', generation, query, today)
      for (let at = 0; at < keys.length; at += ROWS_A_BATCH) {
        const rows = await call('rows', generation, keys.slice(at, at + ROWS_A_BATCH))
        if (rows.length > 0) yield rows.map(listedRow)
      }
    },
    suggest: (generation, query, today) => call('suggest', generation, query, today),
    ping: () => call('ping'),
    close: () => threads.close(),
  }
}

/** Starts the thread with the first call, and a new one after it failed. */
class Threads {
  readonly #start: () => CallThread
  #thread: CallThread | null = null
  #isClosed = false

  constructor(start: () => CallThread) {
    this.#start = start
  }

  async call(name: CallName, values: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed) throw new RevalError('STORE_FAILED', 'the list reader is closed')
    const thread = this.#thread?.isOver === false ? this.#thread : this.#start()
    this.#thread = thread
    try {
      await thread.opened
    } catch (error) {
      // The next call tries again.
      if (this.#thread === thread) this.#thread = null
      await thread.close()
      throw error
    }
    return thread.call(name, values)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#thread?.close()
  }
}

function listedRow(values: StoredValues): ListedRow {
  const { row, document } = storedRowOf(values)
  const { doctor } = row.parts
  return { id: row.id, document, dateAdded: doctor?.dateAdded ?? null, sanction: doctor?.sanction ?? null }
}
