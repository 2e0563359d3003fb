import { RevalError } from '../../../errors/reval-error.ts'
import { readColumns, ruleColumns, valuesReader, type TcsTable } from '../../../domain/tcs-tables.ts'
import type { TcsMembership, TcsPerson, TcsPlacement } from '../../../domain/trainee.ts'
import type { Cell, MysqlConnection } from './connection.ts'

/** Persons, whose memberships and placements are added after they are read. */
type Membership = TcsMembership & { readonly curriculumEndDates: (string | null)[] }
type Person = TcsPerson & { readonly memberships: Membership[]; readonly placements: TcsPlacement[] }

export interface PageOptions {
  readonly rows: number
  /** Whether UUIDs of curricula compare case-insensitively, so that one spelling finds all. */
  readonly foldsCurricula: boolean
  /** Whether the database has placements. */
  readonly hasPlacements: boolean
}

/** More UUIDs at once gain nothing, and the length of a statement is limited. */
const UUIDS_AT_ONCE = 5_000

/** The persons of TCS by id, page after page; each page is three or four queries, however many rows there are. */
export async function* personPages(
  connection: MysqlConnection,
  options: PageOptions,
): AsyncGenerator<readonly TcsPerson[]> {
  let after: number | null = null
  for (;;) {
    const persons = await personsAfter(connection, after, options.rows)
    const first = firstKey(persons)
    if (first === undefined) return
    const last: number = [...persons.keys()].at(-1) ?? first
    const memberships = await addMemberships(connection, persons, first, last)
    await addCurricula(connection, memberships, options)
    if (options.hasPlacements) await addPlacements(connection, persons, first, last)
    yield [...persons.values()]
    if (persons.size < options.rows) return
    after = last
  }
}

function firstKey(persons: ReadonlyMap<number, Person>): number | undefined {
  return persons.keys().next().value
}

async function personsAfter(
  connection: MysqlConnection,
  after: number | null,
  rows: number,
): Promise<Map<number, Person>> {
  const found = await connection.query(
    `SELECT contact.id, gmc.id, ${listOf('ContactDetails', 'contact')}, ${listOf('Person', 'person')},
       ${listOf('GmcDetails', 'gmc')}
     FROM (SELECT ${readColumns('ContactDetails').join(', ')} FROM ContactDetails ${after === null ? '' : 'WHERE id > ?'}
           ORDER BY id LIMIT ${rows}) AS contact
     LEFT JOIN GmcDetails AS gmc ON gmc.id = contact.id
     LEFT JOIN Person AS person ON person.id = contact.id
     ORDER BY contact.id`,
    after === null ? [] : [after],
  )
  const ofGmc = ruleColumns('ContactDetails').length + ruleColumns('Person').length
  const persons = new Map<number, Person>()
  for (const [id, gmcId, ...others] of found) {
    const cells = others.map(textOf)
    const personId = wholeNumber(id)
    // Two rows with the same id are possible only if a table lacks its primary key.
    if (persons.has(personId)) continue
    persons.set(personId, {
      ...PERSON(cells, 0),
      personId,
      gmcDetails: gmcId === null || gmcId === undefined ? null : GMC_DETAILS(cells, ofGmc),
      memberships: [],
      placements: [],
    })
  }
  return persons
}

const PERSON = valuesReader('ContactDetails', 'Person')
const GMC_DETAILS = valuesReader('GmcDetails')
const MEMBERSHIP = valuesReader('ProgrammeMembership')
const PROGRAMME = valuesReader('Programme')
const PLACEMENT = valuesReader('Placement')

/** The columns of a table that the rules read, for a statement. */
function listOf(table: TcsTable, alias: string): string {
  return ruleColumns(table)
    .map(({ name }) => `${alias}.${name}`)
    .join(', ')
}

/** Adds the memberships of the persons from `first` to `last`, and returns them by UUID in lower case. */
async function addMemberships(
  connection: MysqlConnection,
  persons: ReadonlyMap<number, Person>,
  first: number,
  last: number,
): Promise<Map<string, { readonly uuid: string; readonly memberships: Membership[] }>> {
  const found = await connection.query(
    `SELECT membership.uuid, membership.personId, programme.id,
       ${listOf('ProgrammeMembership', 'membership')}, ${listOf('Programme', 'programme')}
     FROM ProgrammeMembership AS membership
     LEFT JOIN Programme AS programme ON programme.id = membership.programmeId
     WHERE membership.personId BETWEEN ? AND ?`,
    [first, last],
  )
  const ofProgramme = ruleColumns('ProgrammeMembership').length
  const byUuid = new Map<string, { readonly uuid: string; readonly memberships: Membership[] }>()
  for (const [storedUuid, personId, programmeId, ...others] of found) {
    const cells = others.map(textOf)
    // There are memberships of persons who do not exist among the others.
    const person = persons.get(Number(personId))
    if (person === undefined) continue
    const membership: Membership = {
      ...MEMBERSHIP(cells, 0),
      programme: programmeId === null || programmeId === undefined ? null : PROGRAMME(cells, ofProgramme),
      curriculumEndDates: [],
    }
    person.memberships.push(membership)
    const uuid = textOf(storedUuid)
    if (uuid === null) continue
    const key = uuid.toLowerCase()
    const same = byUuid.get(key)
    if (same === undefined) byUuid.set(key, { uuid, memberships: [membership] })
    else same.memberships.push(membership)
  }
  return byUuid
}

async function addCurricula(
  connection: MysqlConnection,
  memberships: ReadonlyMap<string, { readonly uuid: string; readonly memberships: readonly Membership[] }>,
  { foldsCurricula }: PageOptions,
): Promise<void> {
  const written = [...memberships.values()].flatMap(({ uuid }) =>
    foldsCurricula ? [uuid] : new Set([uuid, uuid.toLowerCase(), uuid.toUpperCase()]).values().toArray(),
  )
  for (let from = 0; from < written.length; from += UUIDS_AT_ONCE) {
    const found = await connection.query(
      'SELECT programmeMembershipUuid, curriculumEndDate FROM CurriculumMembership WHERE programmeMembershipUuid IN (?)',
      [written.slice(from, from + UUIDS_AT_ONCE)],
    )
    for (const [uuid, endDate] of found) {
      const day = textOf(endDate)
      // A collation may match UUIDs that differ by more than case: those belong to other memberships.
      const owners = memberships.get(textOf(uuid)?.toLowerCase() ?? '')
      for (const membership of owners?.memberships ?? []) membership.curriculumEndDates.push(day)
    }
  }
}

/** Adds the placements of the persons from `first` to `last`. */
async function addPlacements(
  connection: MysqlConnection,
  persons: ReadonlyMap<number, Person>,
  first: number,
  last: number,
): Promise<void> {
  const found = await connection.query(
    `SELECT placement.traineeId, ${listOf('Placement', 'placement')} FROM Placement AS placement WHERE placement.traineeId BETWEEN ? AND ?`,
    [first, last],
  )
  for (const [personId, ...cells] of found) {
    persons.get(Number(personId))?.placements.push(PLACEMENT(cells.map(textOf), 0))
  }
}

/** Any column as text, for the rules. */
function textOf(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined) return null
  return typeof cell === 'string' ? cell : cell.toString()
}

function wholeNumber(cell: Cell | undefined): number {
  const number = Number(cell)
  if (Number.isSafeInteger(number)) return number
  throw new RevalError('SOURCE_FAILED', `ContactDetails.id ${textOf(cell) ?? 'null'} is not a whole number up to 2^53`)
}
