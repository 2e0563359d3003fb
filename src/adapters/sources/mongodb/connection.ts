import { MongoClient, MongoNetworkTimeoutError, type Db, type MongoClientOptions } from 'mongodb'
import { RevalError } from '../../../errors/reval-error.ts'
import { mongodbFault } from './faults.ts'
import type { MongodbSettings } from './settings.ts'

/** How long finding a server, and connecting to it, may take. */
const CONNECT_MS = 5_000
/** How long one answer may take, including sorting a collection without an index. */
const ANSWER_MS = 300_000
/** A query that is quick to answer. */
const PING_MS = 5_000

/** One client, and the database of REVAL_MONGODB_URL. The client reconnects to its servers automatically. */
export interface MongodbConnection {
  readonly client: MongoClient
  readonly database: Db
}

/**
 * Connects to MongoDB. Rejects CONFIG_INVALID, SERVER_UNREACHABLE or SERVER_LOGIN_REFUSED, and leaves nothing open
 * then.
 */
export async function connectMongodb(settings: MongodbSettings): Promise<MongodbConnection> {
  const database = databaseName(settings)
  const client = new MongoClient(settings.mongodbUrl, optionsOf(settings))
  try {
    await client.connect()
    await inTime(client.db(database).command({ ping: 1 }))
    return { client, database: client.db(database) }
  } catch (error) {
    await client.close()
    throw mongodbFault(error, settings, 'SERVER_UNREACHABLE')
  }
}

/** The answer, or a network error if there is none within seconds. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new MongoNetworkTimeoutError(`no answer within ${PING_MS / 1000} s`)),
    PING_MS,
  )
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function databaseName({ mongodbUrl }: MongodbSettings): string {
  const name = decodeURIComponent(/^[a-z+]+:\/\/[^/]+\/([^?]+)$/i.exec(mongodbUrl)?.[1] ?? '')
  if (name !== '') return name
  throw new RevalError('CONFIG_INVALID', 'REVAL_MONGODB_URL must contain a host and a database as its path')
}

function optionsOf(settings: MongodbSettings): MongoClientOptions {
  const { mongodbUser, mongodbPassword, mongodbAuthSource, mongodbTls, mongodbCa, mongodbRead } = settings
  return {
    appName: 'reval',
    serverSelectionTimeoutMS: CONNECT_MS,
    connectTimeoutMS: CONNECT_MS,
    socketTimeoutMS: ANSWER_MS,
    waitQueueTimeoutMS: CONNECT_MS,
    // The caller decides whether to try again.
    retryReads: false,
    retryWrites: false,
    readPreference: mongodbRead === 'replica' ? 'secondaryPreferred' : 'primary',
    ...(mongodbUser !== '' && {
      auth: { username: mongodbUser, password: mongodbPassword },
      authSource: mongodbAuthSource,
    }),
    ...(mongodbTls === 'verify' && { tls: true, ...(mongodbCa !== null && { ca: mongodbCa }) }),
  }
}
