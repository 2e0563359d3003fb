import { describe } from 'node:test'
import { committing } from './source-filling/committing.ts'
import { integrity } from './source-filling/integrity.ts'
import type { FillingFactory } from './source-filling/place.ts'

export type { FillingFactory, FillingPlace } from './source-filling/place.ts'

/** What all FillableSources and their fillings do. */
export function sourceFillingContract(factory: FillingFactory): void {
  describe('committing', () => committing(factory))
  describe('integrity violations', () => integrity(factory))
}
