import { ObjectId } from 'mongodb'
import { isDay } from '../../../domain/day.ts'
import { gmcNumber } from '../../../domain/gmc-number.ts'
import type { SourceTables } from '../../../ports/source-filling.ts'
import type { CollectionName } from './collections.ts'

/** A document as the real system stores it: what is null is absent, and dates are dates. */
type StoredDocument = Readonly<Record<string, unknown>>

/** How the rows of a collection are stored, and by what two of them are the same. */
interface StoredAs<T extends CollectionName> {
  readonly document: (row: SourceTables[T]) => StoredDocument
  readonly key: (row: SourceTables[T]) => string
}

export const STORED_AS: { readonly [T in CollectionName]: StoredAs<T> } = {
  doctorsForDB: {
    document: (row) =>
      present({
        _id: row.storedId,
        doctorFirstName: row.doctorFirstName,
        doctorLastName: row.doctorLastName,
        submissionDate: dateOf(row.submissionDate),
        dateAdded: dateOf(row.dateAdded),
        underNotice: row.underNotice,
        sanction: row.sanction,
        doctorStatus: row.doctorStatus,
        lastUpdatedDate: dateOf(row.lastUpdatedDate),
        designatedBodyCode: row.designatedBodyCode,
        admin: row.admin,
        existsInGmc: row.existsInGmc,
      }),
    key: ({ storedId }) => gmcNumber(storedId) ?? storedId,
  },
  recommendation: {
    document: (row) =>
      present({
        _id: /^[0-9a-f]{24}$/.test(row.storedId) ? new ObjectId(row.storedId) : row.storedId,
        gmcNumber: row.gmcNumber,
        outcome: row.outcome,
        recommendationType: row.recommendationType,
        recommendationStatus: row.recommendationStatus,
        gmcSubmissionDate: dateOf(row.gmcSubmissionDate),
        actualSubmissionDate: dateOf(row.actualSubmissionDate),
        gmcRevalidationId: row.gmcRevalidationId,
        admin: row.admin,
      }),
    key: ({ storedId }) => storedId,
  },
  exceptionLogs: {
    document: (row) =>
      present({ _id: row.storedId, errorMessage: row.errorMessage, timestamp: instantOf(row.timestamp) }),
    key: ({ storedId }) => gmcNumber(storedId) ?? storedId,
  },
}

function present(fields: Record<string, unknown>): StoredDocument {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** Midnight in UTC; what is no day of the calendar stays the text that it is, for the rules to refuse. */
function dateOf(day: string | null): Date | string | null {
  return day !== null && isDay(day) ? new Date(`${day}T00:00:00Z`) : day
}

function instantOf(text: string | null): Date | string | null {
  if (text === null) return null
  const instant = new Date(text)
  return Number.isNaN(instant.getTime()) ? text : instant
}
