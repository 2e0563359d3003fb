import { assemble, type AssembledDocument } from '../../src/domain/assemble.ts'
import type { Doctor, GmcOutcome } from '../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import { doctorRowId, numberOfRow, traineeRowId, type Row, type RowId } from '../../src/domain/row.ts'
import type { RowWrite } from '../../src/domain/row-write.ts'
import { newTraineeRow, snapshotDoctor, snapshotReason, withSnapshot } from '../../src/domain/snapshot.ts'
import type { Trainee } from '../../src/domain/trainee.ts'

/**
 * The rows of a generation in memory, as the laws of the domain need them. Like a search engine it finds by number
 * only what was made visible, and gives it as it was then; `get` gives rows as they are.
 */
export class MemoryGeneration {
  readonly #rows = new Map<RowId, Row>()
  #visible = new Map<GmcNumber, Row[]>()

  get rows(): Row[] {
    return [...this.#rows.values()]
  }

  get(ids: Iterable<RowId>): Row[] {
    return [...new Set(ids)].flatMap((id) => this.#rows.get(id) ?? [])
  }

  /** What a search gives: rows as they were when they were last made visible. */
  search(numbers: readonly GmcNumber[]): Row[] {
    return numbers.flatMap((number) => this.#visible.get(number) ?? [])
  }

  /** The rows of a lookup as they are now; those that got a number since they were made visible are missing. */
  lookUp(ids: readonly RowId[], numbers: readonly GmcNumber[]): Row[] {
    return this.get([...ids, ...this.search(numbers).map(({ id }) => id)])
  }

  makeVisible(): void {
    const visible = new Map<GmcNumber, Row[]>()
    for (const row of this.#rows.values()) {
      const number = numberOfRow(row)
      if (number !== null) visible.set(number, [...(visible.get(number) ?? []), row])
    }
    this.#visible = visible
  }

  /** Carries out one write; throws when it is none that the rows allow. */
  write(write: RowWrite): void {
    const id = write.op === 'delete' ? write.id : write.row.id
    if (this.#rows.has(id) === (write.op === 'create')) throw new Error(`${write.op} of ${id} does not fit`)
    if (write.op === 'delete') this.#rows.delete(id)
    else this.#rows.set(id, write.row)
  }

  writeAll(writes: readonly RowWrite[]): void {
    for (const write of writes) this.write(write)
  }

  /** The visible rows: what each id shows. */
  shown(): Map<RowId, AssembledDocument> {
    const visible = this.rows.filter(({ hidden }) => !hidden)
    const byId = visible.sort((a, b) => (a.id < b.id ? -1 : 1))
    return new Map(byId.map((row) => [row.id, assemble(row.parts)]))
  }

  snapshotTrainee(trainee: Trainee): void {
    const [row] = this.get([traineeRowId(trainee.tcsPersonId)])
    const next = row === undefined ? newTraineeRow(trainee) : withSnapshot(row, { trainee })
    if (next !== row) this.write({ op: row === undefined ? 'create' : 'replace', row: next })
  }

  snapshotDoctor(doctor: Doctor, outcome: GmcOutcome | null): void {
    const number = gmcNumber(doctor.gmcReferenceNumber)
    const id = doctorRowId(doctor.gmcReferenceNumber)
    this.#joinOptimistically(id, number, (found) => snapshotDoctor(found, doctor, outcome).writes)
  }

  snapshotReason(number: GmcNumber, reason: string): void {
    this.#joinOptimistically(null, number, (found) => snapshotReason(found, reason))
  }

  /** Decides by what a search gives; where a row is no longer that, all rows are read again and it decides again. */
  #joinOptimistically(
    id: RowId | null,
    number: GmcNumber | null,
    decide: (found: readonly Row[]) => readonly RowWrite[],
  ): void {
    let found = number === null ? [] : this.search([number])
    let writes = decide(found)
    const isStale = (write: RowWrite) => {
      const writtenId = write.op === 'delete' ? write.id : write.row.id
      const read = found.find((row) => row.id === writtenId)
      return this.#rows.get(writtenId) !== read
    }
    if (writes.some(isStale)) {
      const again = this.get([...(id === null ? [] : [id]), ...found.map((row) => row.id)])
      found = again.filter((row) => row.id === id || numberOfRow(row) === number)
      writes = decide(found)
    }
    this.writeAll(writes)
  }
}
