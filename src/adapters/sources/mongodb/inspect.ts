import type { Db } from 'mongodb'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { Finding } from '../../../ports/finding.ts'
import { connectMongodb, type MongodbConnection } from './client.ts'
import { COLLECTIONS, collectionsIn, type CollectionName } from './collections.ts'
import { mongodbFault } from './faults.ts'
import type { MongodbSettings } from './settings.ts'

/** Looks at the MongoDB of the GMC's data and changes nothing. Rejects nothing: what is wrong is a finding. */
export async function inspectMongodb(settings: MongodbSettings): Promise<readonly Finding[]> {
  let connection: MongodbConnection | null = null
  try {
    connection = await connectMongodb(settings)
    return await findingsOf(connection.database, settings)
  } catch (error) {
    const { message, remedy } = asRevalError(mongodbFault(error, settings))
    return [{ what: `MongoDB ${settings.mongodbUrl}`, standing: 'bad', found: message, remedy }]
  } finally {
    await connection?.client.close()
  }
}

async function findingsOf(database: Db, { mongodbUrl, mongodbUser }: MongodbSettings): Promise<readonly Finding[]> {
  const info = await database.command({ buildInfo: 1 })
  const who = mongodbUser === '' ? 'no login' : `logged in as ${mongodbUser}`
  const server: Finding = {
    what: `MongoDB ${mongodbUrl}`,
    standing: 'good',
    found: `MongoDB ${String(info.version)}, ${who}`,
  }
  const there = await collectionsIn(database)
  const findings: Finding[] = [server]
  for (const name of COLLECTIONS) findings.push(await collection(database, name, there))
  if (there.has('recommendation')) findings.push(await index(database))
  return findings
}

async function collection(database: Db, name: CollectionName, there: ReadonlySet<string>): Promise<Finding> {
  const what = `collection ${name}`
  if (there.has(name)) {
    const count = await database.collection(name).estimatedDocumentCount()
    return { what, standing: 'good', found: `about ${count} documents` }
  }
  const remedy = `Check the database in REVAL_MONGODB_URL and the read access of REVAL_MONGODB_USER. If the collection is meant to be empty, create it.`
  return { what, standing: 'bad', found: `not found in database ${database.databaseName}`, remedy }
}

async function index(database: Db): Promise<Finding> {
  const what = 'index on recommendation.gmcNumber'
  const indexes = await database.collection('recommendation').indexes()
  const isThere = indexes.some(({ key }) => Object.keys(key)[0] === 'gmcNumber')
  if (isThere) return { what, standing: 'good', found: 'exists' }
  const remedy =
    'Create it: db.recommendation.createIndex({ gmcNumber: 1 }). Without it, every run sorts the collection, on disk if it is large.'
  return { what, standing: 'doubtful', found: 'not found', remedy }
}
