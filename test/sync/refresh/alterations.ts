import fc from 'fast-check'
import { FIELDS } from '../../../src/domain/fields.ts'
import type { RowId } from '../../../src/domain/row.ts'
import type { RefreshTarget } from '../../../src/sync/refresh/refresh.ts'
import type { PartPath, Planted } from '../../contract/index-store/planting.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'
import { NUMBERS, ROW_IDS } from './happenings.ts'
import type { RefreshPlace } from './place.ts'

const PATHS: readonly PartPath[] = [
  'trainee',
  'doctor',
  'reason',
  'trainee.tcsPersonId',
  'trainee.gmcReferenceNumber',
  'trainee.doctorLastName',
  'doctor.gmcReferenceNumber',
  'doctor.doctorLastName',
]
const VALUE = fc.oneof(fc.constantFrom(...NUMBERS), fc.constantFrom(2, 'Altered', null))
const PARTS = fc.record({
  trainee: fc.option(fc.constantFrom(...NUMBERS).map((gmcReferenceNumber) => aTrainee({ gmcReferenceNumber }))),
  doctor: fc.option(fc.constantFrom(...NUMBERS).map((gmcReferenceNumber) => aDoctor({ gmcReferenceNumber }))),
})
/** What another program does to a row. */
export type Alteration = (id: RowId) => Planted

const ALTERATION: fc.Arbitrary<Alteration> = fc.oneof(
  fc.constant(() => ({ change: 'delete' as const })),
  fc.constantFrom(...FIELDS).map((field) => () => ({ change: 'field' as const, field, value: 2 })),
  fc.constantFrom(...NUMBERS, null).map((value) => () => ({ change: 'key' as const, key: 'number', value })),
  fc.tuple(fc.constantFrom(...PATHS), VALUE).map(([part, value]) => () => ({ change: 'part' as const, part, value })),
  fc.constantFrom('nonsense', '[]', '{}').map((value) => () => ({ change: 'parts' as const, value })),
  PARTS.map((parts) => (id: RowId) => ({ change: 'add' as const, row: aRow(id, parts) })),
)

/** Alterations of some rows, whether they exist or not. */
export const ALTERATIONS = fc.array(fc.tuple(fc.constantFrom(...ROW_IDS), ALTERATION), { minLength: 1, maxLength: 3 })

/** Alters rows of a generation behind the store's back, as far as they exist, and each once. Resolves with their ids. */
export async function plantedIn(
  place: RefreshPlace,
  target: RefreshTarget,
  alterations: readonly (readonly [RowId, Alteration])[],
): Promise<ReadonlySet<RowId>> {
  const altered = new Set<RowId>()
  for (const [id, alteration] of alterations) {
    const planted = alteration(id)
    const [found] = await place.openStore().get(target.generation, [id])
    if (altered.has(id) || (planted.change === 'add') !== (found === undefined)) continue
    await place.plant(target, id, planted)
    altered.add(id)
  }
  return altered
}
