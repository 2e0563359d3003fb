import { gmcNumber, type GmcNumber } from '../../domain/gmc-number.ts'
import {
  doctorRowId,
  failedDoctorKey,
  numberOfRow,
  personIdIn,
  storedIdIn,
  traineeRowId,
  type Row,
  type RowId,
} from '../../domain/row.ts'
import type { TcsPerson } from '../../domain/trainee.ts'
import { hintedKeyText } from '../../messages/hint.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'

/**
 * The keys that are refreshed together. The scope grows until no more keys are found: a row adds its person and its number;
 * a number adds everyone who has it, in a row or in a source. So every row in the scope can be decided.
 */
export class KeyScope {
  /** The keys that it began with, each once. */
  readonly given: readonly ChangedKey[]
  readonly persons = new Set<number>()
  readonly numbers = new Set<GmcNumber>()
  /** Documents whose `_id` is not a GMC number, as stored. */
  readonly documents = new Set<string>()
  /** The rows of the keys, as far as they are known: those that exist, and those that the sources require. */
  readonly rowIds = new Set<RowId>()
  /** The keys of failures in the ledger that are not row ids: an `_id` too long for a row. */
  readonly #cutIds = new Set<string>()

  constructor(keys: readonly ChangedKey[]) {
    this.given = [...new Map(keys.map((key) => [hintedKeyText(key), key])).values()]
    for (const key of this.given) this.#add(key)
  }

  /** Incremented each time something is added. */
  get size(): number {
    return this.persons.size + this.numbers.size + this.documents.size + this.rowIds.size
  }

  addRow(row: Row): void {
    this.rowIds.add(row.id)
    for (const key of keysOfStoredRow(row)) this.#add(key)
  }

  /** A person whose record was read, selected or not. */
  addPerson({ personId, gmcDetails }: TcsPerson): void {
    const number = gmcNumber(gmcDetails?.gmcNumber)
    this.#addPersonId(personId)
    if (number !== null) this.#addNumber(number)
  }

  /** A document of `doctorsForDB`, by its `_id` as stored. */
  addDocument(storedId: string): void {
    const number = gmcNumber(storedId)
    const key = failedDoctorKey(storedId)
    // Longer or ill-formed ids have no row, and a store may not be asked for one.
    if (key === doctorRowId(storedId)) this.rowIds.add(key)
    else this.#cutIds.add(key)
    if (number === null) this.documents.add(storedId)
    else this.#addNumber(number)
  }

  /** Whether a failure with this key belongs to a row in scope. */
  covers(failureKey: string): boolean {
    const number = gmcNumber(failureKey.startsWith('gmc-') ? failureKey.slice('gmc-'.length) : null)
    if (number !== null) return this.numbers.has(number)
    return this.rowIds.has(failureKey) || this.#cutIds.has(failureKey)
  }

  /** The keys that failures of rows in scope have; not those of documents that are gone and whose `_id` had spaces. */
  *failureKeys(): Generator<string> {
    yield* this.rowIds
    yield* this.#cutIds
  }

  #add(key: ChangedKey): void {
    if (key.kind === 'person') this.#addPersonId(key.tcsPersonId)
    else if (key.kind === 'number') this.#addNumber(key.number)
    else this.addDocument(key.storedId)
  }

  #addPersonId(personId: number): void {
    this.persons.add(personId)
    this.rowIds.add(traineeRowId(personId))
  }

  #addNumber(number: GmcNumber): void {
    this.numbers.add(number)
    this.rowIds.add(doctorRowId(number))
  }
}

/**
 * The keys of a row: its person or document, and its number. By its id as well as by its parts: where another program altered
 * them, the id says whose row it is.
 */
export function keysOfStoredRow(row: Row): readonly ChangedKey[] {
  const { trainee, doctor } = row.parts
  const keys = [...keysOfRowId(row.id)]
  const number = numberOfRow(row)
  if (number !== null) keys.push({ kind: 'number', number })
  if (trainee !== null) {
    if (traineeRowId(trainee.tcsPersonId) !== row.id) keys.push({ kind: 'person', tcsPersonId: trainee.tcsPersonId })
  } else if (doctor !== null && doctorRowId(doctor.gmcReferenceNumber) !== row.id) {
    keys.push({ kind: 'document', storedId: doctor.gmcReferenceNumber })
  }
  return keys
}

/** The person or document that a row's id names; none if it is not the id of a row. */
export function keysOfRowId(id: RowId): readonly ChangedKey[] {
  const tcsPersonId = personIdIn(id)
  if (tcsPersonId !== null) return [{ kind: 'person', tcsPersonId }]
  const storedId = storedIdIn(id)
  return storedId === null ? [] : [{ kind: 'document', storedId }]
}
