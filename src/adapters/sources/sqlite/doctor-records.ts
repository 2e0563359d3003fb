import { STORED_FIELDS, type Recommendation, type StoredDoctor } from '../../../domain/doctor.ts'
import { unrolledObject } from '../../../domain/unrolled.ts'
import type { DoctorRecord } from '../../../ports/sources.ts'
import type { RecordKind } from './schema.ts'

type RecommendationFields = readonly [
  storedId: string,
  outcome: string | null,
  actualSubmissionDate: string | null,
  gmcSubmissionDate: string | null,
]

/** `_id`, the fields of the document, the latest recommendation, and whether another document has the number. */
type DoctorFields = readonly [storedId: string, ...fields: unknown[]]

/** The doctors, each with the latest recommendation: descending order puts absent values last, as the rules require. */
export const DOCTOR_RECORDS: RecordKind<DoctorFields, DoctorRecord> = {
  table: 'doctor',
  fill: `
    INSERT INTO main.doctor (key, record)
    SELECT doctor.key, json_array(
      doctor.storedId, ${STORED_FIELDS.map((field) => (field === 'existsInGmc' ? `json(doctor.${field})` : `doctor.${field}`)).join(', ')},
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
  rowOf: (fields) => {
    // As written by the statement above.
    const [latest, sharesNumber] = fields.slice(1 + STORED_FIELDS.length) as [RecommendationFields | null, 0 | 1]
    return { doctor: doctorOf(fields), latest: latestOf(latest), sharesNumber: sharesNumber === 1 }
  },
}

/** Whose a recommendation is; of two with the same id the first counts. */
export const FILL_RECOMMENDATIONS = `
  INSERT OR IGNORE INTO main.recommendation (storedId, gmcNumber)
  SELECT storedId, gmcNumber FROM rows.recommendation WHERE gmcNumber IS NOT NULL ORDER BY storedId, rowid`

const doctorOf = unrolledObject(['fields'], ['storedId', ...STORED_FIELDS], (_, at) => `fields[${at}]`) as (
  fields: DoctorFields,
) => StoredDoctor

function latestOf(fields: RecommendationFields | null): Recommendation | null {
  if (fields === null) return null
  return { storedId: fields[0], outcome: fields[1], actualSubmissionDate: fields[2], gmcSubmissionDate: fields[3] }
}
