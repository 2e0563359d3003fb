import type { Day } from '../../../src/domain/day.ts'
import { DESIGNATED_BODIES } from '../../../src/domain/designated-bodies.ts'
import {
  doctorOf,
  outcomeOf,
  type DoctorRow,
  type Recommendation,
  type StoredDoctor,
} from '../../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import { doctorRowId, failedDoctorKey, traineeRowId, type Row, type RowId } from '../../../src/domain/row.ts'
import { RowFault } from '../../../src/domain/row-fault.ts'
import { textOrNull } from '../../../src/domain/text.ts'
import { traineeOf, type TcsPerson, type Trainee } from '../../../src/domain/trainee.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import type { SourceTable, SourceTables } from '../../../src/ports/source-filling.ts'
import { row, uuid, type TableRows } from '../../contract/sources/rows.ts'

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

/** The rows of a rebuild, and the keys of the records that it would refuse. */
export interface Rebuild {
  readonly rows: ReadonlyMap<RowId, Row>
  readonly refused: ReadonlySet<string>
}

/** What the sources hold now, to fill them with and to say what a generation must be. */
export class World {
  readonly #persons = new Map<number, TcsPerson>()
  readonly #documents = new Map<string, Document>()
  readonly #reasons = new Map<GmcNumber, string>()

  /** Applies it, and returns the key that a channel announces. */
  happen(happening: Happening): ChangedKey {
    switch (happening.in) {
      case 'tcs':
        put(this.#persons, happening.personId, happening.person)
        return { kind: 'person', tcsPersonId: happening.personId }
      case 'gmc':
        put(this.#documents, happening.storedId, happening.document)
        return keyOfDocument(happening.storedId)
      case 'exceptions':
        put(this.#reasons, happening.number, happening.reason)
        return { kind: 'number', number: happening.number }
    }
  }

  /** What is now where this happens: it undoes it. */
  now(happening: Happening): Happening {
    switch (happening.in) {
      case 'tcs':
        return { ...happening, person: this.#persons.get(happening.personId) ?? null }
      case 'gmc':
        return { ...happening, document: this.#documents.get(happening.storedId) ?? null }
      case 'exceptions':
        return { ...happening, reason: this.#reasons.get(happening.number) ?? null }
    }
  }

  /** A generation built from the sources now. Independent of `rowsOfNumber` and of what refresh is made of. */
  rebuild(day: Day): Rebuild {
    const rows = new Map<RowId, Row>()
    const refused = new Set<string>()
    const doctors = new Map<string, DoctorRow>()
    for (const storedId of this.#documents.keys()) {
      const doctor = this.#doctor(storedId, day)
      if (doctor === null) refused.add(failedDoctorKey(storedId))
      else doctors.set(storedId, doctor)
    }
    const ofNumber = (number: GmcNumber | null) => {
      const [doctor] = [...doctors.values()].filter((each) => gmcNumber(each.doctor.gmcReferenceNumber) === number)
      if (number === null) return { doctor: null, outcome: null, reason: null }
      return { doctor: null, outcome: null, ...doctor, reason: textOrNull(this.#reasons.get(number)) }
    }
    const joined = new Set<GmcNumber>()
    for (const personId of this.#persons.keys()) {
      const id = traineeRowId(personId)
      const trainee = this.#trainee(personId, day)
      const number = gmcNumber(trainee?.gmcReferenceNumber)
      if (trainee === null) refused.add(id)
      else rows.set(id, { id, parts: { trainee, ...ofNumber(number) } })
      if (number !== null) joined.add(number)
    }
    for (const [storedId, doctor] of doctors) {
      const id = doctorRowId(storedId)
      const number = gmcNumber(storedId)
      if (number !== null && joined.has(number)) continue
      rows.set(id, { id, parts: { trainee: null, ...ofNumber(number), ...doctor } })
    }
    return { rows, refused }
  }

  /** The tables of the sources. */
  tables(): TableRows {
    const tables: { [T in SourceTable]?: SourceTables[T][] } = {}
    const add = <T extends SourceTable>(table: T, columns: Partial<SourceTables[T]>): void => {
      const rows = (tables[table] ??= []) as SourceTables[T][]
      rows.push(row(table, columns))
    }
    let memberships = 0
    let curricula = 0
    for (const { personId: id, surname, forenames, role, gmcDetails, ...belongings } of this.#persons.values()) {
      add('ContactDetails', { id, surname, forenames })
      add('Person', { id, role })
      if (gmcDetails !== null) add('GmcDetails', { id, gmcNumber: gmcDetails.gmcNumber })
      for (const { programme, curriculumEndDates, ...membership } of belongings.memberships) {
        const of = uuid((memberships += 1))
        add('ProgrammeMembership', { uuid: of, personId: id, programmeId: memberships, ...membership })
        if (programme !== null) add('Programme', { id: memberships, ...programme })
        for (const curriculumEndDate of curriculumEndDates) {
          add('CurriculumMembership', { id: (curricula += 1), programmeMembershipUuid: of, curriculumEndDate })
        }
      }
      for (const { gradeId, ...days } of belongings.placements) {
        add('Placement', { traineeId: id, gradeId: gradeId === null ? null : Number(gradeId), ...days })
      }
    }
    for (const [storedId, { stored, latest }] of this.#documents) {
      add('doctorsForDB', stored)
      if (latest !== null) add('recommendation', { ...latest, storedId: `of ${storedId}`, gmcNumber: storedId })
    }
    for (const [storedId, errorMessage] of this.#reasons) add('exceptionLogs', { storedId, errorMessage })
    return tables
  }

  #trainee(personId: number, day: Day): Trainee | null {
    const person = this.#persons.get(personId)
    return person === undefined ? null : unlessFaulty(() => traineeOf(person, day, DESIGNATED_BODIES))
  }

  /** Null if another document has the same number, or a rule refuses it. */
  #doctor(storedId: string, day: Day): DoctorRow | null {
    const document = this.#documents.get(storedId)
    const number = gmcNumber(storedId)
    const shares = [...this.#documents.keys()].filter((id) => number !== null && gmcNumber(id) === number).length > 1
    if (document === undefined || shares) return null
    return unlessFaulty(() => {
      const doctor = doctorOf(document.stored)
      return { doctor, outcome: outcomeOf(doctor.underNotice, document.latest, day) }
    })
  }
}

export function keyOfDocument(storedId: string): ChangedKey {
  const number = gmcNumber(storedId)
  return number === null ? { kind: 'document', storedId } : { kind: 'number', number }
}

function unlessFaulty<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof RowFault) return null
    throw error
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key)
  else map.set(key, value)
}
