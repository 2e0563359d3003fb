import { DESIGNATED_BODIES, bodyOfOwner } from '../../../src/domain/designated-bodies.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import type { TcsMembership } from '../../../src/domain/trainee.ts'
import { recommendationsInOrder, tcsPersons } from './judged.ts'
import type { Tables } from './tables.ts'

/** How often each of the oddities occurs that the sample has on purpose. */
export type Census = Readonly<Record<string, number>>

export function census(tables: Tables): Census {
  return { ...censusOfNumbers(tables), ...censusOfTcs(tables), ...censusOfMemberships(tables), ...censusOfGmc(tables) }
}

function count<Row>(rows: Iterable<Row>, holds: (row: Row) => boolean): number {
  let found = 0
  for (const row of rows) if (holds(row)) found++
  return found
}

function censusOfNumbers({ ContactDetails, GmcDetails, doctorsForDB }: Tables): Census {
  const doctors = new Set(doctorsForDB.map((row) => row.storedId))
  const numbers = GmcDetails.map((row) => gmcNumber(row.gmcNumber)).filter((number) => number !== null)
  const holders = [...Map.groupBy(numbers, (number) => number).values()].map((each) => each.length)
  const trainees = new Set<string>(numbers)
  const stored = (holds: (text: string) => boolean): number =>
    count(GmcDetails, ({ gmcNumber: text }) => text !== null && holds(text))
  return {
    'persons without GMC details': ContactDetails.length - GmcDetails.length,
    'numbers that are NULL': count(GmcDetails, (row) => row.gmcNumber === null),
    'numbers padded with U+00A0': stored((text) => text.includes('\u00a0') && gmcNumber(text) !== null),
    'numbers marked as old': stored((text) => text.endsWith('(old)')),
    'numbers "UNKNOWN" in any case': stored((text) => text.toLowerCase() === 'unknown'),
    'numbers "UNKNOWN" not in upper case': stored((text) => text.toLowerCase() === 'unknown' && text !== 'UNKNOWN'),
    'numbers "N/A"': stored((text) => text === 'N/A'),
    'numbers "NA" in any case': stored((text) => text.toLowerCase() === 'na'),
    'numbers of two persons': count(holders, (each) => each === 2),
    'numbers of three persons': count(holders, (each) => each === 3),
    'persons whom the GMC knows': count(numbers, (number) => doctors.has(number)),
    'persons whom the GMC does not know': count(numbers, (number) => !doctors.has(number)),
    'doctors without a trainee': count(doctors, (number) => !trainees.has(number)),
  }
}

