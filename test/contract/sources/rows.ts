import type { SourceTable, SourceTables } from '../../../src/ports/source-filling.ts'

/** Rows of the sources, by table; an unlisted table is empty. */
export type TableRows = { readonly [T in SourceTable]?: readonly SourceTables[T][] }

/** A row of each table with nothing but its key. */
const BLANK: SourceTables = {
  ContactDetails: { id: 0, surname: null, forenames: null },
  GmcDetails: { id: 0, gmcNumber: null },
  Person: { id: 0, role: null },
  Programme: { id: 0, owner: null, programmeName: null, programmeNumber: null },
  ProgrammeMembership: {
    uuid: '',
    personId: null,
    programmeId: null,
    programmeMembershipType: null,
    programmeStartDate: null,
    programmeEndDate: null,
  },
  CurriculumMembership: {
    id: 0,
    programmeMembershipUuid: null,
    personId: null,
    curriculumId: null,
    curriculumStartDate: null,
    curriculumEndDate: null,
  },
  Placement: { traineeId: null, gradeId: null, dateFrom: null, dateTo: null },
  doctorsForDB: {
    storedId: '',
    doctorFirstName: null,
    doctorLastName: null,
    submissionDate: null,
    dateAdded: null,
    underNotice: null,
    sanction: null,
    doctorStatus: null,
    lastUpdatedDate: null,
    designatedBodyCode: null,
    admin: null,
    existsInGmc: null,
  },
  recommendation: {
    storedId: '',
    gmcNumber: null,
    outcome: null,
    recommendationType: null,
    recommendationStatus: null,
    gmcSubmissionDate: null,
    actualSubmissionDate: null,
    gmcRevalidationId: null,
    admin: null,
  },
  exceptionLogs: { storedId: '', errorMessage: null, timestamp: null },
}

/** A row of a table with the relevant columns. */
export function row<T extends SourceTable>(table: T, columns: Partial<SourceTables[T]>): SourceTables[T] {
  return { ...BLANK[table], ...columns }
}

/** A UUID containing its number, as TCS would write it. */
export function uuid(number: number): string {
  return `abcdef00-0000-4000-8000-${String(number).padStart(12, '0')}`
}
