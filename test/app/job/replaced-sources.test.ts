import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRunEvents } from '../../../src/sync/events.ts'
import { runToEnd, Workplace } from './workplace.ts'

describe('sources that are replaced during a run', { concurrency: 3 }, () => {
  test('at each restart: the run fails in the end instead of restarting forever', async (t) => {
    const place = await Workplace.make(t, { REVAL_MAX_RESTARTS: '2' })
    await place.loadFew()
    const events = createRunEvents()
    // The claim of the doctors is taken before they are read.
    const replace = ({ stage }: { stage: string }) => {
      if (stage === 'trainees') replacing.push(place.loadFew())
    }
    events.on('stage.finished', replace)
    const replacing: Promise<void>[] = []
    const worker = await place.start(
      (backends) => ({
        ...backends,
        doctorSource: {
          ...backends.doctorSource,
          snapshot: async () => {
            await Promise.all(replacing)
            return backends.doctorSource.snapshot()
          },
        },
      }),
      events,
    )
    const run = await runToEnd(worker)
    assert.equal(run.failure?.code, 'RUN_RESTARTED_TOO_OFTEN')
    assert.equal(run.restarts.length, 2)
    assert.deepEqual(await place.generations(), [])
    events.off('stage.finished', replace)
    assert.equal((await runToEnd(worker)).state, 'live')
  })
})
