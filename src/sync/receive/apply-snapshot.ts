import { gmcNumber } from '../../domain/gmc-number.ts'
import { doctorRowId, traineeRowId } from '../../domain/row.ts'
import { newTraineeRow, snapshotDoctor, snapshotReason, withSnapshot, type SnapshotDoctor } from '../../domain/snapshot.ts'
import type { Doctor, GmcOutcome } from '../../domain/doctor.ts'
import type { GmcNumber } from '../../domain/gmc-number.ts'
import type { Trainee } from '../../domain/trainee.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import { joinBatch, type Joined } from './join-batch.ts'

/** A doctor and the outcome that came with it. */
export interface DoctorRow {
  readonly doctor: Doctor
  readonly outcome: GmcOutcome | null
}

/** Where a doctor's values went. */
export type Home = SnapshotDoctor['home']

/**
 * Puts trainees into a generation: created without looking; only where the row exists it is read and merged, which
 * leaves alone what a change wrote.
 */
export function applyTrainees(
  store: IndexStore,
  generation: GenerationId,
  trainees: readonly Trainee[],
): Promise<readonly Joined<null>[]> {
  return joinBatch(
    store,
    generation,
    trainees.map((trainee) => ({
      number: null,
      ids: [traineeRowId(trainee.tcsPersonId)],
      decide: ([row]) => {
        if (row === undefined) return { writes: [{ op: 'create', row: newTraineeRow(trainee) }], result: null }
        const next = withSnapshot(row, { trainee })
        return { writes: next === row ? [] : [{ op: 'replace', row: next }], result: null }
      },
    })),
  )
}

/** Joins doctors to a generation's trainees by GMC number; one without a trainee gets a row of its own. */
export function applyDoctors(
  store: IndexStore,
  generation: GenerationId,
  rows: readonly DoctorRow[],
): Promise<readonly Joined<Home>[]> {
  return joinBatch(
    store,
    generation,
    rows.map(({ doctor, outcome }) => ({
      number: gmcNumber(doctor.gmcReferenceNumber),
      ids: [doctorRowId(doctor.gmcReferenceNumber)],
      decide: (found) => {
        const { writes, home } = snapshotDoctor(found, doctor, outcome)
        return { writes, result: home }
      },
    })),
  )
}

/** Writes reasons into the rows of their numbers; a number without rows has nowhere to show one. */
export function applyReasons(
  store: IndexStore,
  generation: GenerationId,
  reasons: readonly { readonly number: GmcNumber; readonly reason: string }[],
): Promise<readonly Joined<null>[]> {
  return joinBatch(
    store,
    generation,
    reasons.map(({ number, reason }) => ({
      number,
      ids: [],
      decide: (found) => ({ writes: snapshotReason(found, reason), result: null }),
    })),
  )
}
