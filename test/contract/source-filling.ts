import { describe } from 'node:test'
import { committing } from './source-filling/committing.ts'
import { misplacing } from './source-filling/misplacing.ts'
import type { FillingFactory } from './source-filling/place.ts'

export type { FillingFactory, FillingPlace } from './source-filling/place.ts'

/** What all FillableSources and their fillings do. */
export function sourceFillingContract(factory: FillingFactory): void {
  describe('committing', () => committing(factory))
  describe('integrity violations', () => misplacing(factory))
}
