import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keysOfRow } from '../../../src/sync/resync/resync-keys.ts'
import type { Planted } from '../../contract/index-store/planting.ts'
import { ALTERATIONS, plantedIn } from './alterations.ts'
import { HAPPENING, NUMBERS } from './happenings.ts'
import { RefreshPlace } from './place.ts'
import { doctor, number, refreshing, trainee } from './refreshing.ts'

const installed = RefreshPlace.forFile()

test('whatever another program did to a row, a refresh of its key makes it equal to a rebuild', async () => {
  const first = fc.array(HAPPENING, { minLength: 4, maxLength: 10 })
  const law = fc.asyncProperty(first, ALTERATIONS, async (happenings, alterations) => {
    const place = installed()
    const { targets, refresh, assertRight, restart } = await refreshing(place, happenings)
    await refresh()
    const [target = assert.fail()] = targets
    const altered = await plantedIn(place, target, alterations)
    // Its searches see what was done.
    restart()
    for (const id of altered) await refresh(...keysOfRow(id).keys)
    await assertRight()
  })
  await fc.assert(law, { numRuns: 60 })
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

test('a row that lost its parts is mended although another row has its number', async () => {
  const place = installed()
  const [ONE, , THREE] = NUMBERS
  const { targets, refresh, assertRight } = await refreshing(place, [doctor(ONE), doctor(THREE)])
  await refresh()
  for (const target of targets) {
    await place.plant(target, `gmc-${THREE}`, { change: 'part', part: 'doctor.gmcReferenceNumber', value: ONE })
    await place.plant(target, `gmc-${ONE}`, { change: 'parts', value: 'nonsense' })
  }
  await refresh(number(THREE))
  await assertRight()
})
