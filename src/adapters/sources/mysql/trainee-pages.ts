import { RevalError } from '../../../errors/reval-error.ts'
import type { TcsMembership, TcsPerson } from '../../../domain/trainee.ts'
import type { Cell, MysqlConnection } from './connection.ts'

/** A membership is filled with its curricula once it stands with its person. */
type Membership = TcsMembership & { readonly curriculumEndDates: (string | null)[] }
type Person = TcsPerson & { readonly memberships: Membership[] }

export interface PageOptions {
  readonly rows: number
  /** Whether UUIDs of curricula compare without regard to case, so that one way of writing finds all. */
  readonly foldsCurricula: boolean
}

/** More UUIDs at once gain nothing, and a statement has a greatest length. */
const UUIDS_AT_ONCE = 5_000

/** The persons of TCS by id, page after page; each page is three queries, however many rows there are. */
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
    `SELECT contact.id, contact.surname, contact.forenames, gmc.id, gmc.gmcNumber, person.role
     FROM (SELECT id, surname, forenames FROM ContactDetails ${after === null ? '' : 'WHERE id > ?'}
           ORDER BY id LIMIT ${rows}) AS contact
     LEFT JOIN GmcDetails AS gmc ON gmc.id = contact.id
     LEFT JOIN Person AS person ON person.id = contact.id
     ORDER BY contact.id`,
    after === null ? [] : [after],
  )
  const persons = new Map<number, Person>()
  for (const [id, surname, forenames, gmcId, gmcNumber, role] of found) {
    const personId = wholeNumber(id)
    // A second row of one id can only be where a table lacks its primary key.
    if (persons.has(personId)) continue
    persons.set(personId, {
      personId,
      surname: textOf(surname),
      forenames: textOf(forenames),
      role: textOf(role),
      gmcDetails: gmcId === null || gmcId === undefined ? null : { gmcNumber: textOf(gmcNumber) },
      memberships: [],
    })
  }
  return persons
}

/** Gives the persons from `first` to `last` their memberships, and returns these by UUID in lower case. */
async function addMemberships(
  connection: MysqlConnection,
  persons: ReadonlyMap<number, Person>,
  first: number,
  last: number,
): Promise<Map<string, { readonly uuid: string; readonly memberships: Membership[] }>> {
  const found = await connection.query(
    `SELECT membership.uuid, membership.personId, membership.programmeMembershipType,
       membership.programmeStartDate, membership.programmeEndDate,
       programme.id, programme.programmeName, programme.owner
     FROM ProgrammeMembership AS membership
     LEFT JOIN Programme AS programme ON programme.id = membership.programmeId
     WHERE membership.personId BETWEEN ? AND ?`,
    [first, last],
  )
  const byUuid = new Map<string, { readonly uuid: string; readonly memberships: Membership[] }>()
  for (const [storedUuid, personId, type, startDate, endDate, programmeId, programmeName, owner] of found) {
    // Memberships of persons who do not exist lie between those that do.
    const person = persons.get(Number(personId))
    if (person === undefined) continue
    const membership: Membership = {
      programmeMembershipType: textOf(type),
      programmeStartDate: textOf(startDate),
      programmeEndDate: textOf(endDate),
      programme:
        programmeId === null || programmeId === undefined
          ? null
          : { programmeName: textOf(programmeName), owner: textOf(owner) },
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
      // A collation may find what differs by more than its case: that is another membership's.
      const owners = memberships.get(textOf(uuid)?.toLowerCase() ?? '')
      for (const membership of owners?.memberships ?? []) membership.curriculumEndDates.push(day)
    }
  }
}

/** Any column as the text that the rules judge. */
function textOf(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined) return null
  return typeof cell === 'string' ? cell : cell.toString()
}

function wholeNumber(cell: Cell | undefined): number {
  const number = Number(cell)
  if (Number.isSafeInteger(number)) return number
  throw new RevalError('SOURCE_FAILED', `ContactDetails.id ${textOf(cell) ?? 'null'} is not a whole number up to 2^53`)
}
