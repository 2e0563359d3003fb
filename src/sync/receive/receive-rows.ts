import type { DoctorRow } from '../../domain/doctor.ts'
import { gmcNumber } from '../../domain/gmc-number.ts'
import { doctorRowId, rowsOfNumber, type Row, type RowId } from '../../domain/row.ts'
import type { Trainee } from '../../domain/trainee.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import type { Joined, RunWorkspace } from '../../ports/run-workspace.ts'
import { createRows } from './create-rows.ts'
import type { RowSample } from './row-sample.ts'

export interface RowFailure {
  readonly key: RowId
  readonly code: ErrorCode
  readonly reason: string
}

/** The result of one row of a message. */
export interface ReceivedRow {
  /** A doctor without a trainee, which was written as a row. */
  readonly withoutTrainee: boolean
  /** Trainees of this doctor whose rows were refused. */
  readonly lostTrainees: number
  readonly failures: readonly RowFailure[]
}

const RECEIVED: ReceivedRow = { withoutTrainee: false, lostTrainees: 0, failures: [] }
const WITHOUT_TRAINEE: ReceivedRow = { withoutTrainee: true, lostTrainees: 0, failures: [] }

/** Adds trainees to the workspace: their rows are written with their doctors. */
export async function receiveTrainees(
  workspace: RunWorkspace,
  trainees: readonly Trainee[],
): Promise<readonly ReceivedRow[]> {
  await workspace.addTrainees(trainees)
  return trainees.map(() => RECEIVED)
}

/** The workspace that doctors are joined with, and the generation that their rows go to. */
export interface JoinTarget {
  readonly workspace: RunWorkspace
  readonly store: IndexStore
  readonly generation: GenerationId
  readonly sample: RowSample
}

/** Joins doctors to the trainees and reasons in the workspace and creates the rows. One result per doctor. */
export async function receiveDoctors(
  { workspace, store, generation, sample }: JoinTarget,
  doctors: readonly DoctorRow[],
): Promise<readonly ReceivedRow[]> {
  const joined = await join(workspace, doctors)
  const rowsOf = doctors.map(({ doctor, outcome }, at): readonly Row[] => {
    const { trainees, reason, sharedWith } = joined[at] ?? ALONE
    return sharedWith === null ? rowsOfNumber(trainees, { doctor, outcome, reason }) : []
  })
  const rows = rowsOf.flat()
  const refused = await createRows(store, generation, rows)
  for (const row of rows) if (!refused.has(row.id)) sample.add(row)
  return doctors.map((row, at) => resultOf(row, joined[at] ?? ALONE, rowsOf[at] ?? [], refused))
}

const ALONE: Joined = { trainees: [], reason: null, sharedWith: null }

/** The trainees and reason of each doctor's number, in order; nothing for an `_id` that is not a GMC number. */
async function join(workspace: RunWorkspace, doctors: readonly DoctorRow[]): Promise<readonly Joined[]> {
  const keys = doctors.flatMap(({ doctor }, at) => {
    const number = gmcNumber(doctor.gmcReferenceNumber)
    return number === null ? [] : [{ at, number, storedId: doctor.gmcReferenceNumber }]
  })
  const joined: Joined[] = doctors.map(() => ALONE)
  const found = await workspace.join(keys)
  keys.forEach(({ at }, position) => {
    joined[at] = found[position] ?? ALONE
  })
  return joined
}

function resultOf(
  { doctor }: DoctorRow,
  { sharedWith }: Joined,
  rows: readonly Row[],
  refused: ReadonlyMap<RowId, string>,
): ReceivedRow {
  if (sharedWith !== null) {
    const key = doctorRowId(doctor.gmcReferenceNumber)
    const reason = `"${doctor.gmcReferenceNumber}" has the same number as "${sharedWith}" once trimmed`
    return { withoutTrainee: false, lostTrainees: 0, failures: [{ key, code: 'ROW_NUMBER_SHARED', reason }] }
  }
  const isAlone = rows[0]?.parts.trainee === null
  if (refused.size === 0) return isAlone ? WITHOUT_TRAINEE : RECEIVED
  const failures = rows.flatMap(({ id }): RowFailure[] => {
    const reason = refused.get(id)
    return reason === undefined ? [] : [{ key: id, code: 'ROW_WRITE_FAILED', reason }]
  })
  return { withoutTrainee: isAlone && failures.length === 0, lostTrainees: isAlone ? 0 : failures.length, failures }
}

/** Creates the rows of trainees without a doctor. Resolves with those that were refused. */
export async function writeUnjoined(
  { store, generation, sample }: Omit<JoinTarget, 'workspace'>,
  unjoined: readonly { readonly trainee: Trainee; readonly reason: string | null }[],
): Promise<readonly RowFailure[]> {
  const rows = unjoined.flatMap(({ trainee, reason }) =>
    rowsOfNumber([trainee], { doctor: null, outcome: null, reason }),
  )
  const refused = await createRows(store, generation, rows)
  for (const row of rows) if (!refused.has(row.id)) sample.add(row)
  return [...refused].map(([key, reason]) => ({ key, code: 'ROW_WRITE_FAILED', reason }))
}
