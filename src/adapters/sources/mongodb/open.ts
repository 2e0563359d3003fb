import type { Db } from 'mongodb'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { DoctorSource, ExceptionSource } from '../../../ports/sources.ts'
import { pagedSnapshot, pageSize } from '../pages.ts'
import { refuseMissing, type CollectionName } from './schema.ts'
import { connectMongodb, inTime } from './connection.ts'
import { doctorPages } from './doctor-pages.ts'
import { doctorsOf, doctorsOfRecommendations, recommendationsOf } from './doctors-by-key.ts'
import { mongodbFault } from './faults.ts'
import { reasonPages, reasonsOf } from './reasons.ts'
import type { MongodbSettings } from './settings.ts'

export interface MongodbSourcesOptions {
  readonly settings: MongodbSettings
  /** The maximum of doctors, and of reasons, per second; 0, the default, is unlimited. */
  readonly rowsPerSecond?: number
  readonly clock: Clock
}

/** The sources of one MongoDB; the client is closed when both are, or by `close`. */
export interface MongodbSources {
  readonly doctors: DoctorSource
  readonly exceptions: ExceptionSource
  close(): Promise<void>
}

type Collections = readonly [CollectionName, ...CollectionName[]]
type Pages<Row> = (database: Db, rows: number, signal: AbortSignal) => AsyncGenerator<readonly Row[]>

/** Rows of larger pages outlive the collections of new objects, which then copy them. */
const PAGE_ROWS = 250

/**
 * The doctors and the reasons in MongoDB, by `_id`, through one client that reconnects to its servers automatically. Rejects
 * SERVER_UNREACHABLE or SERVER_LOGIN_REFUSED, and leaves nothing open then.
 */
export async function openMongodbSources(options: MongodbSourcesOptions): Promise<MongodbSources> {
  const { client, database } = await connectMongodb(options.settings)
  let open = 2
  const closeOne = async () => {
    open -= 1
    if (open === 0) await client.close()
  }
  const doctors = sourceOf(database, options, ['doctorsForDB', 'recommendation'], doctorPages, closeOne)
  const exceptions = sourceOf(database, options, ['exceptionLogs'], reasonPages, closeOne)
  return {
    doctors: {
      ...doctors.source,
      recordsOf: (keys) => doctors.ask(() => doctorsOf(database, keys)),
      doctorsOfRecommendations: (ids) => doctors.ask(() => doctorsOfRecommendations(database, ids)),
      recommendationsOf: (ids) => doctors.ask(() => recommendationsOf(database, ids)),
    },
    exceptions: {
      ...exceptions.source,
      reasonsOf: (numbers) => exceptions.ask(() => reasonsOf(database, numbers)),
    },
    close: async () => {
      await doctors.source.close()
      await exceptions.source.close()
    },
  }
}

/**
 * The documents of the first collection, read with those of the others. A snapshot is not a point in time: a document that
 * is written meanwhile comes as it was or as it is, and one that is added or removed may come or not.
 */
function sourceOf<Row>(
  database: Db,
  { settings, rowsPerSecond = 0, clock }: MongodbSourcesOptions,
  collections: Collections,
  pages: Pages<Row>,
  onClose: () => Promise<void>,
) {
  let isOpen = true
  /** Rejects SOURCE_MISSING if a collection is missing; every other error is coded too. */
  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    if (!isOpen) throw new RevalError('SOURCE_FAILED', 'the source is closed')
    try {
      await inTime(refuseMissing(database, collections))
      return await question()
    } catch (error) {
      throw mongodbFault(error, settings)
    }
  }
  const source = {
    snapshot: () =>
      ask(async () =>
        pagedSnapshot({
          expected: await database.collection(collections[0]).estimatedDocumentCount(),
          pages: (signal) => coded(pages(database, pageSize(PAGE_ROWS, rowsPerSecond), signal), settings),
          rowsPerSecond,
          clock,
        }),
      ),
    ping: () => ask(() => Promise.resolve()),
    close: async () => {
      if (!isOpen) return
      isOpen = false
      await onClose()
    },
  }
  return { ask, source }
}

async function* coded<Row>(
  pages: AsyncGenerator<readonly Row[]>,
  settings: MongodbSettings,
): AsyncGenerator<readonly Row[]> {
  try {
    yield* pages
  } catch (error) {
    throw mongodbFault(error, settings)
  }
}
