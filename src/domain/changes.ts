import type { Doctor, GmcOutcome } from './doctor.ts'
import { gmcNumber, type GmcNumber } from './gmc-number.ts'
import { joinNumber } from './join.ts'
import {
  doctorRowId,
  NO_PARTS,
  numberOfRow,
  NUMBER_PARTS,
  traineeRowId,
  type Marks,
  type Parts,
  type Row,
} from './row.ts'
import type { RowWrite } from './row-write.ts'
import { samePart } from './snapshot.ts'
import type { Trainee } from './trainee.ts'

/** A change in a source. `order` grows with each change of the same key; null in place of the part is a deletion. */
export type Change =
  | { readonly kind: 'trainee'; readonly order: number; readonly tcsPersonId: number; readonly trainee: Trainee | null }
  | {
      readonly kind: 'doctor'
      readonly order: number
      /** `_id` as stored. */
      readonly storedId: string
      readonly doctor: Doctor | null
      readonly outcome: GmcOutcome | null
    }
  | { readonly kind: 'reason'; readonly order: number; readonly number: GmcNumber; readonly reason: string | null }

/** What has to be looked up before a change is applied. */
export interface Lookup {
  readonly ids: readonly string[]
  readonly numbers: readonly GmcNumber[]
}

/**
 * The rows a change touches. For a trainee it depends on the row the person has now (`current`, null without one):
 * the number it leaves counts as well as the number it comes to.
 */
export function lookupFor(change: Change, current: Row | null): Lookup {
  switch (change.kind) {
    case 'trainee': {
      const numbers = [current && numberOfRow(current), gmcNumber(change.trainee?.gmcReferenceNumber)]
      return { ids: [traineeRowId(change.tcsPersonId)], numbers: numbers.filter((each) => each !== null) }
    }
    case 'doctor': {
      const number = gmcNumber(change.storedId)
      return { ids: [doctorRowId(change.storedId)], numbers: number === null ? [] : [number] }
    }
    case 'reason':
      return { ids: [], numbers: [change.number] }
  }
}

/**
 * The writes that a change asks for, given the rows of `lookupFor`, in an order that survives a crash between any two
 * of them: first what would otherwise be lost, then the row itself, last what became redundant. Applied again, it
 * completes what was left, and asks for nothing where it was complete. A change older than a part's mark is ignored.
 */
export function writesOf(found: readonly Row[], change: Change): readonly RowWrite[] {
  switch (change.kind) {
    case 'trainee':
      return traineeWrites(found, change)
    case 'doctor':
      return doctorWrites(found, change)
    case 'reason': {
      const changed = found.map((row) => marked(row, { reason: change.reason }, change.order))
      return differences(found, changed)
    }
  }
}

type TraineeChange = Extract<Change, { kind: 'trainee' }>
type DoctorChange = Extract<Change, { kind: 'doctor' }>

function traineeWrites(found: readonly Row[], change: TraineeChange): RowWrite[] {
  const id = traineeRowId(change.tcsPersonId)
  const current = found.find((row) => row.id === id)
  if (current !== undefined && (current.marks.trainee ?? -Infinity) > change.order) return []
  const others = found.filter((row) => row.id !== id)
  const left = current !== undefined && !current.hidden ? numberOfRow(current) : null
  const joined = gmcNumber(change.trainee?.gmcReferenceNumber)

  const staying = current !== undefined && left !== null && left === joined
  const next: Row = {
    id,
    parts: { ...(staying ? current.parts : NO_PARTS), trainee: change.trainee },
    marks: { ...(staying ? current.marks : {}), trainee: change.order },
    hidden: change.trainee === null,
  }
  const rescued =
    left === null || left === joined ? [] : joinNumber(withNumber(others, left), left, { lending: [current as Row] })
  if (joined === null) return [...rescued, ...differences(current ? [current] : [], [next])]

  const settled = joinNumber([...withNumber(others, joined), next], joined)
  const ownWrites = differences(current ? [current] : [], [rowAfter(settled, next)])
  return [...rescued, ...ownWrites, ...settled.filter((write) => idOf(write) !== id)]
}

function doctorWrites(found: readonly Row[], change: DoctorChange): RowWrite[] {
  const id = doctorRowId(change.storedId)
  const { doctor, outcome, order } = change
  const own = found.find((row) => row.id === id)
  const number = gmcNumber(change.storedId)
  const trainees = found.filter((row) => row.id !== id && !row.hidden)
  // The own row is written even beside trainees when the doctor is gone: a snapshot row may still be on its way.
  const keepsOwn = doctor === null || trainees.length === 0
  const changedTrainees = trainees.map((row) => marked(row, { doctor, outcome }, order))
  const writes = differences(trainees, changedTrainees)
  if (keepsOwn) {
    const before: Row = own ?? { id, parts: NO_PARTS, marks: {}, hidden: doctor === null }
    const after = marked(before, { doctor, outcome }, order)
    const next = { ...after, hidden: after.parts.doctor === null || trainees.length > 0 }
    return [...differences(own ? [own] : [], [next]), ...writes]
  }
  // A tombstone stays beside the trainees, but must not outlive the doctor's return.
  const redundant: RowWrite[] = own === undefined || isNewer(own, order) ? [] : [{ op: 'delete', id }]
  return number === null ? writes : [...writes, ...redundant]
}

function isNewer(row: Row, order: number): boolean {
  return (row.marks.doctor ?? -Infinity) > order
}

/** The row with parts that a change wrote, unless a later change wrote them before. */
function marked(row: Row, written: Partial<Parts>, order: number): Row {
  let parts = row.parts
  let marks: Marks = row.marks
  for (const name of NUMBER_PARTS) {
    if (!(name in written) || (row.marks[name] ?? -Infinity) > order) continue
    parts = { ...parts, [name]: written[name] }
    marks = { ...marks, [name]: order }
  }
  return { ...row, parts, marks }
}

function withNumber(rows: readonly Row[], number: GmcNumber): Row[] {
  return rows.filter((row) => numberOfRow(row) === number)
}

function idOf(write: RowWrite): string {
  return write.op === 'delete' ? write.id : write.row.id
}

function rowAfter(writes: readonly RowWrite[], row: Row): Row {
  const write = writes.find((each) => idOf(each) === row.id)
  return write === undefined || write.op === 'delete' ? row : write.row
}

/** The creates and replaces that lead from the rows that were found to the rows that shall be. */
function differences(before: readonly Row[], after: readonly Row[]): RowWrite[] {
  return after.flatMap((row): RowWrite[] => {
    const old = before.find((each) => each.id === row.id)
    if (old === undefined) return [{ op: 'create', row }]
    return sameRow(old, row) ? [] : [{ op: 'replace', row }]
  })
}

function sameRow(a: Row, b: Row): boolean {
  const names = ['trainee', 'doctor', 'outcome', 'reason'] as const
  return (
    a.hidden === b.hidden &&
    names.every((name) => a.marks[name] === b.marks[name] && samePart(a.parts[name], b.parts[name]))
  )
}
