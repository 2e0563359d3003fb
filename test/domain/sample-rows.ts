import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { doctorOf, outcomeOf, type Recommendation, type StoredDoctor } from '../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import { NO_NUMBER_PARTS, rowsOfNumber, type Row } from '../../src/domain/row.ts'
import { textOrNull } from '../../src/domain/text.ts'
import { traineeOf, type Trainee } from '../../src/domain/trainee.ts'
import { TODAY } from './examples.ts'
import { sampleDoctors, samplePersons, sampleReasons } from './sample-source.ts'

/** What a run reads. */
export interface SourceRows {
  readonly trainees: readonly Trainee[]
  readonly doctors: readonly { readonly stored: StoredDoctor; readonly latest: Recommendation | null }[]
  readonly reasons: readonly { readonly storedId: string; readonly reason: string | null }[]
}

export function sampleSources(): SourceRows {
  return {
    trainees: samplePersons().map((person) => traineeOf(person, TODAY, DESIGNATED_BODIES)),
    doctors: sampleDoctors(),
    reasons: sampleReasons(),
  }
}

/** The rows that a run writes for the sources: doctors with their trainees, then unjoined trainees. */
export function rowsOf({ trainees, doctors, reasons: stored }: SourceRows): Row[] {
  const traineesOf = Map.groupBy(trainees, ({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber))
  const reasons = new Map(stored.map(({ storedId, reason }) => [gmcNumber(storedId), textOrNull(reason)]))
  const reasonOf = (number: GmcNumber | null) => (number === null ? null : (reasons.get(number) ?? null))
  const joined = doctors.flatMap(({ stored: document, latest }) => {
    const doctor = doctorOf(document)
    const number = gmcNumber(document.storedId)
    const itsTrainees = number === null ? [] : (traineesOf.get(number) ?? [])
    if (number !== null) traineesOf.delete(number)
    const outcome = outcomeOf(doctor.underNotice, latest, TODAY)
    return rowsOfNumber(itsTrainees, { doctor, outcome, reason: reasonOf(number) })
  })
  const unjoined = [...traineesOf].flatMap(([number, alone]) =>
    rowsOfNumber(alone, { ...NO_NUMBER_PARTS, reason: reasonOf(number) }),
  )
  return [...joined, ...unjoined]
}
