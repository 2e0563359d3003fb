import { ObjectId, type Db, type Document } from 'mongodb'
import { COLLECTIONS, collectionsIn, type CollectionName } from '../../src/adapters/sources/mongodb/schema.ts'
import { isDay } from '../../src/domain/day.ts'
import type { StagedRows } from './staged-filling.ts'

/** The collections of the GMC's data in a database. */
export class Collections {
  readonly #database: Db

  constructor(database: Db) {
    this.#database = database
  }

  async hasRows(): Promise<boolean> {
    for (const name of COLLECTIONS) {
      const found = await this.#database.collection(name).findOne({}, { projection: { _id: 1 } })
      if (found !== null) return true
    }
    return false
  }

  /** Fills new collections beside the old ones. */
  async prepare(rows: StagedRows): Promise<void> {
    await this.#dropBeside()
    for (const name of COLLECTIONS) {
      const collection = await this.#database.createCollection(beside(name))
      if (name === 'recommendation') await collection.createIndex({ gmcNumber: 1 })
      for (const part of rows.of(name)) await collection.insertMany(part.map((row) => documentOf(name, row)))
    }
  }

  /** Renames each over the old one, whose indexes are lost. */
  async publish(): Promise<void> {
    for (const name of COLLECTIONS) await this.#database.renameCollection(beside(name), name, { dropTarget: true })
  }

  /** Rejects nothing: what cannot be dropped now, the next filling drops. */
  async undo(): Promise<void> {
    await this.#dropBeside().catch(() => undefined)
  }

  async #dropBeside(): Promise<void> {
    const found = await collectionsIn(this.#database)
    for (const name of COLLECTIONS.map(beside)) if (found.has(name)) await this.#database.dropCollection(name)
  }
}

function beside(name: CollectionName): string {
  return `reval_filled_${name}`
}

/** A document as the real system stores it: what is null is absent, and dates are dates. */
function documentOf(name: CollectionName, { storedId, ...fields }: { readonly storedId: string }): Document {
  const isObjectId = name === 'recommendation' && /^[0-9a-f]{24}$/.test(storedId)
  const present = Object.entries(fields).filter(([, value]) => value !== null)
  return {
    _id: isObjectId ? new ObjectId(storedId) : storedId,
    ...Object.fromEntries(present.map(([field, value]) => [field, stored(field, value)])),
  }
}

const DAYS = new Set(['submissionDate', 'dateAdded', 'lastUpdatedDate', 'gmcSubmissionDate', 'actualSubmissionDate'])

/** A day is its midnight in UTC. What is no day, or no instant, stays the text that it is, for the rules to refuse. */
function stored(field: string, value: unknown): unknown {
  const isDate = field === 'timestamp' || (DAYS.has(field) && typeof value === 'string' && isDay(value))
  if (typeof value !== 'string' || !isDate) return value
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? value : date
}
