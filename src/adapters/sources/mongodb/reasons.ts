import type { Db, Document, FindCursor } from 'mongodb'
import { inChunks } from '../../../domain/chunks.ts'
import { exceptionReason } from '../../../domain/exception-reason.ts'
import type { GmcNumber } from '../../../domain/gmc-number.ts'
import type { ExceptionRecord } from '../../../ports/sources.ts'
import { idAmong, KEYS_AT_ONCE, NOT_SEVEN_DIGITS } from './schema.ts'
import { OrderedCursor } from './ordered-cursor.ts'
import { textOf } from './values.ts'

/** The reasons by `_id`, of any type. */
export async function* reasonPages(
  database: Db,
  rows: number,
  signal: AbortSignal,
): AsyncGenerator<readonly ExceptionRecord[]> {
  const documents = new OrderedCursor(reasonsInOrder(database, rows, signal))
  try {
    for (;;) {
      const page = await documents.take(rows)
      if (page.length === 0) return
      yield page.map((each) => ({ storedId: textOf(each._id) ?? '', reason: textOf(each.errorMessage) }))
    }
  } finally {
    await documents.close()
  }
}

export function reasonsInOrder(database: Db, batchSize: number, signal?: AbortSignal): FindCursor<Document> {
  const options = { projection: { errorMessage: 1 }, batchSize, noCursorTimeout: true, ...(signal && { signal }) }
  return database.collection('exceptionLogs').find({}, { ...options, sort: { _id: 1 } })
}

/** Finds the numbers as they are, and padded ones among the ids that are not plain numbers. */
export async function reasonsOf(database: Db, numbers: readonly GmcNumber[]): Promise<ReadonlyMap<GmcNumber, string>> {
  const reasons = new Map<GmcNumber, string>()
  if (numbers.length === 0) return reasons
  const wanted = new Set(numbers)
  const logs = database.collection('exceptionLogs')
  const filters = [NOT_SEVEN_DIGITS]
  for (const some of inChunks(numbers, KEYS_AT_ONCE)) filters.push(idAmong(some))
  for (const filter of filters) {
    for await (const { _id, errorMessage } of logs.find(filter, { projection: { errorMessage: 1 } })) {
      const found = exceptionReason(textOf(_id), textOf(errorMessage))
      if (found !== null && wanted.has(found.number)) reasons.set(found.number, found.reason)
    }
  }
  return reasons
}
