import type { FillableSources } from '../../../src/ports/source-filling.ts'
import type { DoctorSource, ExceptionSource, TraineeSource } from '../../../src/ports/sources.ts'

/** Sources that were never filled, with their readers. */
export interface FillingPlace {
  readonly sources: FillableSources
  readonly trainees: TraineeSource
  readonly doctors: DoctorSource
  readonly exceptions: ExceptionSource
  dispose(): Promise<void>
}

export type FillingFactory = () => Promise<FillingPlace>
