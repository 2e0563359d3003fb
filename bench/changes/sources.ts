import { MongoClient, ObjectId, type AnyBulkWriteOperation, type Db, type Document } from 'mongodb'
import { createConnection, type Connection } from 'mysql2/promise'
import type { Change } from './subjects.ts'

const AT_ONCE = 1_000
const STORED_OUTCOME: Readonly<Record<string, string>> = { Rejected: 'REJECTED', 'Under Review': 'UNDER_REVIEW' }

/** The sources, as those who own them change them. */
export class Sources {
  readonly mongodb: Db
  readonly #client: MongoClient
  readonly #mysql: Connection

  private constructor(client: MongoClient, mongodb: Db, mysql: Connection) {
    this.#client = client
    this.mongodb = mongodb
    this.#mysql = mysql
  }

  static async open(environment: Readonly<Record<string, string | undefined>>): Promise<Sources> {
    const { REVAL_MYSQL_URL = '', REVAL_MYSQL_USER, REVAL_MYSQL_PASSWORD, REVAL_MONGODB_URL = '' } = environment
    const { hostname, port, pathname } = new URL(REVAL_MYSQL_URL)
    const mysql = await createConnection({
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      ...(REVAL_MYSQL_USER !== undefined && { user: REVAL_MYSQL_USER }),
      ...(REVAL_MYSQL_PASSWORD !== undefined && { password: REVAL_MYSQL_PASSWORD }),
    })
    const client = await MongoClient.connect(REVAL_MONGODB_URL)
    return new Sources(client, client.db(), mysql)
  }

  /** Resolves once readers of the sources see the changes. */
  async apply(changes: readonly Change[]): Promise<void> {
    for (let from = 0; from < changes.length; from += AT_ONCE) {
      const some = changes.slice(from, from + AT_ONCE)
      const of = (kind: Change['subject']['kind']) => some.filter(({ subject }) => subject.kind === kind)
      await Promise.all([
        this.#place(of('person')),
        this.#update(
          'doctorsForDB',
          of('doctor').map(({ subject, value }) => [subject.id, { admin: value }]),
        ),
        this.#update(
          'recommendation',
          of('recommendation').map(({ subject, value }) => [
            /^[0-9a-f]{24}$/.test(subject.id) ? new ObjectId(subject.id) : subject.id,
            { outcome: STORED_OUTCOME[value] },
          ]),
        ),
      ])
    }
  }

  async close(): Promise<void> {
    await this.#mysql.end()
    await this.#client.close()
  }

  /** All placements of a person have one grade: whichever are current, the row shows it. */
  async #place(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    const grades = new Map(changes.map(({ subject, value }) => [Number(subject.id), Number(value)]))
    const cases = 'WHEN ? THEN ? '.repeat(grades.size)
    await this.#mysql.query(`UPDATE Placement SET gradeId = CASE traineeId ${cases} END WHERE traineeId IN (?)`, [
      ...[...grades].flat(),
      [...grades.keys()],
    ])
  }

  async #update(collection: string, updates: readonly (readonly [string | ObjectId, Document])[]): Promise<void> {
    if (updates.length === 0) return
    const operations = updates.map(([_id, fields]): AnyBulkWriteOperation<{ _id: string | ObjectId }> => ({
      updateOne: { filter: { _id }, update: { $set: fields } },
    }))
    await this.mongodb.collection<{ _id: string | ObjectId }>(collection).bulkWrite(operations, { ordered: true })
  }
}
