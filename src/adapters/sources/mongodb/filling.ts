import type { Db } from 'mongodb'
import type { FilledRow, MisplacedRow } from '../../../ports/source-filling.ts'
import type { PartialFilling, PartlyFillable } from '../partial-filling.ts'
import { connectMongodb, type MongodbConnection } from './client.ts'
import { COLLECTIONS, collectionsIn, type CollectionName } from './collections.ts'
import { STORED_AS } from './documents.ts'
import { mongodbFault } from './faults.ts'
import { dropRepeated, findRepeated, misplacedIn, type Repeated } from './misplaced-rows.ts'
import type { MongodbSettings } from './settings.ts'
import { newName, stagedName, type StagedDocument } from './staged-documents.ts'

const ROWS_AT_ONCE = 1_000

/**
 * The collections of the GMC's data in MongoDB, to be filled. There is no lock: whoever fills holds that of MySQL, and
 * two installations with one MongoDB and two MySQLs would be in each other's way.
 */
export function fillableMongodb(settings: MongodbSettings): PartlyFillable<CollectionName> {
  let connecting: Promise<MongodbConnection> | null = null
  const database = async () => {
    connecting ??= connectMongodb(settings)
    try {
      return (await connecting).database
    } catch (error) {
      connecting = null
      throw error
    }
  }
  const coded = async <Result>(action: (database: Db) => Promise<Result>): Promise<Result> => {
    try {
      return await action(await database())
    } catch (error) {
      throw mongodbFault(error, settings)
    }
  }
  return {
    open: async () => {
      await database()
    },
    begin: () =>
      coded(async (opened) => {
        await dropLeftOvers(opened)
        for (const name of COLLECTIONS) await opened.createCollection(stagedName(name))
        return new MongodbFilling(coded)
      }),
    holdRows: () =>
      coded(async (opened) => {
        for (const name of COLLECTIONS) {
          if ((await opened.collection(name).findOne({}, { projection: { _id: 1 } })) !== null) return true
        }
        return false
      }),
    close: async () => {
      const opened = await connecting?.catch(() => null)
      await opened?.client.close()
    },
  }
}

async function dropLeftOvers(database: Db): Promise<void> {
  const found = await collectionsIn(database)
  for (const name of COLLECTIONS.flatMap((each) => [stagedName(each), newName(each)])) {
    if (found.has(name)) await database.dropCollection(name)
  }
}

type Coded = <Result>(action: (database: Db) => Promise<Result>) => Promise<Result>

class MongodbFilling implements PartialFilling<CollectionName> {
  readonly tables = COLLECTIONS
  readonly #coded: Coded
  readonly #added = new Map<CollectionName, number>()
  #repeated: Promise<ReadonlyMap<CollectionName, Repeated>> | null = null

  constructor(coded: Coded) {
    this.#coded = coded
  }

  async add<T extends CollectionName>(name: T, rows: readonly FilledRow<T>[]): Promise<void> {
    const { document, key } = STORED_AS[name]
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const before = this.#added.get(name) ?? 0
      const staged = rows.slice(from, from + ROWS_AT_ONCE).map(({ line, values }, index): StagedDocument => ({
        _id: before + index,
        line,
        key: key(values),
        document: document(values),
      }))
      await this.#coded((database) => database.collection<StagedDocument>(stagedName(name)).insertMany(staged))
      this.#added.set(name, before + staged.length)
    }
  }

  async *misplaced(): AsyncGenerator<MisplacedRow> {
    for (const [name, repeated] of await this.#judged()) yield* misplacedIn(name, repeated)
  }

  async prepare(): Promise<void> {
    const repeated = await this.#judged()
    await this.#coded(async (database) => {
      for (const name of COLLECTIONS) {
        const staged = database.collection<StagedDocument>(stagedName(name))
        await dropRepeated(staged, repeated.get(name))
        // Of no documents, some versions make no collection.
        await database.createCollection(newName(name))
        await staged.aggregate([{ $replaceRoot: { newRoot: '$document' } }, { $out: newName(name) }]).toArray()
      }
      await database.collection(newName('recommendation')).createIndex({ gmcNumber: 1 })
    })
  }

  async publish(): Promise<void> {
    await this.#coded(async (database) => {
      for (const name of COLLECTIONS) await database.renameCollection(newName(name), name, { dropTarget: true })
    })
  }

  /** What cannot be dropped now, the next filling drops. */
  async release(): Promise<void> {
    await this.#coded(dropLeftOvers).catch(() => undefined)
  }

  #judged(): Promise<ReadonlyMap<CollectionName, Repeated>> {
    this.#repeated ??= this.#coded(findRepeated)
    return this.#repeated
  }
}
