import { describe } from 'node:test'
import { doctorsByKey, traineesByKey } from './sources/by-key.ts'
import { doctors } from './sources/doctors.ts'
import { exceptions } from './sources/exceptions.ts'
import type { SourcesCapabilities, SourcesFactory } from './sources/place.ts'
import { snapshots } from './sources/snapshots.ts'
import { trainees } from './sources/trainees.ts'

export type { SourcesCapabilities, SourcesFactory, SourcesPlace } from './sources/place.ts'

/** What every TraineeSource, DoctorSource and ExceptionSource does. */
export function sourcesContract(factory: SourcesFactory, capabilities: SourcesCapabilities): void {
  describe('snapshots', () => snapshots(factory, capabilities))
  describe('trainees', () => trainees(factory, capabilities))
  describe('doctors', () => doctors(factory, capabilities))
  describe('trainees by key', () => traineesByKey(factory))
  describe('doctors by key', () => doctorsByKey(factory))
  describe('exceptions', () => exceptions(factory))
}
