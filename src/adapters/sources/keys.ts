import { gmcNumber } from '../../domain/gmc-number.ts'
import type { TcsPerson } from '../../domain/trainee.ts'
import type { DoctorRecord, DoctorRecordKeys, TraineeRecordKeys } from '../../ports/sources.ts'

// Databases compare texts by rules of their own: what a query finds may be more than what was asked for.

/** Whether a document has one of the numbers, trimmed, or one of the ids. */
export function isWantedDoctor(keys: DoctorRecordKeys): (record: DoctorRecord) => boolean {
  const numbers = new Set<string>(keys.numbers)
  const storedIds = new Set(keys.storedIds)
  return ({ doctor: { storedId } }) => storedIds.has(storedId) || numbers.has(gmcNumber(storedId) ?? '')
}

/** Whether a person has one of the ids, or one of the numbers, trimmed. */
export function isWantedPerson(keys: TraineeRecordKeys): (person: TcsPerson) => boolean {
  const numbers = new Set<string>(keys.numbers)
  const personIds = new Set(keys.personIds)
  return ({ personId, gmcDetails }) => personIds.has(personId) || numbers.has(gmcNumber(gmcDetails?.gmcNumber) ?? '')
}