function censusOfTcs({ ContactDetails, Person, Programme }: Tables): Census {
  const surnames = (holds: (name: string) => boolean): number =>
    count(ContactDetails, ({ surname }) => surname !== null && holds(surname))
  const roles = (part: string): number => count(Person, ({ role }) => role?.toLowerCase().includes(part) === true)
  return {
    'surnames that are NULL': count(ContactDetails, (row) => row.surname === null),
    'forenames that are NULL': count(ContactDetails, (row) => row.forenames === null),
    'surnames "Null"': surnames((name) => name === 'Null'),
    'surnames with an apostrophe': surnames((name) => name.includes("'")),
    'surnames with a hyphen': surnames((name) => name.includes('-')),
    'surnames that begin in lower case': surnames((name) => /^\p{Ll}/u.test(name)),
    'forenames in other scripts': count(ContactDetails, ({ forenames }) =>
      /[^\p{Script=Latin}\p{P}\s]/u.test(forenames ?? ''),
    ),
    'placeholder roles': roles('placeholder'),
    'dummy roles': roles('dummy'),
    'several roles': roles(','),
    'roles that are NULL': count(Person, (row) => row.role === null),
    programmes: Programme.length,
    'programmes without an owner': count(Programme, (row) => row.owner === null),
    'programmes of an owner nobody mapped': count(
      Programme,
      ({ owner }) => owner !== null && bodyOfOwner(DESIGNATED_BODIES, owner) === null,
    ),
    'programmes with a quote and a comma': count(Programme, (row) => /,.*"/.test(row.programmeName ?? '')),
    'programmes without a name': count(Programme, (row) => row.programmeName === null),
  }
}

function censusOfMemberships(tables: Tables): Census {
  const { ProgrammeMembership, CurriculumMembership } = tables
  const persons = tcsPersons(tables)
  const memberships = persons.flatMap((person) => person.memberships)
  const uuids = new Set(ProgrammeMembership.map((row) => row.uuid))
  const of = (kind: string) => (membership: TcsMembership) => kindOf(membership) === kind
  const current = (least: number, most: number): number =>
    count(persons, (person) => {
      const found = count(person.memberships, of('current'))
      return found >= least && found <= most
    })
  return {
    'persons without a membership': count(persons, (person) => person.memberships.length === 0),
    'persons with one current membership': current(1, 1),
    'persons with two current memberships': current(2, 2),
    'persons with more current memberships': current(3, Infinity),
    'persons with past memberships only': count(
      persons,
      ({ memberships: own }) => own.length > 0 && own.every(of('past')),
    ),
    'memberships in the past': count(memberships, of('past')),
    'memberships to come': count(memberships, of('future')),
    'memberships without a start': count(memberships, of('no start')),
    'memberships without an end': count(memberships, of('no end')),
    'memberships without dates': count(memberships, of('no dates')),
    'memberships without a type': count(memberships, (each) => each.programmeMembershipType === null),
    'memberships of visitors': count(memberships, (each) => each.programmeMembershipType?.toLowerCase() === 'visitor'),
    'memberships of type "Visitor"': count(memberships, (each) => each.programmeMembershipType === 'Visitor'),
    'memberships without curricula': count(memberships, (each) => each.curriculumEndDates.length === 0),
    'memberships with several curricula': count(memberships, (each) => each.curriculumEndDates.length > 1),
    'curricula without an end': count(CurriculumMembership, (row) => row.curriculumEndDate === null),
    'UUIDs in upper case': count(ProgrammeMembership, ({ uuid }) => uuid !== uuid.toLowerCase()),
    'UUIDs that differ in case': count(CurriculumMembership, (row) => !uuids.has(row.programmeMembershipUuid ?? '')),
  }
}

function kindOf({ programmeStartDate: start, programmeEndDate: end }: TcsMembership): string {
  if (start === null) return end === null ? 'no dates' : 'no start'
  if (end === null) return 'no end'
  return start > '2029-12-31' ? 'future' : end < '2026-01-01' ? 'past' : 'current'
}

function censusOfGmc(tables: Tables): Census {
  const { doctorsForDB, recommendation, exceptionLogs } = tables
  const ordered = recommendationsInOrder(tables)
  const histories = doctorsForDB.map(({ storedId }) => ordered.get(storedId) ?? [])
  const notices = new Map(doctorsForDB.map((row) => [row.storedId, row.underNotice]))
  const approvedUnderNotice = (holds: (submitted: string | null) => boolean): number =>
    count(ordered, ([number, history]) => {
      const latest = history.at(-1)
      if (notices.get(number) !== 'YES' || latest?.outcome !== 'APPROVED') return false
      return holds(latest.actualSubmissionDate)
    })
  return {
    'doctors without a name': count(doctorsForDB, (row) => row.doctorFirstName === null && row.doctorLastName === null),
    'doctors with a name in upper case': count(
      doctorsForDB,
      ({ doctorLastName: name }) => name !== null && name === name.toUpperCase(),
    ),
    'doctors without a body': count(doctorsForDB, (row) => row.designatedBodyCode === null),
    'doctors with an empty body': count(doctorsForDB, (row) => row.designatedBodyCode === ''),
    'doctors with a blank body': count(doctorsForDB, (row) => /^ +$/.test(row.designatedBodyCode ?? '')),
    'doctors under notice': count(doctorsForDB, (row) => row.underNotice === 'YES'),
    'doctors on hold': count(doctorsForDB, (row) => row.underNotice === 'ON_HOLD'),
    'doctors of whom no notice is known': count(doctorsForDB, (row) => row.underNotice === null),
    'doctors who do not exist': count(doctorsForDB, (row) => row.existsInGmc === false),
    'doctors of whom it is unsaid': count(doctorsForDB, (row) => row.existsInGmc === null),
    'doctors without an admin': count(doctorsForDB, (row) => row.admin === null),
    'doctors without a submission date': count(doctorsForDB, (row) => row.submissionDate === null),
    recommendations: recommendation.length,
    'recommendations without an outcome': count(recommendation, (row) => row.outcome === null),
    'recommendations that were rejected': count(recommendation, (row) => row.outcome === 'REJECTED'),
    'recommendations without an actual date': count(recommendation, (row) => row.actualSubmissionDate === null),
    'doctors without a recommendation': count(histories, (history) => history.length === 0),
    'doctors with several recommendations': count(histories, (history) => history.length > 1),
    'latest recommendations tied in the actual date': count(histories, (history) => {
      const [latest, other] = history.toReversed()
      return other !== undefined && latest?.actualSubmissionDate === other.actualSubmissionDate
    }),
    'approved long ago, under notice': approvedUnderNotice(
      (submitted) => submitted !== null && submitted < '2025-12-01',
    ),
    'approved of late, under notice': approvedUnderNotice(
      (submitted) => submitted !== null && submitted > '2029-12-31',
    ),
    'approved undated, under notice': approvedUnderNotice((submitted) => submitted === null),
    reasons: exceptionLogs.length,
    'reasons that are empty': count(exceptionLogs, (row) => row.errorMessage === ''),
    'reasons that are blank': count(exceptionLogs, (row) => /^ +$/.test(row.errorMessage ?? '')),
    'reasons of numbers without a doctor': count(exceptionLogs, (row) => !notices.has(row.storedId)),
  }
}
