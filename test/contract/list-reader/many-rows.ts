import { DOCTOR_STATUS, GMC_OUTCOME, UNDER_NOTICE } from '../../../src/domain/codes.ts'
import type { Row } from '../../../src/domain/row.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'
import { LONDON, NORTH, WESSEX } from './fixture.ts'

const NAMES = ['Ann', 'Änn', 'ANN', "O'Neil", 'Oneil', 'Smith-Jones', 'de la Cruz', 'Straße', 'Þór', '李', '—', null]
const PROGRAMMES = ['Cardiology', 'General Surgery', 'Core | General Surgery', 'Renal Medicine (East)', '—', null]
const TYPES = ['SUBSTANTIVE', 'Visitor', 'MILITARY', 'substantive', null]
const OWNERS = ['Wessex', 'north east', 'Nörth East', null]
const ADMINS = ['a@example.nhs.uk', 'B@example.nhs.uk', 'b@example.nhs.uk', null]
const REASONS = ['Missing body', 'missing body', 'Expired', null, null, null]
const BODIES = [NORTH, WESSEX, LONDON, null]
const DAYS = [...Array.from({ length: 9 }, (_, at) => `2027-01-0${at + 1}`), '2025-12-31', null, null, null]

/**
 * So many rows with few different values, of which some are missing, in each column and in any combination: most places in an order
 * are decided by the ties. In no order of theirs; the same with each call.
 */
export function manyRows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, at) => rowAt(at))
}

function rowAt(at: number): Row {
  let state = at + 1
  // Some bits of a product: rows that follow each other have nothing in common.
  const pick = <T>(values: readonly T[]): T => {
    state = (Math.imul(state, 48_271) + 11) >>> 0
    return values[(state >>> 8) % values.length] as T
  }
  const names = { doctorFirstName: pick(NAMES), doctorLastName: pick(NAMES) }
  const number = pick([String(1_000_000 + (at % 4_000)), String(2_000_000 + at), 'UNKNOWN'])
  const trainee = aTrainee({
    ...names,
    tcsPersonId: at,
    gmcReferenceNumber: pick([number, null]),
    programmeName: pick(PROGRAMMES),
    programmeMembershipType: pick(TYPES),
    programmeOwner: pick(OWNERS),
    programmeMembershipStartDate: pick(DAYS),
    programmeMembershipEndDate: pick(DAYS),
    curriculumEndDate: pick(DAYS),
    placementGrade: pick(['1', '279', null]),
    tcsDesignatedBody: pick(BODIES),
  })
  const doctor = aDoctor({
    ...names,
    gmcReferenceNumber: number,
    submissionDate: pick(DAYS),
    lastUpdatedDate: pick(DAYS),
    underNotice: pick([...UNDER_NOTICE, null]),
    doctorStatus: pick([...DOCTOR_STATUS, null]),
    designatedBodyCode: pick(BODIES),
    admin: pick(ADMINS),
    existsInGmc: pick([true, true, true, false]),
  })
  const has = pick(['both', 'both', 'both', 'trainee'] as const)
  return aRow(`tcs-${at}`, {
    trainee,
    doctor: has === 'both' ? doctor : null,
    outcome: pick([...GMC_OUTCOME, null]),
    reason: pick(REASONS),
  })
}
