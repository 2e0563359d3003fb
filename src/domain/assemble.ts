import { DOCTOR_FIELDS, entryOf, FIELDS, fieldsOf, TRAINEE_FIELDS, type Field, type FieldValue } from './fields.ts'
import { shownNumber } from './gmc-number.ts'
import type { Parts } from './row.ts'
import { unrolledObject } from './unrolled.ts'
import { FOLD_VERSION } from './words.ts'

/** Raised with each change of the rules that changes the values for the same parts. */
const RULES_VERSION = 1

/**
 * The version of rows, and of the keys that lists find them by: two versions must not fill one generation, and their digests
 * cannot be compared. It counts the fields, so a new field is a new version; where one takes the place of another, raise
 * `RULES_VERSION`.
 */
export const ASSEMBLE_VERSION =
  100_000 * FOLD_VERSION +
  1_000 * RULES_VERSION +
  FIELDS.length +
  fieldsOf(TRAINEE_FIELDS).length +
  fieldsOf(DOCTOR_FIELDS).length

/** The result of a row's parts: the fields of the master index, and the reason that the connection lists add. */
export type AssembledDocument = {
  readonly [F in Exclude<Field, 'connectionStatus'>]: FieldValue<F>
} & { readonly connectionStatus: NonNullable<FieldValue<'connectionStatus'>> }

/** The fields that are the trainee's or the doctor's as they are; null for the others. */
const copied = unrolledObject(['trainee', 'doctor'], FIELDS, (field) => {
  const { trainee, doctor } = entryOf(field)
  const values = [doctor && `doctor?.${doctor}`, trainee && `trainee?.${trainee}`, 'null']
  return values.filter((value) => value !== undefined).join(' ?? ')
  // A function of this type: it sets every field.
}) as (trainee: Parts['trainee'], doctor: Parts['doctor']) => Record<Field, unknown>

/** A row is a function of its parts and of nothing else. Source: rules, "The master index". */
export function assemble({ trainee, doctor, outcome, reason }: Parts): AssembledDocument {
  const document = copied(trainee, doctor)
  if (doctor !== null) {
    document.gmcReferenceNumber = shownNumber(doctor.gmcReferenceNumber) ?? document.gmcReferenceNumber
    document.gmcStatus = outcome
  }
  document.connectionStatus = document.designatedBody === null ? 'No' : 'Yes'
  document.exceptionReason = reason
  // Every field is set, to a value of the kind that the tables say.
  return document as unknown as AssembledDocument
}
