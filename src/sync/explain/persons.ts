import type { Day } from '../../domain/day.ts'
import { gmcNumber } from '../../domain/gmc-number.ts'
import { RowFault } from '../../domain/row-fault.ts'
import { exclusionOf, isCurrentMembership, type TcsMembership, type TcsPerson } from '../../domain/trainee.ts'
import type { SyncSettings } from '../context.ts'
import type { SourceRecords } from '../refresh/source-reading.ts'
import type { ExplainedPerson, SharedNumber } from './explanation.ts'

/** The persons of TCS as the rules see them on a day. */
export function personsOf(
  { persons }: SourceRecords,
  day: Day,
  { trainees }: Pick<SyncSettings, 'trainees'>,
): readonly ExplainedPerson[] {
  return persons.map((person) => ({
    person,
    excludedBecause: exclusionOf(person, trainees),
    isCurrent: person.memberships.map((membership) => isCurrentOn(membership, day)),
  }))
}

function isCurrentOn(membership: TcsMembership, day: Day): boolean | null {
  try {
    return isCurrentMembership(membership, day)
  } catch (error) {
    if (error instanceof RowFault) return null
    throw error
  }
}

/** The GMC numbers that several of the persons have. */
export function sharedNumbers(persons: readonly TcsPerson[]): readonly SharedNumber[] {
  const byNumber = Map.groupBy(persons, ({ gmcDetails }) => gmcNumber(gmcDetails?.gmcNumber))
  return [...byNumber].flatMap(([number, some]) => {
    if (number === null || some.length < 2) return []
    return [{ number, personIds: some.map(({ personId }) => personId) }]
  })
}
