import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { gmcNumber } from '../../../domain/gmc-number.ts'
import type { Trainee } from '../../../domain/trainee.ts'
import type { DoctorKey, Joined, RunWorkspace } from '../../../ports/run-workspace.ts'
import { TRAINEES } from '../../../domain/records.ts'

/**
 * GMC numbers are stored as integers, seven digits each. Texts are stored as JSON text, which has an escape for what
 * SQLite's own text cannot hold (U+0000, half a surrogate pair).
 *
 * `person_of` is an index on the number, and is filled before the first join. Measured with a million trainees: 6.5 s of
 * CPU for an index that is kept while trainees come in no order of their numbers, 2.2 s for this one, 1.7 s for one that SQLite builds automatically, in memory and in files outside of the scratch folder.
 */
const SCHEMA = `
  CREATE TABLE trainee (person INTEGER PRIMARY KEY, number INTEGER, fields TEXT NOT NULL);
  CREATE TABLE person_of (number INTEGER NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (number, person)) WITHOUT ROWID;
  CREATE TABLE reason (number INTEGER PRIMARY KEY, reason TEXT NOT NULL);
  CREATE TABLE joined (number INTEGER PRIMARY KEY, stored_id TEXT NOT NULL);`

/** Numbers that are sorted at a time: about 3 MB of memory. */
const SORTED_ROWS = 100_000

/** A trainee whose doctor may have arrived already: `person_of` leads to it only if that is its current number. */
const FIND = `
  SELECT key.key, trainee.fields, reason.reason
  FROM json_each(?) key
  LEFT JOIN person_of ON person_of.number = key.value
  LEFT JOIN trainee ON trainee.person = person_of.person AND trainee.number = key.value
  LEFT JOIN reason ON reason.number = key.value`

const IS_UNJOINED = 'NOT EXISTS (SELECT 1 FROM joined WHERE joined.number = trainee.number)'

/** A row of `FIND`: which key, the fields of a trainee, the reason. */
type Found = readonly [at: number, fields: string | null, reason: string | null]

