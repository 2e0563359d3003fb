import type { GmcNumber } from '../../domain/gmc-number.ts'
import type { TcsPerson } from '../../domain/trainee.ts'
import type { DoctorRecord, DoctorSource, ExceptionSource, TraineeSource } from '../../ports/sources.ts'
import type { KeyScope } from './key-scope.ts'

/** The sources, read by key. */
export interface KeyedSources {
  readonly trainees: Pick<TraineeSource, 'recordsOf'>
  readonly doctors: Pick<DoctorSource, 'recordsOf'>
  readonly exceptions: Pick<ExceptionSource, 'reasonsOf'>
}

/** What the sources have for the keys in a scope. */
export interface SourceRecords {
  /** By person id, ascending. */
  readonly persons: readonly TcsPerson[]
  readonly documents: readonly DoctorRecord[]
  readonly reasons: ReadonlyMap<GmcNumber, string>
}

/** Reads the records of all keys in scope, in one call for each source, and adds the keys of what it found. */
export async function readSources(
  { trainees, doctors, exceptions }: KeyedSources,
  scope: KeyScope,
): Promise<SourceRecords> {
  const personIds = [...scope.persons]
  const numbers = [...scope.numbers]
  const storedIds = [...scope.documents]
  const [persons, documents, reasons] = await Promise.all([
    personIds.length + numbers.length > 0 ? trainees.recordsOf({ personIds, numbers }) : [],
    numbers.length + storedIds.length > 0 ? doctors.recordsOf({ numbers, storedIds }) : [],
    numbers.length > 0 ? exceptions.reasonsOf(numbers) : new Map<GmcNumber, string>(),
  ])
  for (const person of persons) scope.addPerson(person)
  for (const { doctor } of documents) scope.addDocument(doctor.storedId)
  return { persons: persons.toSorted((a, b) => a.personId - b.personId), documents, reasons }
}
