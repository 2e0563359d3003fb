import { ObjectId, type Db, type Document, type FindCursor } from 'mongodb'
import type { Finding } from '../../../ports/finding.ts'
import { fail, failFor, ok, warn } from '../../findings.ts'
import { COLLECTIONS, collectionsIn, idAmong, NOT_SEVEN_DIGITS, type CollectionName } from './schema.ts'
import { connectMongodb, type MongodbConnection } from './connection.ts'
import { doctorsInOrder, recommendationsInOrder } from './doctor-pages.ts'
import { mongodbFault } from './faults.ts'
import { reasonsInOrder } from './reasons.ts'
import type { MongodbSettings } from './settings.ts'

/** Keys of every type. */
const SOME_KEYS = ['0000000', 0, new ObjectId()]

type Reads = (database: Db) => readonly FindCursor<Document>[] | Promise<readonly FindCursor<Document>[]>

/** The reads of a run, and of live changes. Engines that only speak MongoDB's protocol may refuse the collation, the sort or the filter. */
const READS: Readonly<Record<CollectionName, Reads>> = {
  doctorsForDB: async (database) => [
    await doctorsInOrder(database),
    database.collection('doctorsForDB').find(NOT_SEVEN_DIGITS, { projection: { _id: 1 } }),
    database.collection('doctorsForDB').find(idAmong(SOME_KEYS)),
  ],
  recommendation: async (database) => [
    await recommendationsInOrder(database),
    database.collection('recommendation').find({ gmcNumber: { $in: SOME_KEYS } }),
    database.collection('recommendation').find(idAmong(SOME_KEYS)),
  ],
  exceptionLogs: (database) => [reasonsInOrder(database, 1)],
}

/** Checks the MongoDB with the GMC data and changes nothing. Never rejects: every problem is a finding. */
export async function inspectMongodb(settings: MongodbSettings): Promise<readonly Finding[]> {
  let connection: MongodbConnection | null = null
  try {
    connection = await connectMongodb(settings)
    return await inspectDatabase(connection.database, settings)
  } catch (error) {
    return [failFor(`MongoDB ${settings.mongodbUrl}`, mongodbFault(error, settings))]
  } finally {
    await connection?.client.close()
  }
}

async function inspectDatabase(database: Db, settings: MongodbSettings): Promise<readonly Finding[]> {
  const info = await database.command({ buildInfo: 1 })
  const login = settings.mongodbUser === '' ? 'no login' : `logged in as ${settings.mongodbUser}`
  const findings = [ok(`MongoDB ${settings.mongodbUrl}`, `MongoDB ${String(info.version)}, ${login}`)]
  const existing = await collectionsIn(database)
  for (const name of COLLECTIONS) {
    findings.push(
      existing.has(name)
        ? await inspectCollection(database, name, settings)
        : ofMissing(`collection ${name}`, database),
    )
  }
  if (existing.has('recommendation')) findings.push(await inspectIndex(database))
  return findings
}

function ofMissing(what: string, { databaseName }: Db): Finding {
  const remedy = `Check the database in REVAL_MONGODB_URL and the read access of REVAL_MONGODB_USER. If the collection is meant to be empty, create it.`
  return fail(what, `not found in database ${databaseName}`, remedy)
}

/** Counts the documents and tries the reads of a run, one document each: an error here would fail every run. */
export async function inspectCollection(
  database: Db,
  name: CollectionName,
  settings: MongodbSettings,
  reads: Reads = READS[name],
): Promise<Finding> {
  const what = `collection ${name}`
  try {
    const count = await database.collection(name).estimatedDocumentCount()
    for (const cursor of await reads(database)) await cursor.limit(1).toArray()
    return ok(what, `about ${count} documents`)
  } catch (error) {
    const { code, message, remedy, transient } = mongodbFault(error, settings)
    const isRefused = code === 'SOURCE_FAILED' && !transient
    return fail(
      what,
      `cannot be read as a run reads it: ${message}`,
      isRefused ? 'Use MongoDB itself: the server in REVAL_MONGODB_URL does not support the read of a run.' : remedy,
    )
  }
}

async function inspectIndex(database: Db): Promise<Finding> {
  const what = 'index on recommendation.gmcNumber'
  const indexes = await database.collection('recommendation').indexes()
  if (indexes.some(({ key }) => Object.keys(key)[0] === 'gmcNumber')) return ok(what, 'exists')
  const remedy =
    'Create it: db.recommendation.createIndex({ gmcNumber: 1 }). Without it, every run sorts the collection, on disk if it is large, and every batch of live changes scans it.'
  return warn(what, 'not found', remedy)
}
