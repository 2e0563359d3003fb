import { day, id, reference, referenceDue, text, textKey, type Cell } from './cells.ts'
import type { TableFields } from './row-fields.ts'

/** How the rows of the TCS tables are read and checked, each for itself. */
export const TCS_TABLES = {
  ContactDetails: { id, surname: text, forenames: text },
  GmcDetails: { id, gmcNumber: text },
  Person: { id, role: text },
  Programme: { id, owner: text, programmeName: text, programmeNumber: text },
  ProgrammeMembership: {
    uuid: textKey,
    personId: referenceDue,
    programmeId: reference,
    programmeMembershipType: text,
    programmeStartDate: day,
    programmeEndDate: day,
  },
  CurriculumMembership: {
    id,
    programmeMembershipUuid: text,
    personId: reference,
    curriculumId: reference,
    curriculumStartDate: day,
    curriculumEndDate: day,
  },
} as const satisfies { readonly [T in TcsTable]: TableFields<T, Cell> }

type TcsTable =
  'ContactDetails' | 'GmcDetails' | 'Person' | 'Programme' | 'ProgrammeMembership' | 'CurriculumMembership'
