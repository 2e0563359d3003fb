import type { Recommendation, StoredDoctor } from '../../../domain/doctor.ts'
import type { DoctorRecord } from '../../../ports/sources.ts'
import type { RecordKind } from './schema.ts'

type RecommendationFields = readonly [
  storedId: string,
  outcome: string | null,
  actualSubmissionDate: string | null,
  gmcSubmissionDate: string | null,
]

type DoctorFields = readonly [
  storedId: string,
  firstName: string | null,
  lastName: string | null,
  submissionDate: string | null,
  dateAdded: string | null,
  underNotice: string | null,
  sanction: string | null,
  doctorStatus: string | null,
  lastUpdatedDate: string | null,
  designatedBodyCode: string | null,
  admin: string | null,
  existsInGmc: boolean | null,
  latest: RecommendationFields | null,
  sharesNumber: 0 | 1,
]

/** The doctors, each with the latest recommendation: descending order puts what is absent last, as the rules ask. */
export const DOCTOR_RECORDS: RecordKind<DoctorFields, DoctorRecord> = {
  table: 'doctor',
  fill: `
    INSERT INTO main.doctor (record)
    SELECT json_array(
      doctor.storedId, doctor.doctorFirstName, doctor.doctorLastName, doctor.submissionDate, doctor.dateAdded,
      doctor.underNotice, doctor.sanction, doctor.doctorStatus, doctor.lastUpdatedDate, doctor.designatedBodyCode,
      doctor.admin, json(doctor.existsInGmc),
      json(iif(latest.rowid IS NULL, 'null', json_array(
        latest.storedId, latest.outcome, latest.actualSubmissionDate, latest.gmcSubmissionDate))),
      EXISTS (
        SELECT 1 FROM rows.doctorsForDB AS other WHERE other.key = doctor.key AND other.rowid <> doctor.rowid))
    FROM rows.doctorsForDB AS doctor
    LEFT JOIN rows.recommendation AS latest ON latest.rowid = (
      SELECT candidate.rowid FROM rows.recommendation AS candidate
      WHERE candidate.gmcNumber = doctor.storedId
      ORDER BY candidate.actualSubmissionDate DESC, candidate.gmcSubmissionDate DESC, candidate.storedId DESC
      LIMIT 1)
    ORDER BY doctor.trimmed, doctor.storedId`,
  rowOf: (fields) => ({ doctor: doctorOf(fields), latest: latestOf(fields[12]), sharesNumber: fields[13] === 1 }),
}

function doctorOf(fields: DoctorFields): StoredDoctor {
  return {
    storedId: fields[0],
    doctorFirstName: fields[1],
    doctorLastName: fields[2],
    submissionDate: fields[3],
    dateAdded: fields[4],
    underNotice: fields[5],
    sanction: fields[6],
    doctorStatus: fields[7],
    lastUpdatedDate: fields[8],
    designatedBodyCode: fields[9],
    admin: fields[10],
    existsInGmc: fields[11],
  }
}

function latestOf(fields: RecommendationFields | null): Recommendation | null {
  if (fields === null) return null
  return { storedId: fields[0], outcome: fields[1], actualSubmissionDate: fields[2], gmcSubmissionDate: fields[3] }
}
