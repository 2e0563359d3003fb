import { z } from 'zod'
import {
  DOCTOR_STATUS,
  GMC_OUTCOME,
  knownOrNull,
  UNDER_NOTICE,
  type Doctor,
  type GmcOutcome,
} from '../domain/doctor.ts'
import { RowFault } from '../domain/row-fault.ts'
import { checkedStoredId, failedDoctorKey } from '../domain/row.ts'
import { textOrNull } from '../domain/text.ts'
import { DATE, dayIn, fitting, FLAG, SYNC_END, TEXT } from './fields.ts'
import { encodeJson, isObject, type JsonObject } from './json.ts'
import { decodeRows, encodeRow, messageOf, type DecodedRows, type EncodedRow, type RowReader } from './decoded-rows.ts'

/** A doctor as recommendation sends it: with the outcome of the latest recommendation. */
export interface SnapshotDoctorRow {
  readonly doctor: Doctor
  readonly outcome: GmcOutcome | null
}

const EXPECTED_OBJECT = { error: 'expected an object' }

const DOCTOR_BODY = z.object({
  payload: z
    .object(
      {
        doctor: z
          .object(
            {
              gmcReferenceNumber: TEXT,
              doctorFirstName: TEXT,
              doctorLastName: TEXT,
              submissionDate: DATE,
              dateAdded: DATE,
              underNotice: TEXT,
              sanction: TEXT,
              doctorStatus: TEXT,
              lastUpdatedDate: DATE,
              designatedBodyCode: TEXT,
              admin: TEXT,
              existsInGmc: FLAG,
            },
            EXPECTED_OBJECT,
          )
          .nullish(),
        gmcOutcome: TEXT,
      },
      EXPECTED_OBJECT,
    )
    .nullish(),
  syncEnd: SYNC_END,
})

function readDoctor(body: JsonObject): SnapshotDoctorRow {
  const payload = fitting(DOCTOR_BODY, body).payload
  if (payload === null || payload === undefined)
    throw missing('payload', 'missing; only the end message has no payload')
  const sent = payload.doctor
  if (sent === null || sent === undefined) throw missing('payload.doctor', 'missing; the payload has no doctor')
  const doctor: Doctor = {
    gmcReferenceNumber: checkedStoredId('payload.doctor.gmcReferenceNumber', sent.gmcReferenceNumber),
    doctorFirstName: textOrNull(sent.doctorFirstName),
    doctorLastName: textOrNull(sent.doctorLastName),
    submissionDate: dayIn('payload.doctor.submissionDate', sent.submissionDate),
    dateAdded: dayIn('payload.doctor.dateAdded', sent.dateAdded),
    underNotice: knownOrNull('payload.doctor.underNotice', sent.underNotice ?? null, UNDER_NOTICE),
    sanction: textOrNull(sent.sanction),
    doctorStatus: knownOrNull('payload.doctor.doctorStatus', sent.doctorStatus ?? null, DOCTOR_STATUS),
    lastUpdatedDate: dayIn('payload.doctor.lastUpdatedDate', sent.lastUpdatedDate),
    designatedBodyCode: textOrNull(sent.designatedBodyCode),
    admin: textOrNull(sent.admin),
    existsInGmc: sent.existsInGmc ?? true,
  }
  return { doctor, outcome: knownOrNull('payload.gmcOutcome', payload.gmcOutcome ?? null, GMC_OUTCOME) }
}

function missing(field: string, reason: string): RowFault {
  return new RowFault('ROW_KEY_MISSING', field, reason)
}

function sentDoctor({ payload }: JsonObject): unknown {
  return isObject(payload) ? payload.doctor : null
}

const SENT_DOCTOR: RowReader<SnapshotDoctorRow> = {
  read: readDoctor,
  keyOf: (body) => {
    const doctor = sentDoctor(body)
    const number = isObject(doctor) ? doctor.gmcReferenceNumber : null
    return typeof number === 'string' && number.trim() !== '' ? failedDoctorKey(number) : null
  },
  holdsRow: (body) => isObject(sentDoctor(body)),
}

/** A doctor's body, key for key in the reference's order. */
function bodyOf({ doctor, outcome }: SnapshotDoctorRow): JsonObject {
  return {
    payload: {
      doctor: {
        gmcReferenceNumber: doctor.gmcReferenceNumber,
        doctorFirstName: doctor.doctorFirstName,
        doctorLastName: doctor.doctorLastName,
        submissionDate: doctor.submissionDate,
        dateAdded: doctor.dateAdded,
        underNotice: doctor.underNotice,
        sanction: doctor.sanction,
        doctorStatus: doctor.doctorStatus,
        lastUpdatedDate: doctor.lastUpdatedDate,
        designatedBodyCode: doctor.designatedBodyCode,
        admin: doctor.admin,
        existsInGmc: doctor.existsInGmc,
      },
      gmcOutcome: outcome,
    },
    syncEnd: false,
  }
}

/** A doctor as it goes into a message, alone or beside others. */
export function encodeDoctor(row: SnapshotDoctorRow): EncodedRow {
  return encodeRow(bodyOf(row))
}

/** The message of one or more doctors. */
export function encodeDoctors(rows: readonly SnapshotDoctorRow[]): Uint8Array {
  return messageOf(rows.map(encodeDoctor))
}

/** The message after the last doctor. */
export function encodeDoctorsEnd(): Uint8Array {
  return encodeJson({ payload: null, syncEnd: true })
}

/** The doctors of a message of a run; GMC numbers come as stored. Throws as `decodeRows` does. */
export function decodeDoctors(message: Uint8Array): DecodedRows<SnapshotDoctorRow> {
  return decodeRows(message, SENT_DOCTOR)
}
