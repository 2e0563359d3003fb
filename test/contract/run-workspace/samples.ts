import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import type { ChangedKey, DoctorKey } from '../../../src/ports/run-workspace.ts'

export function number(text: string): GmcNumber {
  const found = gmcNumber(text)
  if (found === null) throw new Error(`"${text}" is not a GMC number`)
  return found
}

export const ONE = number('1111111')
export const TWO = number('2222222')
export const SMALL = number('0000007')

export function trainee(
  tcsPersonId: number,
  gmcReferenceNumber: string | null,
  changes: Partial<Trainee> = {},
): Trainee {
  return {
    tcsPersonId,
    gmcReferenceNumber,
    doctorFirstName: 'Aisha',
    doctorLastName: `Khan ${tcsPersonId}`,
    programmeName: 'Cardiology',
    programmeMembershipType: 'SUBSTANTIVE',
    tcsDesignatedBody: '1-1RSSQ1B',
    programmeOwner: 'North East',
    programmeMembershipStartDate: '2021-07-23',
    programmeMembershipEndDate: '2033-07-16',
    curriculumEndDate: null,
    placementGrade: '279',
    ...changes,
  }
}

/** A doctor whose `_id` is its number, unless given. */
export function doctor(of: GmcNumber, storedId: string = of): DoctorKey {
  return { number: of, storedId }
}

export function person(tcsPersonId: number): ChangedKey {
  return { kind: 'person', tcsPersonId }
}

export function changed(of: GmcNumber): ChangedKey {
  return { kind: 'number', number: of }
}

export function document(storedId: string): ChangedKey {
  return { kind: 'document', storedId }
}
