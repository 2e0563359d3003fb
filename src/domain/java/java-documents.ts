import type { Field } from '../fields.ts'
import { shownNumber } from '../gmc-number.ts'
import { byIndex, type IndexDocument, type IndexName } from '../lists.ts'
import { doctorRowId, traineeRowId, type Row, type RowId } from '../row.ts'

/** The documents that the Java indexes have of one row. Usually there is one in the master and one in each list with the row. */
export type JavaDocuments = Readonly<Record<IndexName, readonly IndexDocument[]>>

/** A document for each index; none unless given. */
export function javaDocuments(given: Partial<JavaDocuments> = {}): JavaDocuments {
  return byIndex((index) => given[index] ?? [])
}

/**
 * The id of our row that a document is compared with. Java ids are random: a document with a person is the trainee's row, any other
 * the doctor's with its number. Null without either.
 */
export function rowIdOf(document: IndexDocument): RowId | null {
  const { tcsPersonId, gmcReferenceNumber } = document
  if (typeof tcsPersonId === 'number') return traineeRowId(tcsPersonId)
  const number = typeof gmcReferenceNumber === 'string' ? shownNumber(gmcReferenceNumber) : null
  return number === null ? null : doctorRowId(number)
}

/** The value of a field in a document; null if it is absent. */
export function valueIn(document: IndexDocument, field: Field): string | number | boolean | null {
  return document[field] ?? null
}

/** Text that says nothing, which the Java services keep. */
export function isBlank(value: string | number | boolean | null): boolean {
  return typeof value === 'string' && value.trim() === ''
}

/** The id under which the documents of our row are found (`rowIdOf`). */
export function javaIdOf({ id, parts: { trainee, doctor } }: Row): RowId {
  if (trainee !== null || doctor === null) return id
  return doctorRowId(shownNumber(doctor.gmcReferenceNumber) ?? '')
}
