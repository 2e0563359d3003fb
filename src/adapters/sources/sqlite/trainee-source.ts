import type { TraineeSource } from '../../../ports/sources.ts'
import type { SourcesOptions } from './layout.ts'
import { pingSources } from './sources-file.ts'
import { openSnapshot } from './table-snapshot.ts'
import { TRAINEE_RECORDS } from './trainee-records.ts'

/** The trainees in a data directory, in the order of their trimmed GMC numbers. Nothing is open between snapshots. */
export function openTraineeSource({ directory }: SourcesOptions): TraineeSource {
  return {
    snapshot: () => openSnapshot(directory, TRAINEE_RECORDS),
    ping: () => pingSources(directory),
    close: () => Promise.resolve(),
  }
}
