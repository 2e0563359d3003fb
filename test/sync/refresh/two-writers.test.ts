import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { createRefresh } from '../../../src/sync/refresh/refresh.ts'
import type { KeyedSources } from '../../../src/sync/refresh/source-reading.ts'
import { altered } from '../../faults/altered.ts'
import { aContext } from '../a-context.ts'
import { DAYS, ROW_IDS } from './happenings.ts'
import { REFRESH_SETTINGS, RefreshPlace } from './place.ts'
import { doctor, number, person, trainee } from './refreshing.ts'
import { World } from './world.ts'

const installed = RefreshPlace.forFile()
const [DAY] = DAYS
const NUMBER = '1111111'

/** Every request begins when the scheduler says. */
function scheduledStore(store: IndexStore, scheduler: fc.Scheduler): IndexStore {
  return altered(store, {
    get: (own) => scheduler.scheduleFunction(own),
    findByNumbers: (own) => scheduler.scheduleFunction(own),
    write: (own) => scheduler.scheduleFunction(own),
    makeVisible: (own) => scheduler.scheduleFunction(own),
  })
}

function scheduledSources({ trainees, doctors, exceptions }: KeyedSources, scheduler: fc.Scheduler): KeyedSources {
  return {
    trainees: { recordsOf: scheduler.scheduleFunction((keys) => trainees.recordsOf(keys)) },
    doctors: { recordsOf: scheduler.scheduleFunction((keys) => doctors.recordsOf(keys)) },
    exceptions: { reasonsOf: scheduler.scheduleFunction((numbers) => exceptions.reasonsOf(numbers)) },
  }
}

/**
 * Two writers are not active at once (`takeOver`). Should they be, tokens, reading rows before sources and starting over
 * suffice as long as rows stay and no value returns.
 */
test('two refreshes of a row at once end right, in whatever order their requests come', async () => {
  const place = installed()
  const law = fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), async (scheduler, changes) => {
    const world = new World()
    world.happen(trainee(1, NUMBER))
    world.happen(doctor(NUMBER))
    await place.fill(world.tables())
    const target = await place.build(world, DAY)
    const refresh = () => {
      const store = scheduledStore(place.openStore(), scheduler)
      const sources = scheduledSources(place.sources, scheduler)
      return createRefresh(aContext({ store, ledger: place.ledger, settings: REFRESH_SETTINGS }), sources)
    }
    const first = refresh()([target], [person(1)], 'traineeChanged')
    const last = async () => {
      for (let change = 1; change <= changes; change += 1) {
        await scheduler.schedule(Promise.resolve())
        world.happen(trainee(1, NUMBER, { surname: `Name ${change}` }))
        await place.fill(world.tables())
      }
      return refresh()([target], [number(NUMBER)], 'doctorChanged')
    }
    const results = (await scheduler.waitFor(Promise.all([first, last()]))).flat()
    for (const result of results) if (result.status === 'rejected') throw result.reason
    assert.deepEqual(await place.rows(target, ROW_IDS), world.rebuild(DAY).rows)
    await place.drop(target)
  })
  await fc.assert(law, { numRuns: 50 })
})
