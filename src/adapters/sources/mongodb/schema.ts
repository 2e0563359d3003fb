import { BSONRegExp, type CollationOptions, type Db, type Document, type Filter } from 'mongodb'
import { RevalError } from '../../../errors/reval-error.ts'

export const COLLECTIONS = ['doctorsForDB', 'recommendation', 'exceptionLogs'] as const
export type CollectionName = (typeof COLLECTIONS)[number]

/** A filter by `_id`, which may have any type in these collections. */
function byId(condition: unknown): Filter<Document> {
  return { _id: condition } as Filter<Document>
}

/** With more keys a filter would exceed the maximum size of a document. */
export const KEYS_AT_ONCE = 10_000

export function idAmong(ids: readonly unknown[]): Filter<Document> {
  return byId({ $in: ids })
}

/**
 * An `_id` that is not exactly seven digits: padded ones are among them, and other types. In MongoDB `$` would let a
 * newline follow.
 */
export const NOT_SEVEN_DIGITS: Filter<Document> = {
  $or: [byId({ $not: new BSONRegExp('^[0-9]{7}\\z') }), byId({ $not: { $type: 'string' } })],
}

export async function collectionsIn(database: Db): Promise<ReadonlySet<string>> {
  const found = await database.listCollections({}, { nameOnly: true }).toArray()
  return new Set(found.map(({ name }) => name))
}

/** Rejects SOURCE_MISSING, with their names, if collections are missing. */
export async function refuseMissing(database: Db, names: readonly CollectionName[]): Promise<void> {
  const found = await collectionsIn(database)
  const missing = names.filter((name) => !found.has(name))
  if (missing.length === 0) return
  const message = `the database ${database.databaseName} of REVAL_MONGODB_URL is missing ${missing.join(', ')}`
  throw new RevalError('SOURCE_MISSING', message, { details: { collections: missing } })
}

/**
 * What makes a sorted read of a collection compare texts by bytes, given the collection's own options. Only a collection
 * with a collation of its own needs it, and servers that only speak MongoDB's protocol refuse the option.
 */
export function byteOrder(own: Document | undefined): { readonly collation?: CollationOptions } {
  return own?.collation === undefined ? {} : { collation: { locale: 'simple' } }
}
