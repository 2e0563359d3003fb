import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { directoryFault } from '../../errors/directory-fault.ts'
import type { SourceTable } from '../../ports/source-filling.ts'
import { EXPORT_FILES } from '../loading/export-files.ts'
import { EXPORT_SHAPES } from './export-shapes.ts'
import { NO_ROWS, type TableCounts } from './fill-with-demo.ts'
import { generate, type BatchOf, type DemoOptions } from './generate.ts'

// `Object.keys` returns `string[]`, and there are no other keys.
const TABLES = Object.keys(EXPORT_FILES) as SourceTable[]

/**
 * Writes generated sources as an export folder, in the shapes of the real systems: `tcs/*.csv`, `gmc/*.jsonl` and
 * `connection/*.jsonl`, the same rows that `fillWithDemo` puts into sources. The folder is created if it does not exist;
 * files of these names in it are replaced. Resolves with the rows of each file.
 * Rejects USAGE for options that are none, DISK_FULL, DATA_DIR_UNUSABLE, and the reason of `signal`: the files are then
 * incomplete.
 */
export async function writeExports(folder: string, options: DemoOptions, signal?: AbortSignal): Promise<TableCounts> {
  const batches = generate(options)
  signal?.throwIfAborted()
  const files = new ExportFiles(folder)
  const counts = { ...NO_ROWS }
  try {
    // A table without rows has its file too.
    for (const table of TABLES) await files.append({ table, rows: [] }, 0)
    for (const batch of batches) {
      signal?.throwIfAborted()
      await files.append(batch, counts[batch.table])
      counts[batch.table] += batch.rows.length
    }
    return counts
  } catch (error) {
    signal?.throwIfAborted()
    throw directoryFault(error, folder)
  } finally {
    await files.close()
  }
}

class ExportFiles {
  readonly #folder: string
  readonly #handles = new Map<SourceTable, FileHandle>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Adds rows behind the `before` rows that the file has; the first call for a table replaces the file that was there. */
  async append<T extends SourceTable>({ table, rows }: BatchOf<T>, before: number): Promise<void> {
    const handle = this.#handles.get(table) ?? (await this.#open(table))
    const { lineOf } = EXPORT_SHAPES[table]
    await handle.appendFile(rows.map((row, index) => lineOf(row, before + index + 1)).join(''))
  }

  async #open(table: SourceTable): Promise<FileHandle> {
    const path = join(this.#folder, EXPORT_FILES[table])
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(path, 'w')
    this.#handles.set(table, handle)
    await handle.appendFile(EXPORT_SHAPES[table].header)
    return handle
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.values()) await handle.close()
  }
}
