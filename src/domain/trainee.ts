import { dayOrNull, type Day } from './day.ts'
import { bodyOfOwner, type DesignatedBodies } from './designated-bodies.ts'
import type { RecordOf, TRAINEE_FIELDS } from './fields.ts'
import { shownNumber } from './gmc-number.ts'
import type { TcsValues } from './tcs-tables.ts'
import { compareByCodePoint, textOrNull } from './text.ts'

/** One programme membership as TCS stores it; dates as text, null if the column is. */
export interface TcsMembership extends TcsValues<'ProgrammeMembership'> {
  /** Null where the programme is unknown: the membership counts, without name and owner. */
  readonly programme: TcsValues<'Programme'> | null
  /** One entry for each curriculum of the membership. */
  readonly curriculumEndDates: readonly (string | null)[]
}

/** One placement as TCS stores it. */
export type TcsPlacement = TcsValues<'Placement'>

/** One person of TCS with all that the rules need: a `ContactDetails` row and the rows that refer to it. */
export interface TcsPerson extends TcsValues<'ContactDetails'>, TcsValues<'Person'> {
  readonly personId: number
  /** Null without a `GmcDetails` row; a row without a number is `{ gmcNumber: null }`. */
  readonly gmcDetails: TcsValues<'GmcDetails'> | null
  readonly memberships: readonly TcsMembership[]
  /** None if TCS has no placements. */
  readonly placements: readonly TcsPlacement[]
}

/** A trainee as tcs sends it and a row stores it. Blank text is null. */
export type Trainee = RecordOf<typeof TRAINEE_FIELDS>

/** A membership whose dates are days. */
interface DatedMembership {
  readonly stored: TcsMembership
  readonly start: Day | null
  readonly end: Day | null
  readonly curriculumEnd: Day | null
}

function dated(stored: TcsMembership): DatedMembership {
  return {
    stored,
    start: dayOrNull('programmeStartDate', stored.programmeStartDate),
    end: dayOrNull('programmeEndDate', stored.programmeEndDate),
    curriculumEnd: latest(stored.curriculumEndDates),
  }
}

function latest(days: readonly (string | null)[]): Day | null {
  let result: Day | null = null
  for (const text of days) {
    const day = dayOrNull('curriculumEndDate', text)
    if (day !== null && (result === null || day > result)) result = day
  }
  return result
}

function isCurrent({ start, end }: { readonly start: Day | null; readonly end: Day | null }, today: Day): boolean {
  return start !== null && end !== null && start <= today && today <= end
}

/** The programmes' names by code point, repeated ones too; programmes without a name are left out. */
function namesOf(memberships: readonly DatedMembership[]): string | null {
  const names: string[] = []
  for (const { stored } of memberships) {
    const name = textOrNull(stored.programme?.programmeName)
    if (name !== null) names.push(name)
  }
  if (names.length > 1) names.sort(compareByCodePoint)
  return names.length === 0 ? null : names.join(' | ')
}

/** The ids of the grades of the current placements, each once, in ascending order. */
function gradesOf(placements: readonly TcsPlacement[], today: Day): string | null {
  if (placements.length === 0) return null
  const grades = new Set<string>()
  for (const { gradeId, dateFrom, dateTo } of placements) {
    const days = { start: dayOrNull('dateFrom', dateFrom), end: dayOrNull('dateTo', dateTo) }
    const grade = textOrNull(gradeId)
    if (grade !== null && isCurrent(days, today)) grades.add(grade)
  }
  // Of whole numbers the longer one is the greater.
  const sorted = [...grades].sort((a, b) => a.length - b.length || compareByCodePoint(a, b))
  return sorted.length === 0 ? null : sorted.join(' | ')
}

/**
 * The trainee for a person of TCS on a given day. Throws `RowFault` if a date is impossible, in a membership or
 * placement that is not current too. Source: rules, "A trainee, from TCS".
 */
export function traineeOf(person: TcsPerson, today: Day, bodies: DesignatedBodies): Trainee {
  const current = person.memberships.map(dated).filter((membership) => isCurrent(membership, today))
  const only = current.length === 1 ? current[0] : undefined
  const programmeOwner = textOrNull(only?.stored.programme?.owner)
  return {
    tcsPersonId: person.personId,
    gmcReferenceNumber: shownNumber(person.gmcDetails?.gmcNumber),
    doctorFirstName: textOrNull(person.forenames),
    doctorLastName: textOrNull(person.surname),
    programmeName: namesOf(current),
    programmeMembershipType: textOrNull(only?.stored.programmeMembershipType),
    tcsDesignatedBody: bodyOfOwner(bodies, programmeOwner),
    programmeOwner,
    programmeMembershipStartDate: only?.start ?? null,
    programmeMembershipEndDate: only?.end ?? null,
    curriculumEndDate: only?.curriculumEnd ?? null,
    placementGrade: gradesOf(person.placements, today),
  }
}

/** Which persons of TCS become trainees: all, as in 2022, or only the usable ones, as today. */
export type TraineeSelection = 'all' | 'usable'

const NO_NUMBER = new Set(['unknown', 'na', 'n/a'])
const UNUSABLE_ROLES = ['dummy', 'placeholder']

/** Whether a person becomes a trainee under a selection. Source: rules, "Which trainees". */
export function isSelected(person: TcsPerson, selection: TraineeSelection): boolean {
  return exclusionOf(person, selection) === null
}

/** Why a selection excludes a person, as a clause; null if it does not. */
export function exclusionOf(person: TcsPerson, selection: TraineeSelection): string | null {
  if (selection === 'all') return null
  const number = textOrNull(person.gmcDetails?.gmcNumber)
  if (number === null) return 'there is no GMC number'
  if (number.includes('\u00a0')) return 'the GMC number contains a non-breaking space'
  if (NO_NUMBER.has(number.trim().toLowerCase())) return `the GMC number is "${number.trim()}"`
  const role = (person.role ?? '').toLowerCase()
  const unusable = UNUSABLE_ROLES.find((word) => role.includes(word))
  return unusable === undefined ? null : `the role contains "${unusable}"`
}

/** Whether a membership is current on a day. Throws `RowFault` if a date is impossible. */
export function isCurrentMembership(stored: TcsMembership, today: Day): boolean {
  return isCurrent(dated(stored), today)
}
