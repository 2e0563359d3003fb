import type { Day } from './day.ts'
import type { DoctorStatus, GmcOutcome, UnderNotice } from './doctor.ts'
import { shownNumber } from './gmc-number.ts'
import type { Parts } from './row.ts'

/** Raised whenever `assemble` gives other fields for the same parts: two versions must not fill one generation. */
export const ASSEMBLE_VERSION = 1

/** What the parts of a row come to: the fields of the master index, and the reason that the connection lists add. */
export interface AssembledDocument {
  readonly tcsPersonId: number | null
  readonly gmcReferenceNumber: string | null
  readonly doctorFirstName: string | null
  readonly doctorLastName: string | null
  readonly submissionDate: Day | null
  readonly programmeName: string | null
  readonly membershipType: string | null
  readonly designatedBody: string | null
  readonly gmcStatus: GmcOutcome | null
  readonly tisStatus: DoctorStatus | null
  readonly admin: string | null
  readonly lastUpdatedDate: Day | null
  readonly underNotice: UnderNotice | null
  readonly tcsDesignatedBody: string | null
  readonly programmeOwner: string | null
  readonly curriculumEndDate: Day | null
  readonly connectionStatus: 'Yes' | 'No'
  readonly membershipStartDate: Day | null
  readonly membershipEndDate: Day | null
  readonly existsInGmc: boolean | null
  readonly exceptionReason: string | null
}

/** A row is a function of its parts and of nothing else. Source: rules, "The master index". */
export function assemble({ trainee, doctor, outcome, reason }: Parts): AssembledDocument {
  const designatedBody = doctor?.designatedBodyCode ?? null
  return {
    tcsPersonId: trainee?.tcsPersonId ?? null,
    gmcReferenceNumber: shownNumber(doctor?.gmcReferenceNumber) ?? trainee?.gmcReferenceNumber ?? null,
    doctorFirstName: doctor?.doctorFirstName ?? trainee?.doctorFirstName ?? null,
    doctorLastName: doctor?.doctorLastName ?? trainee?.doctorLastName ?? null,
    submissionDate: doctor?.submissionDate ?? null,
    programmeName: trainee?.programmeName ?? null,
    membershipType: trainee?.programmeMembershipType ?? null,
    designatedBody,
    gmcStatus: doctor === null ? null : outcome,
    tisStatus: doctor?.doctorStatus ?? null,
    admin: doctor?.admin ?? null,
    lastUpdatedDate: doctor?.lastUpdatedDate ?? null,
    underNotice: doctor?.underNotice ?? null,
    tcsDesignatedBody: trainee?.tcsDesignatedBody ?? null,
    programmeOwner: trainee?.programmeOwner ?? null,
    curriculumEndDate: trainee?.curriculumEndDate ?? null,
    connectionStatus: designatedBody === null ? 'No' : 'Yes',
    membershipStartDate: trainee?.programmeMembershipStartDate ?? null,
    membershipEndDate: trainee?.programmeMembershipEndDate ?? null,
    existsInGmc: doctor?.existsInGmc ?? null,
    exceptionReason: reason,
  }
}
