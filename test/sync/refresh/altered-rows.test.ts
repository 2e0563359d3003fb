import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FIELDS } from '../../../src/domain/fields.ts'
import type { RowId } from '../../../src/domain/row.ts'
import { keysOfRow } from '../../../src/sync/resync/resync-keys.ts'
import type { PartPath, Planted } from '../../contract/index-store/planting.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'
import { HAPPENING, NUMBERS, ROW_IDS } from './happenings.ts'
import { RefreshPlace } from './place.ts'
import { doctor, number, refreshing, trainee } from './refreshing.ts'

const installed = RefreshPlace.forFile()

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
const ALTERATION: fc.Arbitrary<(id: RowId) => Planted> = fc.oneof(
  fc.constant(() => ({ change: 'delete' as const })),
  fc.constantFrom(...FIELDS).map((field) => () => ({ change: 'field' as const, field, value: 2 })),
  fc.constantFrom(...NUMBERS, null).map((value) => () => ({ change: 'key' as const, key: 'number', value })),
  fc.tuple(fc.constantFrom(...PATHS), VALUE).map(([part, value]) => () => ({ change: 'part' as const, part, value })),
  fc.constantFrom('nonsense', '[]', '{}').map((value) => () => ({ change: 'parts' as const, value })),
  PARTS.map((parts) => (id: RowId) => ({ change: 'add' as const, row: aRow(id, parts) })),
)

test('whatever another program did to a row, a refresh of its key makes it equal to a rebuild', async () => {
  const first = fc.array(HAPPENING, { minLength: 4, maxLength: 10 })
  const some = fc.array(fc.tuple(fc.constantFrom(...ROW_IDS), ALTERATION), { minLength: 1, maxLength: 3 })
  const law = fc.asyncProperty(first, some, async (happenings, alterations) => {
    const place = installed()
    const { targets, refresh, assertRight, restart } = await refreshing(place, happenings)
    await refresh()
    const [target = assert.fail()] = targets
    const altered = new Set<RowId>()
    for (const [id, alteration] of alterations) {
      const planted = alteration(id)
      const [found] = await place.openStore().get(target.generation, [id])
      if (altered.has(id) || (planted.change === 'add') !== (found === undefined)) continue
      await place.plant(target, id, planted)
      altered.add(id)
    }
    // Its searches see what was done.
    restart()
    for (const id of altered) await refresh(...keysOfRow(id).keys)
    await assertRight()
  })
  await fc.assert(law, { numRuns: 100 })
})

test('a row that was made to look like another is not deleted as surplus: its id says whose it is', async () => {
  const place = installed()
  const [ONE, TWO] = NUMBERS
  const { targets, refresh, assertRight } = await refreshing(place, [trainee(1, ONE), trainee(2, TWO), doctor(ONE)])
  for (const target of targets) {
    const alterations: readonly Planted[] = [
      { change: 'key', key: 'number', value: ONE },
      { change: 'part', part: 'trainee.gmcReferenceNumber', value: ONE },
      { change: 'part', part: 'trainee.tcsPersonId', value: 1 },
    ]
    for (const planted of alterations) await place.plant(target, 'tcs-2', planted)
  }
  await refresh(number(ONE))
  await assertRight()
})
