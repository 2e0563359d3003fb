import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { RevalError } from '../../../errors/reval-error.ts'
import type { FillableSources, SourceFilling } from '../../../ports/source-filling.ts'
import { makeDirectory } from '../../directories.ts'
import { createFile } from '../../file-rights.ts'
import { openDatabase, sqliteError } from '../../sqlite/database.ts'
import { lockFile } from '../../sqlite/file-lock.ts'
import { directoryFault } from '../../../errors/directory-fault.ts'
import { fillingIn } from './filling.ts'
import {
  fillingPaths,
  isFillingFile,
  LAYOUT,
  LAYOUT_VERSION,
  lockPath,
  sourcesPath,
  type SourcesOptions,
} from './schema.ts'
import { openSources } from './reading.ts'
import { layOutRows } from './staged-rows.ts'

export interface FillableSourcesOptions extends SourcesOptions {
  /** The maximum of pages (4 KiB) of each file of a filling: more is DISK_FULL. By default only the disk limits. */
  readonly maxPages?: number
}

/** The sources of a data directory, to be filled. Creates the directory if it does not exist. */
export function openFillableSources(options: FillableSourcesOptions): FillableSources {
  return { begin: () => begin(options) }
}

async function begin({ directory, maxPages }: FillableSourcesOptions): Promise<SourceFilling> {
  await onFiles(directory, async () => makeDirectory(directory))
  const lock = lockFile(lockPath(directory), {
    purpose: `another process is filling the sources in ${directory}`,
    code: 'SOURCE_FAILED',
  })
  try {
    // This process has the lock, so any other filling belongs to a process that died.
    await onFiles(directory, () => removeFillings(directory))
    refuseNewer(directory)
    const edition = randomBytes(8).toString('hex')
    const paths = fillingPaths(directory, edition)
    const database = openFilling(paths, maxPages)
    return fillingIn({
      database,
      edition,
      publish: () => onFiles(directory, () => publish(paths.sources, directory)),
      discard: async () => {
        try {
          await onFiles(directory, () => removeFillings(directory))
        } finally {
          lock.release()
        }
      },
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Older and broken sources may be replaced; those of a newer version may not. */
function refuseNewer(directory: string): void {
  try {
    openSources(directory).close()
  } catch (error) {
    if (error instanceof RevalError && error.code === 'DATA_DIR_NEWER') throw error
  }
}

function openFilling(paths: { readonly sources: string; readonly rows: string }, maxPages?: number): DatabaseSync {
  const database = openDatabase(paths.sources, {
    code: 'SOURCE_FAILED',
    version: LAYOUT_VERSION,
    schema: LAYOUT,
    journal: 'memory',
  })
  try {
    createFile(paths.rows)
    database.prepare('ATTACH ? AS rows').run(paths.rows)
    const schemas = ['main', 'rows']
    const limits = schemas.map((schema) =>
      maxPages === undefined ? '' : `PRAGMA ${schema}.max_page_count = ${maxPages};`,
    )
    database.exec(`
      PRAGMA rows.journal_mode = MEMORY; PRAGMA rows.synchronous = OFF;
      PRAGMA main.cache_size = -32768; PRAGMA rows.cache_size = -65536;
      ${limits.join(' ')}
      BEGIN;
      ${layOutRows()}`)
    return database
  } catch (error) {
    database.close()
    throw sqliteError(error, 'SOURCE_FAILED', paths.rows)
  }
}

/** The file reaches the disk before it gets its name, and the name before the filling is reported as done. */
async function publish(path: string, directory: string): Promise<void> {
  await synced(path, 'r+')
  await rename(path, sourcesPath(directory))
  // Windows cannot sync folders, and need not.
  if (process.platform !== 'win32') await synced(directory, 'r')
}

async function synced(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function removeFillings(directory: string): Promise<void> {
  const files = await readdir(directory)
  await Promise.all(files.filter(isFillingFile).map((file) => rm(join(directory, file), { force: true })))
}

async function onFiles<Result>(directory: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw directoryFault(error, directory)
  }
}
