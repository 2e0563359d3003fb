import { generate } from '../../src/app/demo/generate.ts'
import { assemble, type AssembledDocument } from '../../src/domain/assemble.ts'
import type { Day } from '../../src/domain/day.ts'
import { DESIGNATED_BODIES, type DesignatedBodies } from '../../src/domain/designated-bodies.ts'
import { compareRecommendations, doctorOf, outcomeOf } from '../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import { rowsOfNumber } from '../../src/domain/row.ts'
import { textOrNull } from '../../src/domain/text.ts'
import { traineeOf, type TcsPerson } from '../../src/domain/trainee.ts'
import type { SourceTable, SourceTables } from '../../src/ports/source-filling.ts'

/** All sources of a run, by table. */
export type Tables = { readonly [T in SourceTable]: readonly SourceTables[T][] }

/** Generated sources with this many doctors, always the same. */
export function demoTables(doctors: number): Tables {
  const tables: { readonly [T in SourceTable]: SourceTables[T][] } = {
    ContactDetails: [],
    GmcDetails: [],
    Person: [],
    Programme: [],
    ProgrammeMembership: [],
    CurriculumMembership: [],
    Placement: [],
    doctorsForDB: [],
    recommendation: [],
    exceptionLogs: [],
  }
  const add = <T extends SourceTable>(table: T, rows: readonly SourceTables[T][]): void => {
    const into: SourceTables[T][] = tables[table]
    into.push(...rows)
  }
  for (const { table, rows } of generate({ doctors, seed: 7 })) add(table, rows)
  return tables
}

/** The tables with the rows of one table changed; null removes a row. */
export function withRows<T extends SourceTable>(
  tables: Tables,
  table: T,
  change: (row: SourceTables[T], position: number) => SourceTables[T] | null,
): Tables {
  const rows: readonly SourceTables[T][] = tables[table]
  return { ...tables, [table]: rows.map(change).filter((row) => row !== null) }
}

/** All master rows of a generation built from the tables on a day. Throws `RowFault` for an invalid row. */
export function documentsOf(
  tables: Tables,
  today: Day,
  bodies: DesignatedBodies = DESIGNATED_BODIES,
): AssembledDocument[] {
  const trainees = personsOf(tables).map((person) => traineeOf(person, today, bodies))
  const byNumber = Map.groupBy(trainees, ({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber))
  const reasons = reasonsOf(tables)
  const recommendations = Map.groupBy(tables.recommendation, (each) => each.gmcNumber)

  const ofDoctors = tables.doctorsForDB.flatMap((stored) => {
    const doctor = doctorOf(stored)
    const latest = recommendations.get(stored.storedId)?.toSorted(compareRecommendations).at(-1) ?? null
    const outcome = outcomeOf(doctor.underNotice, latest, today)
    const number = gmcNumber(stored.storedId)
    const own = number === null ? [] : (byNumber.get(number) ?? [])
    if (number !== null) byNumber.delete(number)
    return rowsOfNumber(own, { doctor, outcome, reason: reasonOf(reasons, number) })
  })
  const others = [...byNumber].flatMap(([number, alone]) =>
    rowsOfNumber(alone, { doctor: null, outcome: null, reason: reasonOf(reasons, number) }),
  )
  return [...ofDoctors, ...others].map(({ parts }) => assemble(parts))
}

function reasonsOf({ exceptionLogs }: Tables): ReadonlyMap<GmcNumber, string> {
  const reasons = new Map<GmcNumber, string>()
  for (const { storedId, errorMessage } of exceptionLogs) {
    const [number, reason] = [gmcNumber(storedId), textOrNull(errorMessage)]
    if (number !== null && reason !== null) reasons.set(number, reason)
  }
  return reasons
}

function reasonOf(reasons: ReadonlyMap<GmcNumber, string>, number: GmcNumber | null): string | null {
  return number === null ? null : (reasons.get(number) ?? null)
}

function personsOf(tables: Tables): TcsPerson[] {
  const details = new Map(tables.GmcDetails.map((row) => [row.id, row]))
  const roles = new Map(tables.Person.map((row) => [row.id, row.role]))
  const programmes = new Map(tables.Programme.map((row) => [row.id, row]))
  const memberships = Map.groupBy(tables.ProgrammeMembership, (row) => row.personId)
  const placements = Map.groupBy(tables.Placement, (row) => row.traineeId)
  const curricula = Map.groupBy(tables.CurriculumMembership, (row) => row.programmeMembershipUuid?.toLowerCase())
  return tables.ContactDetails.map(({ id, surname, forenames }) => ({
    personId: id,
    surname,
    forenames,
    role: roles.get(id) ?? null,
    gmcDetails: details.get(id) ?? null,
    memberships: (memberships.get(id) ?? []).map((row) => ({
      ...row,
      programme: programmes.get(row.programmeId ?? NaN) ?? null,
      curriculumEndDates: (curricula.get(row.uuid.toLowerCase()) ?? []).map((each) => each.curriculumEndDate),
    })),
    placements: (placements.get(id) ?? []).map((row) => ({ ...row, gradeId: row.gradeId?.toString() ?? null })),
  }))
}
