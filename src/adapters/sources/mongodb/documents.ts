import type { Document } from 'mongodb'
import { STORED_FIELDS, storedDoctor, type Recommendation, type StoredDoctor } from '../../../domain/doctor.ts'
import { booleanOf, dayOf, textOf } from './values.ts'

/** What is read of a document of `doctorsForDB`. */
export const DOCTOR_FIELDS = Object.fromEntries(STORED_FIELDS.map((field) => [field, 1]))

export function doctorOf(document: Document): StoredDoctor {
  return storedDoctor(textOf(document._id) ?? '', (field, kind) => {
    const value: unknown = document[field]
    if (kind === 'flag') return booleanOf(value)
    return kind === 'day' ? dayOf(value) : textOf(value)
  })
}

/** What is read of a document of `recommendation`. */
export const RECOMMENDATION_FIELDS = {
  gmcNumber: 1,
  outcome: 1,
  actualSubmissionDate: 1,
  gmcSubmissionDate: 1,
} as const

export function recommendationOf(document: Document): Recommendation {
  return {
    storedId: textOf(document._id) ?? '',
    outcome: textOf(document.outcome),
    actualSubmissionDate: dayOf(document.actualSubmissionDate),
    gmcSubmissionDate: dayOf(document.gmcSubmissionDate),
  }
}
