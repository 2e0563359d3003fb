import type { DoctorSource } from '../../../ports/sources.ts'
import { DOCTOR_RECORDS } from './doctor-records.ts'
import type { SourcesOptions } from './layout.ts'
import { pingSources } from './sources-file.ts'
import { openSnapshot } from './table-snapshot.ts'

/** The doctors in a data directory, in the order of their trimmed GMC numbers. Nothing is open between snapshots. */
export function openDoctorSource({ directory }: SourcesOptions): DoctorSource {
  return {
    snapshot: () => openSnapshot(directory, DOCTOR_RECORDS),
    ping: () => pingSources(directory),
    close: () => Promise.resolve(),
  }
}
