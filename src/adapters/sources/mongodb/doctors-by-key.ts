import { ObjectId, type Db, type Document, type Filter, type FindOptions } from 'mongodb'
import { inChunks } from '../../../domain/chunks.ts'
import { compareRecommendations, type Recommendation } from '../../../domain/doctor.ts'
import { gmcNumber } from '../../../domain/gmc-number.ts'
import type { DoctorRecord, DoctorRecordKeys } from '../../../ports/sources.ts'
import { isWantedDoctor } from '../keys.ts'
import { DOCTOR_FIELDS, doctorOf, RECOMMENDATION_FIELDS, recommendationOf } from './documents.ts'
import { idAmong, NOT_SEVEN_DIGITS, type CollectionName } from './schema.ts'
import { keyOf, textOf, type Key } from './values.ts'

const ANSWER_ROWS = 1_000
/** Servers that only speak MongoDB's protocol may compare each document with each key. */
const KEYS_AT_ONCE = 250

/** The documents with these keys, each with its latest recommendation, in at most three steps. */
export async function doctorsOf(database: Db, keys: DoctorRecordKeys): Promise<readonly DoctorRecord[]> {
  const numbers = new Set<string>([...keys.numbers, ...keys.storedIds.flatMap((id) => gmcNumber(id) ?? [])])
  const texts = new Set<string>([...numbers, ...keys.storedIds])
  if (texts.size === 0) return []
  const [exact, others] = await Promise.all([
    found(database, 'doctorsForDB', filtersOf('_id', [...texts]), DOCTOR_FIELDS),
    // Padded numbers, and ids of other types. Few ids are not plain numbers, but which ones cannot be asked for by key.
    found(database, 'doctorsForDB', [NOT_SEVEN_DIGITS], { _id: 1 }),
  ])
  const otherIds = others.flatMap(({ _id }: Document): readonly unknown[] => {
    if (typeof _id === 'string' && texts.has(_id)) return []
    const text = textOf(_id) ?? ''
    return texts.has(text) || numbers.has(gmcNumber(text) ?? '') ? [_id] : []
  })
  const documents = [...exact, ...(await found(database, 'doctorsForDB', filtersOf('_id', otherIds), DOCTOR_FIELDS))]
  const latest = await latestOf(database, documents)
  const times = new Map<string, number>()
  for (const { _id } of documents) {
    const number = gmcNumber(textOf(_id))
    if (number !== null) times.set(number, (times.get(number) ?? 0) + 1)
  }
  const records = documents.map((document): DoctorRecord => {
    const doctor = doctorOf(document)
    return {
      doctor,
      latest: latest.get(nameOf(keyOf(document._id))) ?? null,
      sharesNumber: (times.get(gmcNumber(doctor.storedId) ?? '') ?? 0) > 1,
    }
  })
  // The other documents of a padded number were read only to know whether it is shared.
  return records.filter(isWantedDoctor(keys))
}

/** The latest recommendation of each of these doctors, by the name of its key. */
async function latestOf(database: Db, doctors: readonly Document[]): Promise<ReadonlyMap<string, Recommendation>> {
  const latest = new Map<string, Recommendation>()
  const ids = doctors.map(({ _id }): unknown => _id)
  for (const { key, recommendation } of await recommendationsWith(database, ids)) {
    const earlier = latest.get(nameOf(key))
    if (earlier === undefined || compareRecommendations(recommendation, earlier) > 0) {
      latest.set(nameOf(key), recommendation)
    }
  }
  return latest
}

/** The recommendations whose `gmcNumber` is one of these keys. */
async function recommendationsWith(database: Db, ids: readonly unknown[]) {
  const filters = filtersOf(
    'gmcNumber',
    ids.filter((id) => keyOf(id) !== null),
  )
  const documents = await found(database, 'recommendation', filters, RECOMMENDATION_FIELDS)
  return documents.flatMap((document) => {
    const key = keyOf(document.gmcNumber)
    return key === null ? [] : [{ key, recommendation: recommendationOf(document) }]
  })
}

/** All recommendations of these doctors, by `_id` as text. An `_id` of another type than text has none here. */
export async function recommendationsOf(
  database: Db,
  storedIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Recommendation[]>> {
  const all = new Map<string, Recommendation[]>()
  for (const { key, recommendation } of await recommendationsWith(database, [...new Set(storedIds)])) {
    const id = String(key.value)
    all.set(id, [...(all.get(id) ?? []), recommendation])
  }
  return all
}

/** A key as text; keys of different types differ. */
function nameOf(key: Key | null): string {
  return key === null ? '' : `${key.kind} ${key.value}`
}

/** Whose these recommendations are: `gmcNumber` as stored by the id asked for. */
export async function doctorsOfRecommendations(
  database: Db,
  recommendationIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const objectIds = recommendationIds.filter((id) => /^[0-9a-f]{24}$/i.test(id)).map((id) => new ObjectId(id))
  const filters = filtersOf('_id', [...new Set(recommendationIds), ...objectIds])
  const stored = new Map<string, string>()
  for (const { _id, gmcNumber: number } of await found(database, 'recommendation', filters, { gmcNumber: 1 })) {
    const text = textOf(number)
    if (text !== null) stored.set(nameOf(keyOf(_id)), text)
  }
  const doctors = new Map<string, string>()
  for (const id of recommendationIds) {
    const asObjectId = nameOf({ kind: 3, value: id.toLowerCase() })
    const doctor = stored.get(nameOf({ kind: 2, value: id })) ?? stored.get(asObjectId)
    if (doctor !== undefined) doctors.set(id, doctor)
  }
  return doctors
}

function filtersOf(field: '_id' | 'gmcNumber', values: readonly unknown[]): readonly Filter<Document>[] {
  const chunks = [...inChunks(values, KEYS_AT_ONCE)]
  return chunks.map((some) => (field === '_id' ? idAmong(some) : { gmcNumber: { $in: some } }))
}

async function found(
  database: Db,
  collection: CollectionName,
  filters: readonly Filter<Document>[],
  projection: NonNullable<FindOptions['projection']>,
): Promise<readonly Document[]> {
  const options = { projection, batchSize: ANSWER_ROWS }
  const answers = filters.map((filter) => database.collection(collection).find(filter, options).toArray())
  return (await Promise.all(answers)).flat()
}
