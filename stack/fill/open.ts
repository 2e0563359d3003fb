import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Db } from 'mongodb'
import { connectMongodb } from '../../src/adapters/sources/mongodb/connection.ts'
import { mongodbFault } from '../../src/adapters/sources/mongodb/faults.ts'
import type { MongodbSettings } from '../../src/adapters/sources/mongodb/settings.ts'
import { connectMysql } from '../../src/adapters/sources/mysql/connection.ts'
import type { MysqlSettings } from '../../src/adapters/sources/mysql/settings.ts'
import { openFillableSources } from '../../src/adapters/sources/sqlite/fillable-sources.ts'
import { opening, type FillingOptions } from '../../src/app/backends.ts'
import type { FillingScript } from '../../src/app/filling-script.ts'
import { asRevalError, RevalError } from '../../src/errors/reval-error.ts'
import type { SourceFilling } from '../../src/ports/source-filling.ts'
import { Collections } from './collections.ts'
import { StagedFilling, type StagedRows } from './staged-filling.ts'
import { Tables } from './tables.ts'

type Settings = MysqlSettings & MongodbSettings

/**
 * Fills MySQL and MongoDB of a test stack: `bin/reval load` and `demo-data` load it where REVAL_FILL_WITH names it. All
 * rows are collected and validated first, by the embedded sources; only then are they copied to the servers.
 */
export const openFillable = ((settings: Settings, { force }: FillingOptions) =>
  opening(async (opened) => {
    const mysql = opened(await connectMysql(settings, 'SERVER_UNREACHABLE'))
    const { client, database } = await connectMongodb(settings)
    opened(client)
    const collections = new Collections(database)
    if (!force && ((await new Tables(mysql).hasRows()) || (await collections.hasRows()))) {
      throw new RevalError('SOURCE_NOT_EMPTY', 'the tables or collections hold rows already')
    }
    return { begin: () => begin(settings, database) }
  })) satisfies FillingScript['openFillable']

async function begin(settings: Settings, database: Db): Promise<SourceFilling> {
  return new StagedFilling(
    await opening(async (opened) => {
      // The lock ends with this connection, and so with the process.
      const tables = new Tables(opened(await connectMysql(settings, 'SOURCE_FAILED')))
      await tables.lock()
      const folder = await mkdtemp(join(tmpdir(), 'reval-fill-'))
      opened({ close: () => rm(folder, { recursive: true }) })
      const checking = await openFillableSources({ directory: folder }).begin()
      const copy = (rows: StagedRows) => replace(rows, tables, new Collections(database), settings)
      return { checking, folder, copy }
    }),
  )
}

/** MySQL commits first, and MongoDB follows at once; the two together are not atomic. */
async function replace(rows: StagedRows, tables: Tables, collections: Collections, settings: Settings): Promise<void> {
  const coded = (error: unknown) => mongodbFault(error, settings)
  try {
    await inParallel([tables.prepare(rows), collections.prepare(rows)])
    await tables.publish()
  } catch (error) {
    await tables.undo()
    await collections.undo()
    throw coded(error)
  }
  try {
    await collections.publish()
  } catch (error) {
    const { code, message } = asRevalError(coded(error), 'SOURCE_FAILED')
    throw new RevalError(code, `${message}. The tables of MySQL were replaced already: fill again`, { cause: error })
  }
}

/** Waits for all of them even when one fails: nothing may still be writing while its work is undone. */
async function inParallel(actions: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(actions)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
