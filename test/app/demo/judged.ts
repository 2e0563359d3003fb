import { compareRecommendations } from '../../../src/domain/doctor.ts'
import type { TcsMembership, TcsPerson, TcsPlacement } from '../../../src/domain/trainee.ts'
import type { SourceTables } from '../../../src/ports/source-filling.ts'
import type { Tables } from './tables.ts'

/** The persons of TCS as the rules get them, by a plain join. */
export function tcsPersons(tables: Tables): TcsPerson[] {
  const gmcDetails = new Map(tables.GmcDetails.map((row) => [row.id, { gmcNumber: row.gmcNumber }]))
  const roles = new Map(tables.Person.map((row) => [row.id, row.role]))
  const programmes = new Map(tables.Programme.map((row) => [row.id, row]))
  const curricula = Map.groupBy(tables.CurriculumMembership, (row) => row.programmeMembershipUuid?.toLowerCase())
  const memberships = Map.groupBy(tables.ProgrammeMembership, (row) => row.personId)
  const membershipOf = (row: SourceTables['ProgrammeMembership']): TcsMembership => ({
    programmeMembershipType: row.programmeMembershipType,
    programmeStartDate: row.programmeStartDate,
    programmeEndDate: row.programmeEndDate,
    programme: programmes.get(row.programmeId ?? 0) ?? null,
    curriculumEndDates: (curricula.get(row.uuid.toLowerCase()) ?? []).map((each) => each.curriculumEndDate),
  })
  const placements = Map.groupBy(tables.Placement, (row) => row.traineeId)
  const placementOf = ({ gradeId, dateFrom, dateTo }: SourceTables['Placement']): TcsPlacement => ({
    gradeId: gradeId === null ? null : String(gradeId),
    dateFrom,
    dateTo,
  })
  return tables.ContactDetails.map(({ id, surname, forenames }) => ({
    personId: id,
    surname,
    forenames,
    role: roles.get(id) ?? null,
    gmcDetails: gmcDetails.get(id) ?? null,
    memberships: (memberships.get(id) ?? []).map(membershipOf),
    placements: (placements.get(id) ?? []).map(placementOf),
  }))
}

/** The recommendations of each stored number, from the earliest to the latest. */
export function recommendationsInOrder(tables: Tables): Map<string, SourceTables['recommendation'][]> {
  const byNumber = Map.groupBy(tables.recommendation, (row) => row.gmcNumber ?? '')
  for (const rows of byNumber.values()) rows.sort(compareRecommendations)
  return byNumber
}
