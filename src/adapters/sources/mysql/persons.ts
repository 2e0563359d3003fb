import { RevalError } from '../../../errors/reval-error.ts'
import { inChunks } from '../../../domain/chunks.ts'
import { readColumns, ruleColumns, valuesReader, type TcsTable } from '../../../domain/tcs-tables.ts'
import type { TcsMembership, TcsPerson, TcsPlacement } from '../../../domain/trainee.ts'
import type { TraineeRecordKeys } from '../../../ports/sources.ts'
import { isWantedPerson } from '../keys.ts'
import type { Cell, MysqlConnection, Parameter } from './connection.ts'

/** Persons, whose memberships and placements are added after they are read. */
type Membership = TcsMembership & { readonly curriculumEndDates: (string | null)[] }
type Person = TcsPerson & { readonly memberships: Membership[]; readonly placements: TcsPlacement[] }

export interface PersonOptions {
  /** Whether UUIDs of curricula compare case-insensitively, so that one spelling finds all. */
  readonly foldsCurricula: boolean
  /** Whether the database has placements. */
  readonly hasPlacements: boolean
}

/** A condition on a column: the SQL after its name, and the values of the `?`. */
interface Condition {
  readonly sql: string
  readonly values: readonly Parameter[]
}

/** More keys at once gain nothing, and the length of a statement is limited. */
const KEYS_AT_ONCE = 5_000

/** The persons of TCS by id, page after page; each page is three or four queries, however many rows there are. */
export async function* personPages(
  connection: MysqlConnection,
  rows: number,
  options: PersonOptions,
): AsyncGenerator<readonly TcsPerson[]> {
  let after: Condition | null = null
  for (;;) {
    const persons = await contactsWhere(connection, after, `ORDER BY id LIMIT ${rows}`)
    const [first] = persons.keys()
    if (first === undefined) return
    const last: number = [...persons.keys()].at(-1) ?? first
    await addBelongings(connection, persons, { sql: 'BETWEEN ? AND ?', values: [first, last] }, options)
    yield [...persons.values()]
    if (persons.size < rows) return
    after = { sql: '> ?', values: [last] }
  }
}

/** The persons with these keys, as they are now: four or five queries for up to 5,000 keys. */
export async function personsOf(
  connection: MysqlConnection,
  keys: TraineeRecordKeys,
  options: PersonOptions,
): Promise<readonly TcsPerson[]> {
  const ids = new Set(keys.personIds)
  for (const numbers of inChunks(keys.numbers, KEYS_AT_ONCE)) {
    const found = await connection.query('SELECT id FROM GmcDetails WHERE gmcNumber IN (?)', [numbers])
    for (const [id] of found) ids.add(wholeNumber(id, 'GmcDetails'))
  }
  const read: TcsPerson[] = []
  for (const some of inChunks([...ids], KEYS_AT_ONCE)) {
    const among: Condition = { sql: 'IN (?)', values: [some] }
    const persons = await contactsWhere(connection, among)
    if (persons.size > 0) await addBelongings(connection, persons, among, options)
    read.push(...persons.values())
  }
  return read.filter(isWantedPerson(keys))
}

/** The persons whose `ContactDetails.id` meets a condition, by id. */
async function contactsWhere(
  connection: MysqlConnection,
  condition: Condition | null,
  orderAndLimit = '',
): Promise<Map<number, Person>> {
  const found = await connection.query(
    `SELECT contact.id, gmc.id, ${listOf('ContactDetails', 'contact')}, ${listOf('Person', 'person')},
       ${listOf('GmcDetails', 'gmc')}
     FROM (SELECT ${readColumns('ContactDetails').join(', ')} FROM ContactDetails
           ${condition === null ? '' : `WHERE id ${condition.sql}`} ${orderAndLimit}) AS contact
     LEFT JOIN GmcDetails AS gmc ON gmc.id = contact.id
     LEFT JOIN Person AS person ON person.id = contact.id
     ORDER BY contact.id`,
    condition?.values ?? [],
  )
  const ofGmc = ruleColumns('ContactDetails').length + ruleColumns('Person').length
  const persons = new Map<number, Person>()
  for (const [id, gmcId, ...others] of found) {
    const cells = others.map(textOf)
    const personId = wholeNumber(id, 'ContactDetails')
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

/** Adds the memberships and placements of all persons whose id meets the condition. */
async function addBelongings(
  connection: MysqlConnection,
  persons: ReadonlyMap<number, Person>,
  condition: Condition,
  options: PersonOptions,
): Promise<void> {
  const withCurricula = async () =>
    addCurricula(connection, await addMemberships(connection, persons, condition), options)
  // A connection answers one query after the other: while it works on the placements, the memberships are read here.
  await Promise.all([withCurricula(), options.hasPlacements && addPlacements(connection, persons, condition)])
}

/** Adds the memberships, and returns them by UUID in lower case. */
async function addMemberships(
  connection: MysqlConnection,
  persons: ReadonlyMap<number, Person>,
  { sql, values }: Condition,
): Promise<Map<string, { readonly uuid: string; readonly memberships: Membership[] }>> {
  const found = await connection.query(
    `SELECT membership.uuid, membership.personId, programme.id,
       ${listOf('ProgrammeMembership', 'membership')}, ${listOf('Programme', 'programme')}
     FROM ProgrammeMembership AS membership
     LEFT JOIN Programme AS programme ON programme.id = membership.programmeId
     WHERE membership.personId ${sql}`,
    values,
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
  { foldsCurricula }: PersonOptions,
): Promise<void> {
  const written = [...memberships.values()].flatMap(({ uuid }) =>
    foldsCurricula ? [uuid] : new Set([uuid, uuid.toLowerCase(), uuid.toUpperCase()]).values().toArray(),
  )
  for (const uuids of inChunks(written, KEYS_AT_ONCE)) {
    const found = await connection.query(
      'SELECT programmeMembershipUuid, curriculumEndDate FROM CurriculumMembership WHERE programmeMembershipUuid IN (?)',
      [uuids],
    )
    for (const [uuid, endDate] of found) {
      const day = textOf(endDate)
      // A collation may match UUIDs that differ by more than case: those belong to other memberships.
      const owners = memberships.get(textOf(uuid)?.toLowerCase() ?? '')
      for (const membership of owners?.memberships ?? []) membership.curriculumEndDates.push(day)
    }
  }
}

async function addPlacements(
  connection: MysqlConnection,
  persons: ReadonlyMap<number, Person>,
  { sql, values }: Condition,
): Promise<void> {
  const found = await connection.query(
    `SELECT placement.traineeId, ${listOf('Placement', 'placement')} FROM Placement AS placement
     WHERE placement.traineeId ${sql}`,
    values,
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

function wholeNumber(cell: Cell | undefined, table: TcsTable): number {
  const number = Number(cell)
  if (Number.isSafeInteger(number)) return number
  throw new RevalError('SOURCE_FAILED', `${table}.id ${textOf(cell) ?? 'null'} is not a whole number up to 2^53`)
}
