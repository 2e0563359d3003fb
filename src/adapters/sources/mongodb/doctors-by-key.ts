import { ObjectId, type Db, type Document, type Filter, type FindOptions } from 'mongodb'
import { compareRecommendations, type Recommendation } from '../../../domain/doctor.ts'
import { gmcNumber } from '../../../domain/gmc-number.ts'
import type { DoctorRecord, DoctorRecordKeys } from '../../../ports/sources.ts'
import { inChunks, isWantedDoctor } from '../keys.ts'
import { DOCTOR_FIELDS, doctorOf, RECOMMENDATION_FIELDS, recommendationOf } from './documents.ts'
import type { OtherIds } from './other-ids.ts'
import { idAmong, NOT_SEVEN_DIGITS, type CollectionName } from './schema.ts'
import { keyOf, textOf, type Key } from './values.ts'

const ANSWER_ROWS = 1_000
/** Servers that only speak MongoDB's protocol may compare each document with each key. */
const KEYS_AT_ONCE = 250

/** The ids of doctors that are not plain numbers: padded ones, and those of other types. */
export async function otherDoctorIds(database: Db): Promise<readonly unknown[]> {
  const others = await found(database, 'doctorsForDB', [NOT_SEVEN_DIGITS], { _id: 1 })
  return others.map(({ _id }): unknown => _id)
}

/**
 * The documents with these keys, each with its latest recommendation, in at most three steps. An `_id` with spaces around a
 * number is found by that number only if it is among `otherIds`; what was asked for by id is found in any case.
 */
export async function doctorsOf(
  database: Db,
  keys: DoctorRecordKeys,
  otherIds: OtherIds,
): Promise<readonly DoctorRecord[]> {
  const numbers = new Set<string>([...keys.numbers, ...keys.storedIds.flatMap((id) => gmcNumber(id) ?? [])])
  const texts = new Set<string>([...numbers, ...keys.storedIds])
  if (texts.size === 0) return []
  const exact = await found(database, 'doctorsForDB', filtersOf('_id', [...texts].flatMap(formsOf)), DOCTOR_FIELDS)
  const exactTexts = new Set(exact.map(({ _id }) => textOf(_id)))
  otherIds.add(exact.flatMap(({ _id }: Document): readonly unknown[] => (isPlain(_id) ? [] : [_id])))
  // One that is asked for by id and not found is gone, or has a type of its own.
  const others = await otherIds.ids(keys.storedIds.some((id) => !exactTexts.has(id)))
  const otherTexts = new Set<string>()
  const missing = others.filter((id) => {
    const text = textOf(id) ?? ''
    const isWanted = texts.has(text) || numbers.has(gmcNumber(text) ?? '')
    if (!isWanted || exactTexts.has(text) || otherTexts.has(text)) return false
    otherTexts.add(text)
    return true
  })
  const documents = [...exact, ...(await found(database, 'doctorsForDB', filtersOf('_id', missing), DOCTOR_FIELDS))]
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

/** An id as a document may have it: of the type that it is written in, or as text. */
function formsOf(text: string): readonly unknown[] {
  if (/^[0-9]{7}$/.test(text)) return [text, Number(text)]
  return /^[0-9a-f]{24}$/i.test(text) ? [text, new ObjectId(text)] : [text]
}

function isPlain(id: unknown): boolean {
  return typeof id === 'string' && /^[0-9]{7}$/.test(id)
}

/** The latest recommendation of each of these doctors, by the name of its key. */
async function latestOf(database: Db, doctors: readonly Document[]): Promise<ReadonlyMap<string, Recommendation>> {
  const ids = doctors.map(({ _id }): unknown => _id).filter((id) => keyOf(id) !== null)
  const latest = new Map<string, Recommendation>()
  const filters = filtersOf('gmcNumber', ids)
  for (const document of await found(database, 'recommendation', filters, RECOMMENDATION_FIELDS)) {
    const key = keyOf(document.gmcNumber)
    if (key === null) continue
    const candidate = recommendationOf(document)
    const earlier = latest.get(nameOf(key))
    if (earlier === undefined || compareRecommendations(candidate, earlier) > 0) latest.set(nameOf(key), candidate)
  }
  return latest
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
