import type { Doctor } from '../../domain/doctor.ts'
import type { Parts } from '../../domain/row.ts'
import type { Trainee } from '../../domain/trainee.ts'

// Parts are stored by position: the names of their fields would be most of the text. What a position means belongs to
// the layout of what stores them, so another order or another field is another layout of each backend.

/** The parts of a row by position. */
export type PartsValues = readonly [
  trainee: TraineeValues | null,
  doctor: DoctorValues | null,
  outcome: Parts['outcome'],
  reason: Parts['reason'],
]

/** The fields of a trainee by position. */
export type TraineeValues = readonly [
  Trainee['tcsPersonId'],
  Trainee['gmcReferenceNumber'],
  Trainee['doctorFirstName'],
  Trainee['doctorLastName'],
  Trainee['programmeName'],
  Trainee['programmeMembershipType'],
  Trainee['tcsDesignatedBody'],
  Trainee['programmeOwner'],
  Trainee['programmeMembershipStartDate'],
  Trainee['programmeMembershipEndDate'],
  Trainee['curriculumEndDate'],
]

type DoctorValues = readonly [
  Doctor['gmcReferenceNumber'],
  Doctor['doctorFirstName'],
  Doctor['doctorLastName'],
  Doctor['submissionDate'],
  Doctor['dateAdded'],
  Doctor['underNotice'],
  Doctor['sanction'],
  Doctor['doctorStatus'],
  Doctor['lastUpdatedDate'],
  Doctor['designatedBodyCode'],
  Doctor['admin'],
  Doctor['existsInGmc'],
]

/** The parts of a row by position; `partsOfValues` gives them back. */
export function valuesOfParts({ trainee, doctor, outcome, reason }: Parts): PartsValues {
  return [trainee && valuesOfTrainee(trainee), doctor && valuesOfDoctor(doctor), outcome, reason]
}

/** The parts that `valuesOfParts` was given. */
export function partsOfValues([trainee, doctor, outcome, reason]: PartsValues): Parts {
  return { trainee: trainee && traineeOfValues(trainee), doctor: doctor && doctorOfValues(doctor), outcome, reason }
}

/** The parts of a row as compact JSON text. */
export function partsToText(parts: Parts): string {
  return JSON.stringify(valuesOfParts(parts))
}

/** The parts that `partsToText` was given. */
export function partsOfText(text: string): Parts {
  // Nothing but `partsToText` writes the column that this is read from.
  return partsOfValues(JSON.parse(text) as PartsValues)
}

/** The fields of a trainee by position; `traineeOfValues` gives them back. */
export function valuesOfTrainee(trainee: Trainee): TraineeValues {
  return [
    trainee.tcsPersonId,
    trainee.gmcReferenceNumber,
    trainee.doctorFirstName,
    trainee.doctorLastName,
    trainee.programmeName,
    trainee.programmeMembershipType,
    trainee.tcsDesignatedBody,
    trainee.programmeOwner,
    trainee.programmeMembershipStartDate,
    trainee.programmeMembershipEndDate,
    trainee.curriculumEndDate,
  ]
}

/** The trainee that `valuesOfTrainee` was given. */
export function traineeOfValues(values: TraineeValues): Trainee {
  return {
    tcsPersonId: values[0],
    gmcReferenceNumber: values[1],
    doctorFirstName: values[2],
    doctorLastName: values[3],
    programmeName: values[4],
    programmeMembershipType: values[5],
    tcsDesignatedBody: values[6],
    programmeOwner: values[7],
    programmeMembershipStartDate: values[8],
    programmeMembershipEndDate: values[9],
    curriculumEndDate: values[10],
  }
}

function valuesOfDoctor(doctor: Doctor): DoctorValues {
  return [
    doctor.gmcReferenceNumber,
    doctor.doctorFirstName,
    doctor.doctorLastName,
    doctor.submissionDate,
    doctor.dateAdded,
    doctor.underNotice,
    doctor.sanction,
    doctor.doctorStatus,
    doctor.lastUpdatedDate,
    doctor.designatedBodyCode,
    doctor.admin,
    doctor.existsInGmc,
  ]
}

function doctorOfValues(values: DoctorValues): Doctor {
  return {
    gmcReferenceNumber: values[0],
    doctorFirstName: values[1],
    doctorLastName: values[2],
    submissionDate: values[3],
    dateAdded: values[4],
    underNotice: values[5],
    sanction: values[6],
    doctorStatus: values[7],
    lastUpdatedDate: values[8],
    designatedBodyCode: values[9],
    admin: values[10],
    existsInGmc: values[11],
  }
}
