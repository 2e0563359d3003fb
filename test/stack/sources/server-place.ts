import { randomBytes } from 'node:crypto'
import { createConnection, type Connection } from 'mysql2/promise'
import { MongoClient } from 'mongodb'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { openMongodbSources } from '../../../src/adapters/sources/mongodb/open.ts'
import type { MongodbSettings } from '../../../src/adapters/sources/mongodb/settings.ts'
import type { MysqlSettings } from '../../../src/adapters/sources/mysql/settings.ts'
import { openMysqlTraineeSource } from '../../../src/adapters/sources/mysql/open.ts'
import type { SourcesPlace } from '../../contract/sources.ts'
import type { FillableSources } from '../../../src/ports/source-filling.ts'
import { openFillable } from '../../../stack/fill/open.ts'
import { fillWith } from '../../contract/source-filling/filling.ts'
import { servers } from '../servers.ts'

/** Databases of its own on both servers, empty at first. */
export interface Databases {
  readonly mysql: MysqlSettings
  readonly mongodb: MongodbSettings
  dispose(): Promise<void>
}

/** A connection to MySQL beside the sources', for what a test does to a database. */
export async function mysqlConnection(database: string): Promise<Connection> {
  const { url, user, password } = servers.mysql
  const { hostname: host, port } = new URL(url)
  return createConnection({ host, port: Number(port), user, password, database, multipleStatements: true })
}

export async function newDatabases(): Promise<Databases> {
  const name = `reval_${randomBytes(6).toString('hex')}`
  const mysqlUrl = servers.mysql.url.replace(/[^/]*$/, name)
  const mongodbUrl = servers.mongodb.url.replace(/[^/]*$/, name)
  const administrator = await mysqlConnection('')
  await administrator.query(`CREATE DATABASE ${name}`)
  return {
    mysql: {
      mysqlUrl,
      mysqlUser: servers.mysql.user,
      mysqlPassword: servers.mysql.password,
      mysqlTls: 'off',
      mysqlCa: null,
    },
    mongodb: {
      mongodbUrl,
      mongodbUser: servers.mongodb.user,
      mongodbPassword: servers.mongodb.password,
      mongodbAuthSource: 'admin',
      mongodbTls: 'off',
      mongodbCa: null,
      mongodbRead: 'primary',
    },
    dispose: async () => {
      await administrator.query(`DROP DATABASE ${name}`)
      await administrator.end()
      await using client = new MongoClient(mongodbUrl)
      await client.db().dropDatabase()
    },
  }
}

/** The sources on real servers, with databases of their own. */
export async function newPlace(): Promise<SourcesPlace & Databases & { readonly sources: FillableSources }> {
  const databases = await newDatabases()
  const sources = await openFillable({ ...databases.mysql, ...databases.mongodb }, { force: true })
  const trainees = await openMysqlTraineeSource({ settings: databases.mysql, clock: systemClock })
  const collections = await openMongodbSources({ settings: databases.mongodb, clock: systemClock })
  return {
    ...databases,
    sources,
    trainees,
    doctors: collections.doctors,
    exceptions: collections.exceptions,
    fill: (rows) => fillWith(sources, rows),
    dispose: async () => {
      await trainees.close()
      await collections.close()
      await sources.close()
      await databases.dispose()
    },
  }
}
