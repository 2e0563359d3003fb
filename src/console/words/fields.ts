import type { DesignatedBodies } from '../../domain/designated-bodies.ts'
import { isDay } from '../../domain/day.ts'
import type { Field } from '../../domain/fields.ts'
import { bodyInWords } from './bodies.ts'
import { dayInWords } from './instants.ts'

/** What stands for a value that a row does not have. Pages show it in grey. */
export const NOT_GIVEN = 'Not given'

/** The fields that only the GMC's part of a row has, and lists show. */
export type DoctorOnlyField = 'dateAdded' | 'sanction'

export const FIELD_WORDS: Readonly<Record<Field | DoctorOnlyField, string>> = {
  tcsPersonId: 'TIS person id',
  gmcReferenceNumber: 'GMC number',
  doctorFirstName: 'First name',
  doctorLastName: 'Last name',
  submissionDate: 'GMC due date',
  programmeName: 'Programme',
  membershipType: 'Membership type',
  designatedBody: 'Designated body',
  gmcStatus: 'GMC outcome',
  tisStatus: 'TIS status',
  admin: 'Admin',
  lastUpdatedDate: 'Last updated',
  underNotice: 'Under notice',
  programmeOwner: 'Programme owner',
  tcsDesignatedBody: "Programme owner's body",
  curriculumEndDate: 'Curriculum ends',
  connectionStatus: 'Connected',
  membershipStartDate: 'Membership starts',
  membershipEndDate: 'Membership ends',
  placementGrade: 'Placement grade',
  existsInGmc: 'Exists in the GMC',
  exceptionReason: 'Exception reason',
  dateAdded: 'Date added',
  sanction: 'Sanction',
}

const CODES: readonly string[] = ['underNotice', 'tisStatus', 'doctorStatus']
const BODIES: readonly string[] = ['designatedBody', 'tcsDesignatedBody', 'designatedBodyCode']

/** A value of a row: days in words, codes as words, bodies by name. */
export function valueInWords(
  field: string,
  value: string | number | boolean | null | undefined,
  bodies: DesignatedBodies,
): string {
  if (value === null || value === undefined) return NOT_GIVEN
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return String(value)
  if (BODIES.includes(field)) return bodyInWords(value, bodies)
  if (field.endsWith('Date') && isDay(value)) return dayInWords(value)
  return CODES.includes(field) ? codeInWords(value) : value
}

/** READY_TO_SUBMIT is `Ready to submit`, SUBMITTED_TO_GMC `Submitted to GMC`. */
function codeInWords(code: string): string {
  const words = code
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(/\bgmc\b/, 'GMC')
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}
