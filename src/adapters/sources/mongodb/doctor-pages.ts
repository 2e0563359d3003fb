import type { Db, Document, FindCursor, FindOptions } from 'mongodb'
import { inChunks } from '../../../domain/chunks.ts'
import { compareRecommendations, type Recommendation } from '../../../domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../../domain/gmc-number.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { DoctorRecord } from '../../../ports/sources.ts'
import { DOCTOR_FIELDS, doctorOf, RECOMMENDATION_FIELDS, recommendationOf } from './documents.ts'
import { byteOrder, idAmong, NOT_SEVEN_DIGITS, type CollectionName } from './schema.ts'
import { OrderedCursor } from './ordered-cursor.ts'
import { compareKeys, keyOf, textOf, type Key } from './values.ts'

/** Documents of one answer of the server. */
const ANSWER_ROWS = 250

/** Sorted on disk if there is no index. */
const ORDERED = { allowDiskUse: true, noCursorTimeout: true, batchSize: ANSWER_ROWS }

/**
 * The doctors by `_id`, each with the latest of its recommendations: two cursors side by side, both in the order of the
 * GMC number, so that nothing is read twice and nothing is held but the page.
 */
export async function* doctorPages(
  database: Db,
  rows: number,
  signal: AbortSignal,
): AsyncGenerator<readonly DoctorRecord[]> {
  const doctors = new OrderedCursor(await doctorsInOrder(database, signal))
  const cursor = new OrderedCursor(await recommendationsInOrder(database, signal))
  const recommendations = new LatestRecommendations(cursor)
  try {
    // A server that has to sort works on both collections at the same time.
    const started = [sharedNumbers(database, signal), doctors.peek(), cursor.peek()] as const
    // Closing a cursor that is being opened would leave it open at the server.
    await Promise.allSettled(started)
    const [shared] = await Promise.all(started)
    for (;;) {
      const documents = await doctors.take(rows)
      if (documents.length === 0) return
      const page: DoctorRecord[] = []
      for (const document of documents) {
        const doctor = doctorOf(document)
        const key = keyOf(document._id)
        const latest = key === null ? null : await recommendations.latestOf(key)
        const number = gmcNumber(doctor.storedId)
        page.push({ doctor, latest, sharesNumber: number !== null && shared.has(number) })
      }
      yield page
    }
  } finally {
    await doctors.close()
    await recommendations.close()
  }
}

export function doctorsInOrder(database: Db, signal?: AbortSignal): Promise<FindCursor<Document>> {
  return inByteOrder(database, 'doctorsForDB', { projection: DOCTOR_FIELDS, sort: { _id: 1 } }, signal)
}

export function recommendationsInOrder(database: Db, signal?: AbortSignal): Promise<FindCursor<Document>> {
  return inByteOrder(database, 'recommendation', { projection: RECOMMENDATION_FIELDS, sort: { gmcNumber: 1 } }, signal)
}

/** All documents, sorted by bytes whatever the collation of the collection. */
async function inByteOrder(
  database: Db,
  name: CollectionName,
  options: FindOptions,
  signal?: AbortSignal,
): Promise<FindCursor<Document>> {
  const abortable = signal && { signal }
  const [found] = await database.listCollections({ name }, { nameOnly: false, ...abortable }).toArray()
  return database.collection(name).find({}, { ...ORDERED, ...byteOrder(found?.options), ...options, ...abortable })
}

/** Recommendations in the order of their numbers; returns the latest one of ascending numbers. */
class LatestRecommendations {
  readonly #cursor: OrderedCursor<Document>
  #asked: Key | null = null
  #passed: Key | null = null

  constructor(cursor: OrderedCursor<Document>) {
    this.#cursor = cursor
  }

  /** The latest recommendation of this number. Call it with ascending numbers. */
  async latestOf(key: Key): Promise<Recommendation | null> {
    this.#asked = inOrder(this.#asked, key, 'doctorsForDB')
    let latest: Recommendation | null = null
    for (;;) {
      const document = this.#cursor.buffered ?? (await this.#cursor.peek())
      if (document === null) return latest
      const own = keyOf(document.gmcNumber)
      if (own !== null) {
        const order = compareKeys(own, key)
        if (order > 0) return latest
        this.#passed = inOrder(this.#passed, own, 'recommendation')
        if (order === 0) {
          const candidate = recommendationOf(document)
          if (latest === null || compareRecommendations(candidate, latest) > 0) latest = candidate
        }
      }
      this.#cursor.advance()
    }
  }

  async close(): Promise<void> {
    await this.#cursor.close()
  }
}

/** With any other order, doctors would silently lack their recommendations. */
function inOrder(before: Key | null, key: Key, collection: string): Key {
  if (before === null || compareKeys(before, key) <= 0) return key
  const message = `MongoDB returned the numbers of ${collection} out of code point order: "${key.value}" after "${before.value}"`
  throw new RevalError('SOURCE_FAILED', message)
}

/**
 * The GMC numbers to which more than one `_id` trims. Only ids that are not plain numbers are looked at, of which there
 * are few; the others cannot meet among themselves.
 */
async function sharedNumbers(database: Db, signal: AbortSignal): Promise<ReadonlySet<GmcNumber>> {
  const doctors = database.collection('doctorsForDB')
  const padded = new Set<GmcNumber>()
  const shared = new Set<GmcNumber>()
  const options = { projection: { _id: 1 }, batchSize: ANSWER_ROWS, signal }
  const cursor = doctors.find(NOT_SEVEN_DIGITS, options)
  for await (const { _id } of cursor) {
    const number = gmcNumber(textOf(_id))
    if (number === null) continue
    if (padded.has(number)) shared.add(number)
    padded.add(number)
  }
  for (const numbers of inChunks([...padded], ANSWER_ROWS)) {
    const plain = doctors.find(idAmong(numbers), options)
    for await (const { _id } of plain) {
      const number = gmcNumber(textOf(_id))
      if (number !== null) shared.add(number)
    }
  }
  return shared
}
