import { RevalError } from '../../../errors/reval-error.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { DoctorSource, ExceptionSource } from '../../../ports/sources.ts'
import { pageSize } from '../paced.ts'
import { connectMongodb, inTime, type MongodbConnection } from './client.ts'
import { refuseMissing } from './collections.ts'
import { doctorPages } from './doctor-pages.ts'
import { mongodbFault } from './faults.ts'
import { reasonPages, reasonsOf } from './reasons.ts'
import type { MongodbSettings } from './settings.ts'
import { openSnapshot } from './snapshot.ts'

export interface MongodbSourcesOptions {
  readonly settings: MongodbSettings
  /** The most doctors, and the most reasons, that are read in a second; 0, as without it, is without a limit. */
  readonly rowsPerSecond?: number
  readonly clock: Clock
}

/** The sources of one MongoDB; the client is closed when both are, or by `close`. */
export interface MongodbSources {
  readonly doctors: DoctorSource
  readonly exceptions: ExceptionSource
  close(): Promise<void>
}

const PAGE_ROWS = 1_000

/**
 * The doctors and the reasons in MongoDB, by `_id`, through one client that finds its servers again by itself. Rejects
 * SERVER_UNREACHABLE or SERVER_LOGIN_REFUSED, and leaves nothing open then.
 */
export async function openMongodbSources(options: MongodbSourcesOptions): Promise<MongodbSources> {
  const connection = await connectMongodb(options.settings)
  const open = new Set(['doctors', 'exceptions'])
  const closeOne = async (which: string) => {
    if (open.delete(which) && open.size === 0) await connection.client.close()
  }
  return {
    doctors: doctorSource(options, connection, { isOpen: () => open.has('doctors'), close: () => closeOne('doctors') }),
    exceptions: exceptionSource(options, connection, {
      isOpen: () => open.has('exceptions'),
      close: () => closeOne('exceptions'),
    }),
    close: async () => {
      await closeOne('doctors')
      await closeOne('exceptions')
    },
  }
}

interface Lifetime {
  readonly isOpen: () => boolean
  readonly close: () => Promise<void>
}

/** Runs a question to the database; what it rejects with is coded. */
async function asked<Answer>(
  { settings }: MongodbSourcesOptions,
  { isOpen }: Lifetime,
  question: () => Promise<Answer>,
): Promise<Answer> {
  if (!isOpen()) throw new RevalError('SOURCE_FAILED', 'the source is closed')
  try {
    return await question()
  } catch (error) {
    throw mongodbFault(error, settings)
  }
}

function doctorSource(options: MongodbSourcesOptions, { database }: MongodbConnection, life: Lifetime): DoctorSource {
  const { rowsPerSecond = 0, clock, settings } = options
  return {
    snapshot: () =>
      asked(options, life, () =>
        openSnapshot({
          database,
          collections: ['doctorsForDB', 'recommendation'],
          pages: (signal) => doctorPages(database, pageSize(PAGE_ROWS, rowsPerSecond), signal),
          rowsPerSecond,
          clock,
          faultOf: (error) => mongodbFault(error, settings),
        }),
      ),
    ping: () => asked(options, life, () => inTime(refuseMissing(database, ['doctorsForDB', 'recommendation']))),
    close: life.close,
  }
}

function exceptionSource(
  options: MongodbSourcesOptions,
  { database }: MongodbConnection,
  life: Lifetime,
): ExceptionSource {
  const { rowsPerSecond = 0, clock, settings } = options
  return {
    snapshot: () =>
      asked(options, life, () =>
        openSnapshot({
          database,
          collections: ['exceptionLogs'],
          pages: (signal) => reasonPages(database, pageSize(PAGE_ROWS, rowsPerSecond), signal),
          rowsPerSecond,
          clock,
          faultOf: (error) => mongodbFault(error, settings),
        }),
      ),
    reasonsOf: (numbers) =>
      asked(options, life, async () => {
        await refuseMissing(database, ['exceptionLogs'])
        return reasonsOf(database, numbers)
      }),
    ping: () => asked(options, life, () => inTime(refuseMissing(database, ['exceptionLogs']))),
    close: life.close,
  }
}
