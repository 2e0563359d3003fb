import { knownOrNull } from '../../domain/codes.ts'
import { STORED_FIELDS, STORED_OUTCOME } from '../../domain/doctor.ts'
import { DOCTOR_FIELDS, type Kind } from '../../domain/fields.ts'
import { checkedText, day, instant, objectId, text, textId, truth } from './extended-json.ts'
import type { Field, TableFields } from './row-fields.ts'

function oneOf(known: readonly string[]) {
  return checkedText((name, value) => knownOrNull(name, value, known))
}

function doctorFields(): TableFields<'doctorsForDB', unknown> {
  const fields = STORED_FIELDS.map((field) => [field, readerOf(DOCTOR_FIELDS[field])])
  // A reader for each field, of its kind.
  return { storedId: textId, ...Object.fromEntries(fields) } as TableFields<'doctorsForDB', unknown>
}

function readerOf(kind: Kind): Field<unknown, string | boolean | null> {
  if (kind === 'day') return day
  if (kind === 'flag') return truth
  return typeof kind === 'string' ? text : oneOf(kind)
}

/** How the documents of the GMC's data and of the failed connections are read and checked, each for itself. */
export const GMC_COLLECTIONS = {
  doctorsForDB: doctorFields(),
  recommendation: {
    storedId: objectId,
    gmcNumber: text,
    outcome: oneOf(STORED_OUTCOME),
    recommendationType: text,
    recommendationStatus: text,
    gmcSubmissionDate: day,
    actualSubmissionDate: day,
    gmcRevalidationId: text,
    admin: text,
  },
  exceptionLogs: { storedId: textId, errorMessage: text, timestamp: instant },
} as const satisfies { readonly [T in GmcCollection]: TableFields<T, unknown> }

type GmcCollection = 'doctorsForDB' | 'recommendation' | 'exceptionLogs'
