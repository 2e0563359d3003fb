import type { IndexStore } from '../../../ports/index-store.ts'
import { onThisThread } from './index-calls.ts'
import { IndexFiles } from './index-files.ts'
import { onOwnThread } from './index-thread.ts'
import { SqliteIndexStore } from './sqlite-index-store.ts'

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
