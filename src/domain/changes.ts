import type { Doctor, GmcOutcome } from './doctor.ts'
import { gmcNumber, type GmcNumber } from './gmc-number.ts'
import {
  differences,
  joinNumber,
  markOf,
  rowsJoined,
  rowsOfNumber,
  sharedBy,
  withPart,
  type SharedParts,
} from './join.ts'
import { doctorRowId, NO_PARTS, numberOfRow, traineeRowId, type NumberPart, type Parts, type Row } from './row.ts'
import type { RowWrite } from './row-write.ts'
import { textOrNull } from './text.ts'
import type { Trainee } from './trainee.ts'

/**
 * A change in a source; null in place of the part is a deletion. `order` grows with each change of the same key: the
 * person of a trainee, the GMC number (or `_id` as stored, where it is none) of a doctor or a reason.
 */
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

type TraineeChange = Extract<Change, { kind: 'trainee' }>
type DoctorChange = Extract<Change, { kind: 'doctor' }>
type ReasonChange = Extract<Change, { kind: 'reason' }>

/** What has to be looked up before a change is applied. */
export interface Lookup {
  readonly ids: readonly string[]
  readonly numbers: readonly GmcNumber[]
}

/**
 * The rows a change touches. For a trainee it depends on the row the person has now (`current`, null without one):
 * the number it leaves counts as well as the number it comes to. The ids of doctors' own rows are among the ids,
 * because a search may not show them yet.
 */
export function lookupFor(change: Change, current: Row | null): Lookup {
  switch (change.kind) {
    case 'trainee': {
      const left = current && numberOfRow(current)
      const joined = gmcNumber(change.trainee?.gmcReferenceNumber)
      const stored = current?.parts.doctor?.gmcReferenceNumber ?? null
      const owns = [left, joined, stored].filter((each) => each !== null).map(doctorRowId)
      return {
        ids: distinct([traineeRowId(change.tcsPersonId), ...owns]),
        numbers: distinct([left, joined].filter((each) => each !== null)),
      }
    }
    case 'doctor': {
      const number = gmcNumber(change.storedId)
      const ids = [change.storedId, ...(number === null ? [] : [number])].map(doctorRowId)
      return { ids: distinct(ids), numbers: number === null ? [] : [number] }
    }
    case 'reason':
      return { ids: [doctorRowId(change.number)], numbers: [change.number] }
  }
}

/**
 * The numbers whose reasons have to be read afresh and applied as changes of their own after this one, given the
 * person's row before it as for `lookupFor`: rows that the change makes may be the first to show a reason that was
 * written long ago, in the number that is left as well.
 */
export function reasonsToRead(change: Change, current: Row | null): readonly GmcNumber[] {
  return change.kind === 'reason' ? [] : lookupFor(change, current).numbers
}

/**
 * The writes that a change asks for, given the rows of `lookupFor`, each once and as it is now (not as a search
 * remembers it), in an order that survives a crash between any two of them: first what would otherwise be lost, then
 * the row itself, last what became redundant. Applied again, it completes what was left, and asks for nothing where it
 * was complete. A change older than a part's mark leaves that part alone.
 */
export function writesOf(found: readonly Row[], change: Change): readonly RowWrite[] {
  switch (change.kind) {
    case 'trainee':
      return traineeWrites(found, change)
    case 'doctor':
      return doctorWrites(found, change)
    case 'reason':
      return reasonWrites(found, change)
  }
}

function traineeWrites(found: readonly Row[], change: TraineeChange): RowWrite[] {
  const { order, trainee } = change
  const id = traineeRowId(change.tcsPersonId)
  const current = found.find((row) => row.id === id)
  if (current !== undefined && markOf(current, 'trainee') > order) return []
  const others = found.filter((row) => row.id !== id)
  const left = current === undefined ? null : numberOfRow(current)
  const joined = gmcNumber(trainee?.gmcReferenceNumber)

  // What a row knows of a number stays with that number.
  const known = current !== undefined && left === joined && joined !== null ? current : { parts: NO_PARTS, marks: {} }
  const next: Row = {
    id,
    parts: { ...known.parts, trainee },
    marks: { ...known.marks, trainee: order },
    hidden: trainee === null,
  }
  const before = current === undefined ? [] : [current]
  const rescued =
    current === undefined || left === null || left === joined ? [] : joinNumber(others, left, { lending: [current] })
  if (joined === null) return [...rescued, ...differences(before, [next])]

  const neighbours = rowsOfNumber(others, joined)
  const after = rowsJoined([next, ...neighbours], sharedBy([next, ...neighbours]), id)
  return [...rescued, ...differences([...before, ...neighbours], after)]
}

function doctorWrites(found: readonly Row[], { storedId, doctor, outcome, order }: DoctorChange): RowWrite[] {
  const id = doctorRowId(storedId)
  const number = gmcNumber(storedId)
  const rows = number === null ? found.filter((row) => row.id === id) : rowsOfNumber(found, number)
  const known = sharedBy(rows)
  // Who is stored anew under another spelling of the number outlives the document that is deleted after that.
  const outlives = doctor === null && known.parts.doctor !== null && known.parts.doctor.gmcReferenceNumber !== storedId
  const shared = outlives ? known : changed(changed(known, 'doctor', doctor, order), 'outcome', outcome, order)
  return differences(rows, rowsJoined(rows, shared, id))
}

function reasonWrites(found: readonly Row[], { number, reason, order }: ReasonChange): RowWrite[] {
  const rows = rowsOfNumber(found, number)
  const shared = changed(sharedBy(rows), 'reason', textOrNull(reason), order)
  return differences(rows, rowsJoined(rows, shared, doctorRowId(number)))
}

function changed<Name extends NumberPart>(
  shared: SharedParts,
  name: Name,
  value: Parts[Name],
  order: number,
): SharedParts {
  return markOf(shared, name) > order ? shared : withPart(shared, name, value, order)
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
