import { GMC_OUTCOME, type GmcOutcome } from '../domain/codes.ts'
import type { Doctor, DoctorRow } from '../domain/doctor.ts'
import { DOCTOR_FIELDS, fieldsOf } from '../domain/fields.ts'
import { DOCTORS } from '../domain/records.ts'
import { RowFault } from '../domain/row-fault.ts'
import { checkedStoredId, failedDoctorKey } from '../domain/row.ts'
import { decodeRows, encodeRow, messageOf, type DecodedRows, type EncodedRow, type RowReader } from './decoded-rows.ts'
import { sentObject, sentValue } from './fields.ts'
import { encodeJson, isObject, type JsonObject } from './json.ts'

function readDoctor(body: JsonObject): DoctorRow {
  const payload = sentObject('payload', body.payload)
  if (payload === null) throw missing('payload', 'missing; only the end message has no payload')
  const sent = sentObject('payload.doctor', payload.doctor)
  if (sent === null) throw missing('payload.doctor', 'missing; the payload has no doctor')
  const doctor = DOCTORS.from((field, kind) => {
    const value = sentValue(PATHS[field], kind, sent[field])
    return field === 'existsInGmc' ? (value ?? true) : value
  })
  // Not null from here on.
  checkedStoredId(PATHS.gmcReferenceNumber, doctor.gmcReferenceNumber)
  const outcome = sentValue('payload.gmcOutcome', GMC_OUTCOME, payload.gmcOutcome)
  return { doctor, outcome: outcome as GmcOutcome | null }
}

/** Where a body has the fields of a doctor. */
const PATHS = Object.fromEntries(
  fieldsOf(DOCTOR_FIELDS).map((field) => [field, `payload.doctor.${field}`]),
) as Readonly<Record<keyof Doctor, string>>

function missing(field: string, reason: string): RowFault {
  return new RowFault('ROW_KEY_MISSING', field, reason)
}

function sentDoctor({ payload }: JsonObject): unknown {
  return isObject(payload) ? payload.doctor : null
}

const SENT_DOCTOR: RowReader<DoctorRow> = {
  read: readDoctor,
  keyOf: (body) => {
    const doctor = sentDoctor(body)
    const number = isObject(doctor) ? doctor.gmcReferenceNumber : null
    return typeof number === 'string' && number.trim() !== '' ? failedDoctorKey(number) : null
  },
  holdsRow: (body) => isObject(sentDoctor(body)),
}

/** A doctor as it goes into a message, alone or beside others: key for key in the reference's order. */
export function encodeDoctor({ doctor, outcome }: DoctorRow): EncodedRow {
  return encodeRow({ payload: { doctor, gmcOutcome: outcome }, syncEnd: false })
}

/** The message of one or more doctors. */
export function encodeDoctors(rows: readonly DoctorRow[]): Uint8Array {
  return messageOf(rows.map(encodeDoctor))
}

/** The message after the last doctor. */
export function encodeDoctorsEnd(): Uint8Array {
  return encodeJson({ payload: null, syncEnd: true })
}

/** The doctors of a message of a run; GMC numbers come as stored. Throws as `decodeRows` does. */
export function decodeDoctors(message: Uint8Array): DecodedRows<DoctorRow> {
  return decodeRows(message, SENT_DOCTOR)
}