/** Trainees and reasons by number, and which numbers were joined. Throws SQLite's errors. */
export class TraineeTable {
  readonly #database: DatabaseSync
  readonly #add: StatementSync
  readonly #count: StatementSync
  readonly #addReason: StatementSync
  readonly #addPerson: StatementSync
  readonly #sortSome: StatementSync
  readonly #endOfSome: StatementSync
  readonly #join: StatementSync
  readonly #find: StatementSync
  readonly #joinedWith: StatementSync
  readonly #countUnjoined: StatementSync
  readonly #unjoined: StatementSync
  #isSorted = false

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA)
    this.#database = database
    this.#add = database.prepare(`
      INSERT INTO trainee VALUES (?, ?, ?)
      ON CONFLICT (person) DO UPDATE SET number = excluded.number, fields = excluded.fields`)
    this.#count = database.prepare('SELECT count(*) AS trainees FROM trainee')
    this.#addReason = database.prepare(
      'INSERT INTO reason VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET reason = excluded.reason',
    )
    this.#addPerson = database.prepare('INSERT INTO person_of VALUES (?, ?) ON CONFLICT DO NOTHING')
    this.#sortSome = database.prepare(`
      INSERT INTO person_of SELECT number, person FROM trainee
      WHERE person > ? AND person <= ? AND number IS NOT NULL ORDER BY number, person`)
    this.#endOfSome = database.prepare(
      'SELECT max(person) AS person FROM (SELECT person FROM trainee WHERE person > ? ORDER BY person LIMIT ?)',
    )
    this.#join = database.prepare(
      'INSERT INTO joined SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING',
    )
    this.#find = database.prepare(FIND)
    this.#joinedWith = database.prepare(
      'SELECT key.key, stored_id FROM json_each(?) key JOIN joined ON joined.number = key.value',
    )
    this.#countUnjoined = database.prepare(`SELECT count(*) AS trainees FROM trainee WHERE ${IS_UNJOINED}`)
    this.#unjoined = database.prepare(`
      SELECT fields, reason FROM trainee LEFT JOIN reason ON reason.number = trainee.number
      WHERE person > ? AND ${IS_UNJOINED} ORDER BY person LIMIT ?`)
    for (const statement of [this.#find, this.#joinedWith, this.#unjoined]) statement.setReturnArrays(true)
  }

  add(trainees: readonly Trainee[]): void {
    for (const trainee of trainees) {
      const number = gmcNumber(trainee.gmcReferenceNumber)
      const stored = number === null ? null : Number(number)
      this.#add.run(trainee.tcsPersonId, stored, JSON.stringify(TRAINEES.valuesOf(trainee)))
      if (this.#isSorted && stored !== null) this.#addPerson.run(stored, trainee.tcsPersonId)
    }
  }

  count(): number {
    return Number(this.#count.get()?.trainees)
  }

  addReasons(reasons: Parameters<RunWorkspace['addReasons']>[0]): void {
    for (const { number, reason } of reasons) {
      if (reason.trim() !== '') this.#addReason.run(Number(number), JSON.stringify(reason))
    }
  }

  clearReasons(): void {
    this.#database.exec('DELETE FROM reason')
  }

  join(doctors: readonly DoctorKey[]): readonly Joined[] {
    this.#sort()
    const numbers = `[${doctors.map(({ number }) => Number(number)).join()}]`
    const keys = doctors.map(({ number, storedId }) => [Number(number), JSON.stringify(storedId)])
    const areAllNew = this.#join.run(JSON.stringify(keys)).changes === doctors.length
    const shared = areAllNew ? [] : this.#firstStoredIds(numbers)
    const found = doctors.map((): Trainee[] => [])
    const reasons: (string | null)[] = []
    for (const [at, fields, reason] of this.#find.all(numbers) as unknown as Found[]) {
      if (fields !== null) found[at]?.push(traineeOfText(fields))
      reasons[at] = reason
    }
    return doctors.map(({ storedId }, at) => ({
      trainees: byPerson(found[at] ?? []),
      reason: textOf(reasons[at] ?? null),
      sharedWith: shared[at] === storedId ? null : (shared[at] ?? null),
    }))
  }

  countUnjoined(): number {
    return Number(this.#countUnjoined.get()?.trainees)
  }

  unjoined(after: number | null, limit: number): Awaited<ReturnType<RunWorkspace['unjoined']>> {
    const rows = this.#unjoined.all(after ?? -Infinity, limit) as unknown as [string, string | null][]
    return rows.map(([fields, reason]) => ({ trainee: traineeOfText(fields), reason: textOf(reason) }))
  }

  /** Fills the index, in portions that are sorted in little memory. */
  #sort(): void {
    if (this.#isSorted) return
    for (let after = -Infinity; ;) {
      const end = this.#endOfSome.get(after, SORTED_ROWS)?.person
      if (typeof end !== 'number') break
      this.#sortSome.run(after, end)
      after = end
    }
    this.#isSorted = true
  }

  /** The `storedId` with which each of the numbers was joined first. */
  #firstStoredIds(numbers: string): readonly (string | null)[] {
    const storedIds: (string | null)[] = []
    for (const [at, storedId] of this.#joinedWith.all(numbers) as unknown as [number, string][])
      storedIds[at] = textOf(storedId)
    return storedIds
  }
}

function byPerson(trainees: Trainee[]): readonly Trainee[] {
  return trainees.length > 1 ? trainees.sort((a, b) => a.tcsPersonId - b.tcsPersonId) : trainees
}

// Only this file writes the columns that these two read.

function traineeOfText(fields: string): Trainee {
  return TRAINEES.ofValues(JSON.parse(fields) as readonly unknown[])
}

function textOf(json: string | null): string | null {
  return json === null ? null : (JSON.parse(json) as string)
}
