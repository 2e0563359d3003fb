import type { TcsMembership, TcsPerson } from '../../../domain/trainee.ts'
import type { RecordKind } from './schema.ts'

type MembershipFields = readonly [
  type: string | null,
  startDate: string | null,
  endDate: string | null,
  programme: readonly [name: string | null, owner: string | null] | null,
  curriculumEndDates: readonly (string | null)[],
]

type PersonFields = readonly [
  id: number,
  surname: string | null,
  forenames: string | null,
  role: string | null,
  gmcDetails: readonly [gmcNumber: string | null] | null,
  memberships: readonly MembershipFields[],
]

/** The persons of TCS. Of two rows of `GmcDetails`, `Person` or `Programme` with one key the first counts. */
export const TRAINEE_RECORDS: RecordKind<PersonFields, TcsPerson> = {
  table: 'trainee',
  fill: `
    INSERT INTO main.trainee (record)
    SELECT json_array(
      contact.id, contact.surname, contact.forenames, person.role,
      json(iif(gmc.rowid IS NULL, 'null', json_array(gmc.gmcNumber))),
      json((
        SELECT json_group_array(json_array(
          membership.type, membership.startDate, membership.endDate,
          json(iif(programme.rowid IS NULL, 'null', json_array(programme.programmeName, programme.owner))),
          json((
            SELECT json_group_array(curriculum.endDate)
            FROM rows.CurriculumMembership AS curriculum WHERE curriculum.uuidKey = membership.uuidKey))))
        FROM rows.ProgrammeMembership AS membership
        LEFT JOIN rows.Programme AS programme
          ON programme.rowid = (SELECT min(rowid) FROM rows.Programme WHERE id = membership.programmeId)
        WHERE membership.personId = contact.id)))
    FROM rows.ContactDetails AS contact
    LEFT JOIN rows.GmcDetails AS gmc ON gmc.rowid = (SELECT min(rowid) FROM rows.GmcDetails WHERE id = contact.id)
    LEFT JOIN rows.Person AS person ON person.rowid = (SELECT min(rowid) FROM rows.Person WHERE id = contact.id)
    ORDER BY gmc.trimmed, contact.id`,
  rowOf: ([personId, surname, forenames, role, gmcDetails, memberships]) => ({
    personId,
    surname,
    forenames,
    role,
    gmcDetails: gmcDetails && { gmcNumber: gmcDetails[0] },
    memberships: memberships.map(membershipOf),
  }),
}

function membershipOf([type, startDate, endDate, programme, curriculumEndDates]: MembershipFields): TcsMembership {
  return {
    programmeMembershipType: type,
    programmeStartDate: startDate,
    programmeEndDate: endDate,
    programme: programme && { programmeName: programme[0], owner: programme[1] },
    curriculumEndDates,
  }
}
