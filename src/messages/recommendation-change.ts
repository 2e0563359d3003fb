import { z } from 'zod'
import type { Recommendation } from '../domain/doctor.ts'
import { RowFault } from '../domain/row-fault.ts'
import { failedDoctorKey } from '../domain/row.ts'
import { textOrNull } from '../domain/text.ts'
import { parseBody, TEXT } from './fields.ts'
import { isObject, type JsonObject } from './json.ts'
import { OPERATION_TYPE, operationOf, type Operation } from './operation.ts'
import { decodeRows, type DecodedRows } from './decoded-rows.ts'
import { idText, STORED_DATE, STORED_ID, storedDay } from './stored-fields.ts'

/** A hint that a document of `recommendation` has changed. At least one of the number and the id is known. */
export interface RecommendationChange {
  readonly operation: Operation
  /** The doctor's GMC number as stored; null if only the id is known, as for a deleted document. */
  readonly gmcNumber: string | null
  /** `_id` of the recommendation as text. */
  readonly recommendationId: string | null
  /** The document in the hint, if it exists and has an `_id`. */
  readonly recommendation: Recommendation | null
}

const RECOMMENDATION_EVENT = z.object({
  operationType: OPERATION_TYPE,
  fullDocument: z
    .object(
      {
        _id: STORED_ID,
        gmcNumber: TEXT,
        outcome: TEXT,
        actualSubmissionDate: STORED_DATE,
        gmcSubmissionDate: STORED_DATE,
      },
      { error: 'expected an object' },
    )
    .nullish(),
  documentKey: z.object({ _id: STORED_ID }, { error: 'expected an object' }).nullish(),
})

function readRecommendationChange(body: JsonObject): RecommendationChange {
  const { operationType, fullDocument, documentKey } = parseBody(RECOMMENDATION_EVENT, body)
  const operation = operationOf(operationType)
  const gmcNumber = textOrNull(fullDocument?.gmcNumber)
  const recommendationId = idText(fullDocument?._id) ?? idText(documentKey?._id)
  if (gmcNumber === null && recommendationId === null) {
    throw new RowFault('ROW_KEY_MISSING', 'fullDocument.gmcNumber', 'change does not identify a doctor')
  }
  const known = operation === 'upsert' && fullDocument !== null && fullDocument !== undefined
  if (!known || recommendationId === null) return { operation, gmcNumber, recommendationId, recommendation: null }
  const recommendation = {
    storedId: recommendationId,
    outcome: fullDocument.outcome ?? null,
    actualSubmissionDate: storedDay(fullDocument.actualSubmissionDate),
    gmcSubmissionDate: storedDay(fullDocument.gmcSubmissionDate),
  }
  return { operation, gmcNumber, recommendationId, recommendation }
}

function keyOf({ fullDocument }: JsonObject): string | null {
  const number = isObject(fullDocument) ? fullDocument.gmcNumber : null
  return typeof number === 'string' && number.trim() !== '' ? failedDoctorKey(number) : null
}

/** The recommendations that a message reports as changed. Throws as `decodeRows` does; the rules judge the values. */
export function decodeRecommendationChanges(message: Uint8Array): DecodedRows<RecommendationChange> {
  return decodeRows(message, { read: readRecommendationChange, keyOf })
}
