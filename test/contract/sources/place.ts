import type { DoctorSource, ExceptionSource, Snapshot, TraineeSource } from '../../../src/ports/sources.ts'
import type { TableRows } from './rows.ts'

/** Sources of a backend that no other test uses. */
export interface SourcesPlace {
  readonly trainees: TraineeSource
  readonly doctors: DoctorSource
  readonly exceptions: ExceptionSource
  /** Replaces all rows of all sources. Before the first call, they were never filled. */
  fill(rows: TableRows): Promise<void>
  dispose(): Promise<void>
}

export type SourcesFactory = () => Promise<SourcesPlace>

export interface SourcesCapabilities {
  /** The sources whose snapshots are unaffected by rows replaced meanwhile. */
  readonly keepsSnapshots: readonly ('trainees' | 'doctors' | 'exceptions')[]
  /** Snapshots have an edition. */
  readonly knowsEditions: boolean
  /** People and doctors are returned in the order of their trimmed GMC numbers. */
  readonly ordersByNumber: boolean
}

/** All rows of a source, read in batches of the given size. */
export async function readAll<Row>(source: { snapshot(): Promise<Snapshot<Row>> }, size = 100): Promise<Row[]> {
  await using snapshot = await source.snapshot()
  const rows: Row[] = []
  for await (const batch of snapshot.batches(size)) rows.push(...batch)
  return rows
}
