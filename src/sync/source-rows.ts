import type { Day } from '../domain/day.ts'
import { doctorOf, outcomeOf, type DoctorRow } from '../domain/doctor.ts'
import { RowFault } from '../domain/row-fault.ts'
import { isSelected, traineeOf, type TcsPerson, type Trainee } from '../domain/trainee.ts'
import type { DoctorRecord } from '../ports/sources.ts'
import type { SyncSettings } from './context.ts'

/** The trainee that a person of TCS is on a day; null if the selection excludes the person. Throws `RowFault`. */
export function traineeFrom(
  person: TcsPerson,
  day: Day,
  { trainees, bodies }: Pick<SyncSettings, 'trainees' | 'bodies'>,
): Trainee | null {
  return isSelected(person, trainees) ? traineeOf(person, day, bodies) : null
}

/** The doctor of a document, with the outcome on a day. Throws `RowFault`. */
export function doctorFrom({ doctor: stored, latest, sharesNumber }: DoctorRecord, day: Day): DoctorRow {
  if (sharesNumber) {
    const reason = `"${stored.storedId}" has the same number as another document once trimmed`
    throw new RowFault('ROW_NUMBER_SHARED', '_id', reason)
  }
  const doctor = doctorOf(stored)
  return { doctor, outcome: outcomeOf(doctor.underNotice, latest, day) }
}
