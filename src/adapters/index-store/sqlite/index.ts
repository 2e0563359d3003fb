import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import { ASSEMBLE_VERSION } from '../../../domain/assemble.ts'
import type { Day } from '../../../domain/day.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { IndexDocument, IndexName } from '../../../domain/lists.ts'
import type { RowId } from '../../../domain/row.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type {
  Generation,
  GenerationCounts,
  GenerationId,
  IndexStore,
  LiveNames,
  StoredRow,
  StoreWrite,
  WriteOutcome,
} from '../../../ports/index-store.ts'
import { sqliteError } from '../../sqlite/database.ts'
import { Catalogue } from './catalogue.ts'
import { GenerationFiles } from './generation-files.ts'
import { GenerationWriter } from './generation-writer.ts'
import { countRows, documentsOf } from './index-reader.ts'
import { RowReader } from './row-reader.ts'

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
export async function openIndexStore(options: OpenIndexStoreOptions): Promise<IndexStore> {
  return new SqliteIndexStore(options)
}
