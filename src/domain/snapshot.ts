import type { Doctor, GmcOutcome } from './doctor.ts'
import { doctorRowId, isTraineeRow, NO_PARTS, traineeRowId, type PartName, type Parts, type Row } from './row.ts'
import type { RowWrite } from './row-write.ts'
import type { Trainee } from './trainee.ts'

/** The row of a trainee of whom nothing else is known yet. */
export function newTraineeRow(trainee: Trainee): Row {
  return { id: traineeRowId(trainee.tcsPersonId), parts: { ...NO_PARTS, trainee }, marks: {}, hidden: false }
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

/** The row with a snapshot's parts in it: what a change has marked stays. The same row where nothing differs. */
export function withSnapshot(row: Row, snapshot: Partial<Parts>): Row {
  if (row.hidden) return row
  let parts: Parts = row.parts
  for (const name of Object.keys(snapshot) as PartName[]) {
    if (row.marks[name] !== undefined || samePart(parts[name], snapshot[name])) continue
    parts = { ...parts, [name]: snapshot[name] }
  }
  return parts === row.parts ? row : { ...row, parts }
}

/** Whether two values of a part say the same; parts are flat, so this compares field by field. */
export function samePart(a: Parts[PartName] | undefined, b: Parts[PartName] | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = a as unknown as Record<string, unknown>
  const right = b as unknown as Record<string, unknown>
  const fields = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...fields].every((field) => left[field] === right[field])
}

/** Where a snapshot's doctor lives: in the rows of its trainees, or in a row of its own. */
export interface SnapshotDoctor {
  readonly home: 'trainees' | 'own'
  readonly writes: readonly RowWrite[]
}

/**
 * What a snapshot's doctor does to a generation. `found` are the rows that have the doctor's GMC number, or the
 * doctor's own id; a doctor whose `_id` is no GMC number has no others. Applied again, it asks for nothing.
 */
export function snapshotDoctor(found: readonly Row[], doctor: Doctor, outcome: GmcOutcome | null): SnapshotDoctor {
  const trainees = found.filter((row) => isTraineeRow(row) && !row.hidden)
  if (trainees.length > 0) return { home: 'trainees', writes: replacements(trainees, { doctor, outcome }) }
  const id = doctorRowId(doctor.gmcReferenceNumber)
  const own = found.find((row) => row.id === id)
  if (own === undefined) return { home: 'own', writes: [{ op: 'create', row: newDoctorRow(doctor, outcome) }] }
  return { home: 'own', writes: replacements([own], { doctor, outcome }) }
}

/** What the reason of a number does to the rows that have it. Applied again, it asks for nothing. */
export function snapshotReason(found: readonly Row[], reason: string | null): readonly RowWrite[] {
  return replacements(found, { reason })
}

function replacements(rows: readonly Row[], snapshot: Partial<Parts>): RowWrite[] {
  return rows.flatMap((row) => {
    const next = withSnapshot(row, snapshot)
    return next === row ? [] : [{ op: 'replace' as const, row: next }]
  })
}
