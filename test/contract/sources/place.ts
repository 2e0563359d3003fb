import type { DoctorSource, ExceptionSource, Snapshot, TraineeSource } from '../../../src/ports/sources.ts'
import type { TableRows } from './rows.ts'

/** Sources of a backend, with nothing in them that another test put there. */
export interface SourcesPlace {
  readonly trainees: TraineeSource
  readonly doctors: DoctorSource
  readonly exceptions: ExceptionSource
  /** Replaces all rows of all sources. Until it is called the first time, they were never filled. */
  fill(rows: TableRows): Promise<void>
  dispose(): Promise<void>
}

export type SourcesFactory = () => Promise<SourcesPlace>

export interface SourcesCapabilities {
  /** The sources whose snapshots go on showing what they began with when rows are replaced meanwhile. */
  readonly keepsSnapshots: readonly ('trainees' | 'doctors' | 'exceptions')[]
  /** Snapshots say which filling they are of. */
  readonly knowsEditions: boolean
  /** Persons and doctors come in the order of their trimmed GMC numbers. */
  readonly ordersByNumber: boolean
}

/** All rows of a source, read in batches of a size. */
export async function readAll<Row>(source: { snapshot(): Promise<Snapshot<Row>> }, size = 100): Promise<Row[]> {
  await using snapshot = await source.snapshot()
  const rows: Row[] = []
  for await (const batch of snapshot.batches(size)) rows.push(...batch)
  return rows
}
