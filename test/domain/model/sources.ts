import type { Day } from '../../../src/domain/day.ts'
import { DESIGNATED_BODIES } from '../../../src/domain/designated-bodies.ts'
import { doctorOf, outcomeOf, type Recommendation, type StoredDoctor } from '../../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import { doctorRowId, traineeRowId, type NumberParts, type Row, type RowId } from '../../../src/domain/row.ts'
import { textOrNull } from '../../../src/domain/text.ts'
import { traineeOf, type TcsPerson, type Trainee } from '../../../src/domain/trainee.ts'
import type { DoctorMessage } from './workspace.ts'
import { numberKey, personKey, textKey, type Key } from './key.ts'

/** A document of `doctorsForDB` with its latest recommendation. */
export interface Document {
  readonly stored: StoredDoctor
  readonly latest: Recommendation | null
}

/** A change of a source; null is a deletion. */
export type Happening =
  | { readonly in: 'tcs'; readonly personId: number; readonly person: TcsPerson | null }
  | { readonly in: 'gmc'; readonly storedId: string; readonly document: Document | null }
  | { readonly in: 'exceptions'; readonly number: GmcNumber; readonly reason: string | null }

/** The sources now. Reading takes a day, because a generation has one day. */
export class Sources {
  readonly #persons = new Map<number, TcsPerson>()
  readonly #documents = new Map<string, Document>()
  readonly #reasons = new Map<GmcNumber, string>()

  /** Applies it, and returns the key that a channel announces. */
  happen(happening: Happening): Key {
    switch (happening.in) {
      case 'tcs':
        put(this.#persons, happening.personId, happening.person)
        return personKey(happening.personId)
      case 'gmc':
        put(this.#documents, happening.storedId, happening.document)
        return keyOfDocument(happening.storedId)
      case 'exceptions':
        put(this.#reasons, happening.number, happening.reason)
        return numberKey(happening.number)
    }
  }

  personIds(): number[] {
    return [...this.#persons.keys()]
  }

  documentIds(): string[] {
    return [...this.#documents.keys()]
  }

  numbersWithReason(): GmcNumber[] {
    return [...this.#reasons.keys()]
  }

  trainee(personId: number, day: Day): Trainee | null {
    const person = this.#persons.get(personId)
    return person === undefined ? null : traineeOf(person, day, DESIGNATED_BODIES)
  }

  /** The trainees with the number, by person id. */
  traineesOf(number: GmcNumber, day: Day): Trainee[] {
    const ids = this.personIds().sort((a, b) => a - b)
    const trainees = ids.map((id) => this.trainee(id, day)).filter((trainee) => trainee !== null)
    return trainees.filter((trainee) => gmcNumber(trainee.gmcReferenceNumber) === number)
  }

  /** The doctor of a document, and the outcome; null if there is none, or another trims to the same number. */
  doctor(storedId: string, day: Day): DoctorMessage | null {
    const document = this.#documents.get(storedId)
    const number = gmcNumber(storedId)
    const shares = number !== null && this.documentIds().filter((id) => gmcNumber(id) === number).length > 1
    if (document === undefined || shares) return null
    const doctor = doctorOf(document.stored)
    return { doctor, outcome: outcomeOf(doctor.underNotice, document.latest, day) }
  }

  /** What the sources have for a number, other than trainees. */
  partsOf(number: GmcNumber, day: Day): NumberParts {
    const [storedId = ''] = this.documentIds().filter((id) => gmcNumber(id) === number)
    const { doctor = null, outcome = null } = this.doctor(storedId, day) ?? {}
    return { doctor, outcome, reason: this.reason(number) }
  }

  reason(number: GmcNumber): string | null {
    return textOrNull(this.#reasons.get(number))
  }

  /** The rows of a generation built from the sources now. Written independently of `rowsOfNumber`, to check it. */
  rebuild(day: Day): Map<RowId, Row> {
    const rows = new Map<RowId, Row>()
    const joined = new Set<GmcNumber>()
    for (const personId of this.personIds()) {
      const trainee = this.trainee(personId, day)
      const number = gmcNumber(trainee?.gmcReferenceNumber)
      const parts = number === null ? { doctor: null, outcome: null, reason: null } : this.partsOf(number, day)
      if (number !== null) joined.add(number)
      rows.set(traineeRowId(personId), { id: traineeRowId(personId), parts: { trainee, ...parts } })
    }
    for (const storedId of this.documentIds()) {
      const found = this.doctor(storedId, day)
      const number = gmcNumber(storedId)
      if (found === null || (number !== null && joined.has(number))) continue
      const reason = number === null ? null : this.reason(number)
      rows.set(doctorRowId(storedId), { id: doctorRowId(storedId), parts: { trainee: null, ...found, reason } })
    }
    return rows
  }
}

export function keyOfDocument(storedId: string): Key {
  const number = gmcNumber(storedId)
  return number === null ? textKey(storedId) : numberKey(number)
}

function put<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key)
  else map.set(key, value)
}
