import { compareRecommendations } from '../../../src/domain/doctor.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import type { DoctorRecord } from '../../../src/ports/sources.ts'
import type { TableRows } from './rows.ts'

/** What a trainee source must return for the tables, in the simplest way: each row is compared with all others. */
export function personsIn(tables: TableRows): TcsPerson[] {
  const { ContactDetails = [], GmcDetails = [], Person = [], ProgrammeMembership = [] } = tables
  const { Programme = [], CurriculumMembership = [], Placement = [] } = tables
  return ContactDetails.map(({ id, surname, forenames }) => {
    const gmc = GmcDetails.find((each) => each.id === id)
    const memberships = ProgrammeMembership.filter((each) => each.personId === id).map((membership) => {
      const programme = Programme.find((each) => each.id === membership.programmeId)
      const curricula = CurriculumMembership.filter(
        (each) => each.programmeMembershipUuid?.toLowerCase() === membership.uuid.toLowerCase(),
      )
      return {
        programmeMembershipType: membership.programmeMembershipType,
        programmeStartDate: membership.programmeStartDate,
        programmeEndDate: membership.programmeEndDate,
        programme: programme ? { programmeName: programme.programmeName, owner: programme.owner } : null,
        curriculumEndDates: curricula.map((each) => each.curriculumEndDate),
      }
    })
    return {
      personId: id,
      surname,
      forenames,
      role: Person.find((each) => each.id === id)?.role ?? null,
      gmcDetails: gmc ? { gmcNumber: gmc.gmcNumber } : null,
      memberships,
      placements: Placement.filter((each) => each.traineeId === id).map(({ gradeId, dateFrom, dateTo }) => ({
        gradeId: gradeId?.toString() ?? null,
        dateFrom,
        dateTo,
      })),
    }
  })
}

/** What a doctor source must return for the collections. */
export function doctorsIn({ doctorsForDB = [], recommendation = [] }: TableRows): DoctorRecord[] {
  return doctorsForDB.map((doctor) => {
    const own = recommendation.filter((each) => each.gmcNumber === doctor.storedId)
    const latest = own.toSorted(compareRecommendations).at(-1)
    const same = doctorsForDB.filter((each) => each.storedId.trim() === doctor.storedId.trim())
    return {
      doctor,
      latest: latest
        ? {
            storedId: latest.storedId,
            outcome: latest.outcome,
            actualSubmissionDate: latest.actualSubmissionDate,
            gmcSubmissionDate: latest.gmcSubmissionDate,
          }
        : null,
      sharesNumber: same.length > 1 && /^[0-9]{7}$/.test(doctor.storedId.trim()),
    }
  })
}

/** Rows sorted, including the lists in them, to compare results of any order. */
export function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each: unknown) => inOrder(each))
    return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, each]): [string, unknown] => [name, inOrder(each)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
