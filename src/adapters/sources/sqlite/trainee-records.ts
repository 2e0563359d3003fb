import { ruleColumns, valuesReader, type TcsTable } from '../../../domain/tcs-tables.ts'
import type { TcsMembership, TcsPerson } from '../../../domain/trainee.ts'
import type { RecordKind } from './schema.ts'

// A record contains the columns that the rules read, table by table, by position.

/** Texts and days. */
type Columns = readonly (string | null)[]

/** The columns of the membership, its programme's, and the end dates of its curricula. */
type MembershipFields = readonly unknown[]

/** The person's id, the columns of `ContactDetails` and `Person`, memberships and placements. */
type PersonFields = readonly [id: number, ...columns: unknown[]]

/** The columns of a table that the rules read, for a statement: numbers as text, as the rules expect. */
function listOf(table: TcsTable, alias: string): string {
  const columns = ruleColumns(table).map(({ name, kind }) => {
    const column = `${alias}.${name}`
    return kind === 'number' ? `CAST(${column} AS TEXT)` : column
  })
  return columns.join(', ')
}

/** The persons of TCS. Of two rows of `GmcDetails`, `Person` or `Programme` with the same key the first counts. */
export const TRAINEE_RECORDS: RecordKind<PersonFields, TcsPerson> = {
  table: 'trainee',
  fill: `
    INSERT INTO main.trainee (personId, number, record)
    SELECT contact.id, gmc.trimmed, json_array(
      contact.id, ${listOf('ContactDetails', 'contact')}, ${listOf('Person', 'person')},
      json(iif(gmc.rowid IS NULL, 'null', json_array(${listOf('GmcDetails', 'gmc')}))),
      json((
        SELECT json_group_array(json_array(
          ${listOf('ProgrammeMembership', 'membership')},
          json(iif(programme.rowid IS NULL, 'null', json_array(${listOf('Programme', 'programme')}))),
          json((
            SELECT json_group_array(curriculum.curriculumEndDate)
            FROM rows.CurriculumMembership AS curriculum
            WHERE curriculum.programmeMembershipUuid = membership.uuid))))
        FROM rows.ProgrammeMembership AS membership
        LEFT JOIN rows.Programme AS programme
          ON programme.rowid = (SELECT min(rowid) FROM rows.Programme WHERE id = membership.programmeId)
        WHERE membership.personId = contact.id)),
      json((
        SELECT json_group_array(json_array(${listOf('Placement', 'placement')}))
        FROM rows.Placement AS placement WHERE placement.traineeId = contact.id)))
    FROM rows.ContactDetails AS contact
    LEFT JOIN rows.GmcDetails AS gmc ON gmc.rowid = (SELECT min(rowid) FROM rows.GmcDetails WHERE id = contact.id)
    LEFT JOIN rows.Person AS person ON person.rowid = (SELECT min(rowid) FROM rows.Person WHERE id = contact.id)
    ORDER BY gmc.trimmed, contact.id`,
  rowOf: (fields) => {
    // What the statement above put there.
    const [gmcDetails, memberships, placements] = fields.slice(BELONGINGS) as [
      Columns | null,
      MembershipFields[],
      Columns[],
    ]
    return {
      ...PERSON(fields as Columns, 1),
      personId: fields[0],
      gmcDetails: gmcDetails && GMC_DETAILS(gmcDetails, 0),
      memberships: memberships.map(membershipOf),
      placements: placements.map((placement) => PLACEMENT(placement, 0)),
    }
  },
}

/** The number of a person's columns, and of a membership's. */
const BELONGINGS = 1 + ruleColumns('ContactDetails').length + ruleColumns('Person').length
const PROGRAMME_AT = ruleColumns('ProgrammeMembership').length

const PERSON = valuesReader('ContactDetails', 'Person')
const GMC_DETAILS = valuesReader('GmcDetails')
const MEMBERSHIP = valuesReader('ProgrammeMembership')
const PROGRAMME = valuesReader('Programme')
const PLACEMENT = valuesReader('Placement')

function membershipOf(fields: MembershipFields): TcsMembership {
  // As written by the statement above.
  const [programme, curriculumEndDates] = fields.slice(PROGRAMME_AT) as [Columns | null, Columns]
  return { ...MEMBERSHIP(fields as Columns, 0), programme: programme && PROGRAMME(programme, 0), curriculumEndDates }
}
