import { assemble } from '../../src/domain/assemble.ts'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import type { Doctor, Recommendation, StoredDoctor } from '../../src/domain/doctor.ts'
import type { Parts, Row, RowId } from '../../src/domain/row.ts'
import type { TcsMembership, TcsPerson, Trainee } from '../../src/domain/trainee.ts'
import type { StoredRow } from '../../src/ports/index-store.ts'

export const TODAY = '2026-06-01'

/** A valid GMC number. */
export function aNumber(text: string): GmcNumber {
  const number = gmcNumber(text)
  if (number === null) throw new Error(`"${text}" is not a GMC number`)
  return number
}

/** A membership that is current on `TODAY`. */
export function aMembership(differing: Partial<TcsMembership> = {}): TcsMembership {
  return {
    programmeMembershipType: 'SUBSTANTIVE',
    programmeStartDate: '2024-08-01',
    programmeEndDate: '2028-07-31',
    programme: { programmeName: 'Cardiology', owner: 'Wessex' },
    curriculumEndDates: ['2027-01-17'],
    ...differing,
  }
}

export function aPerson(differing: Partial<TcsPerson> = {}): TcsPerson {
  return {
    personId: 1005,
    surname: 'Khan',
    forenames: 'Aisha',
    role: 'DR in Training',
    gmcDetails: { gmcNumber: '7761120' },
    memberships: [],
    placements: [],
    ...differing,
  }
}

export function aTrainee(differing: Partial<Trainee> = {}): Trainee {
  return {
    tcsPersonId: 1005,
    gmcReferenceNumber: '7761120',
    doctorFirstName: 'Aisha',
    doctorLastName: 'Khan',
    programmeName: 'Cardiology',
    programmeMembershipType: 'SUBSTANTIVE',
    tcsDesignatedBody: '1-1RUZUSF',
    programmeOwner: 'Wessex',
    programmeMembershipStartDate: '2024-08-01',
    programmeMembershipEndDate: '2028-07-31',
    curriculumEndDate: '2027-01-17',
    placementGrade: '279',
    ...differing,
  }
}

export function aStoredDoctor(differing: Partial<StoredDoctor> = {}): StoredDoctor {
  return {
    storedId: '7761120',
    doctorFirstName: 'AISHA',
    doctorLastName: 'KHAN',
    submissionDate: '2027-01-05',
    dateAdded: '2019-03-02',
    underNotice: 'YES',
    sanction: 'No',
    doctorStatus: 'DRAFT',
    lastUpdatedDate: '2025-11-01',
    designatedBodyCode: '1-1RSSQ1B',
    admin: 'a@example.nhs.uk',
    existsInGmc: true,
    ...differing,
  }
}

export function aDoctor(differing: Partial<Doctor> = {}): Doctor {
  return {
    gmcReferenceNumber: '7761120',
    doctorFirstName: 'AISHA',
    doctorLastName: 'KHAN',
    submissionDate: '2027-01-05',
    dateAdded: '2019-03-02',
    underNotice: 'YES',
    sanction: 'No',
    doctorStatus: 'DRAFT',
    lastUpdatedDate: '2025-11-01',
    designatedBodyCode: '1-1RSSQ1B',
    admin: 'a@example.nhs.uk',
    existsInGmc: true,
    ...differing,
  }
}

export function aRecommendation(differing: Partial<Recommendation> = {}): Recommendation {
  return {
    storedId: '5f0000000000000000000008',
    outcome: 'UNDER_REVIEW',
    actualSubmissionDate: '2026-05-20',
    gmcSubmissionDate: '2026-09-01',
    ...differing,
  }
}

export function someParts(differing: Partial<Parts>): Parts {
  return { trainee: null, doctor: null, outcome: null, reason: null, ...differing }
}

export function aRow(id: RowId, parts: Partial<Parts>): Row {
  return { id, parts: someParts(parts) }
}

/** A row as a store has it, right in everything but what differs. */
export function stored(row: Row, differing: Partial<StoredRow> = {}): StoredRow {
  return { row, document: assemble(row.parts), token: `of ${row.id}`, origin: null, wrongKeys: [], ...differing }
}
