import type { Doctor, GmcOutcome } from './doctor.ts'
import { differences, rowsJoined, sharedBy, withPart } from './join.ts'
import { doctorRowId, isTraineeRow, NO_PARTS, traineeRowId, type PartName, type Parts, type Row } from './row.ts'
import type { RowWrite } from './row-write.ts'
import { samePart } from './same-row.ts'
import { textOrNull } from './text.ts'
import type { Trainee } from './trainee.ts'

/** The row of a trainee of whom nothing else is known yet. */
export function newTraineeRow(trainee: Trainee): Row {
  return {
    id: traineeRowId(trainee.tcsPersonId),
    parts: { trainee, doctor: null, outcome: null, reason: null },
    marks: {},
    hidden: false,
  }
}

/** The row of a doctor without a trainee. */
export function newDoctorRow(doctor: Doctor, outcome: GmcOutcome | null): Row {
  return {
    id: doctorRowId(doctor.gmcReferenceNumber),
    parts: { ...NO_PARTS, doctor, outcome },
    marks: {},
    hidden: false,
  }
}

/**
 * The row with a snapshot's parts in it: what a change has marked stays, a deletion too. The same row where nothing
 * differs.
 */
export function withSnapshot(row: Row, snapshot: Partial<Parts>): Row {
  const { parts } = row
  const next: Parts = {
    trainee: taken('trainee', row, snapshot.trainee),
    doctor: taken('doctor', row, snapshot.doctor),
    outcome: taken('outcome', row, snapshot.outcome),
    reason: taken('reason', row, snapshot.reason),
  }
  const same =
    next.trainee === parts.trainee &&
    next.doctor === parts.doctor &&
    next.outcome === parts.outcome &&
    next.reason === parts.reason
  return same ? row : { ...row, parts: next }
}

/** The snapshot's value of a part where it has one that is news, else the row's own. */
function taken<Name extends PartName>(name: Name, row: Row, value: Parts[Name] | undefined): Parts[Name] {
  const own = row.parts[name]
  return value === undefined || row.marks[name] !== undefined || samePart(own, value) ? own : value
}

/** Where a snapshot's doctor lives: in the rows of its trainees, in a row of its own, or gone since by a change. */
export interface SnapshotDoctor {
  readonly home: 'trainees' | 'own' | 'gone'
  /** To be done in any order: nothing is lost by any part of them. */
  readonly writes: readonly RowWrite[]
}

/**
 * What a snapshot's doctor does to a generation. `found` are the rows that have the doctor's GMC number, or the
 * doctor's own id; a doctor whose `_id` is no GMC number has no others. Applied again, it asks for nothing.
 */
export function snapshotDoctor(found: readonly Row[], doctor: Doctor, outcome: GmcOutcome | null): SnapshotDoctor {
  const only = found[0]
  if (only === undefined) return { home: 'own', writes: [{ op: 'create', row: newDoctorRow(doctor, outcome) }] }
  if (found.length === 1 && isTraineeRow(only)) {
    return { home: 'trainees', writes: replacement(only, withSnapshot(only, { doctor, outcome })) }
  }
  return snapshotAmongRows(found, doctor, outcome)
}

function snapshotAmongRows(found: readonly Row[], doctor: Doctor, outcome: GmcOutcome | null): SnapshotDoctor {
  let shared = sharedBy(found)
  if (shared.marks.doctor === undefined) shared = withPart(shared, 'doctor', doctor)
  if (shared.marks.outcome === undefined) shared = withPart(shared, 'outcome', outcome)
  const rows = rowsJoined(found, shared, doctorRowId(doctor.gmcReferenceNumber))
  // What became redundant is left to the settling: a deletion must not come before what it relies on.
  const writes = differences(found, rows).filter(({ op }) => op !== 'delete')
  if (found.some(isTraineeRow)) return { home: 'trainees', writes }
  return { home: shared.parts.doctor === null ? 'gone' : 'own', writes }
}

/**
 * What the reason of a number does to the rows that have it, hidden ones too: blank is none. Applied again, it asks
 * for nothing.
 */
export function snapshotReason(found: readonly Row[], reason: string | null): readonly RowWrite[] {
  const written = { reason: textOrNull(reason) }
  return found.flatMap((row) => replacement(row, withSnapshot(row, written)))
}

function replacement(row: Row, next: Row): RowWrite[] {
  return next === row ? [] : [{ op: 'replace', row: next }]
}
