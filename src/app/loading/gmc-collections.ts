import { DOCTOR_STATUS, knownOrNull, UNDER_NOTICE } from '../../domain/codes.ts'
import { STORED_OUTCOME } from '../../domain/doctor.ts'
import { checkedText, day, instant, objectId, text, textId, truth } from './extended-json.ts'
import type { TableFields } from './row-fields.ts'

function oneOf(known: readonly string[]) {
  return checkedText((name, value) => knownOrNull(name, value, known))
}

/** How the documents of the GMC's data and of the failed connections are read and checked, each for itself. */
export const GMC_COLLECTIONS = {
  doctorsForDB: {
    storedId: textId,
    doctorFirstName: text,
    doctorLastName: text,
    submissionDate: day,
    dateAdded: day,
    underNotice: oneOf(UNDER_NOTICE),
    sanction: text,
    doctorStatus: oneOf(DOCTOR_STATUS),
    lastUpdatedDate: day,
    designatedBodyCode: text,
    admin: text,
    existsInGmc: truth,
  },
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
