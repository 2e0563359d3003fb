import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { QUEUES, type Queue } from '../../../src/ports/broker.ts'
import { altered } from '../../faults/altered.ts'
import { runToEnd, Workplace } from './workplace.ts'

/** A broker that refuses consumers of one of its queues; `consuming` are the queues with a consumer. */
function refusing(refused: Queue, consuming: Set<Queue>) {
  return (backends: WorkerBackends): WorkerBackends => ({
    ...backends,
    broker: altered(backends.broker, {
      consume: (own) => async (queue, options, handler) => {
        if (queue === refused) throw new RevalError('BROKER_FAILED', `no ${queue}`)
        const consumer = await own(queue, options, handler)
        consuming.add(queue)
        return {
          stop: async () => {
            await consumer.stop()
            consuming.delete(queue)
          },
        }
      },
    }),
  })
}

describe('a worker that is refused one of its queues', { concurrency: 4 }, () => {
  const ofServices = QUEUES.filter((queue) => /syncStart|gmcSyncStart|getMaster/.test(queue))
  for (const queue of ofServices) {
    test(`does not start without ${queue}, and releases everything`, async (t) => {
      const place = await Workplace.make(t)
      await place.loadFew()
      const consuming = new Set<Queue>()
      await assert.rejects(place.start(refusing(queue, consuming)), { code: 'BROKER_FAILED', message: `no ${queue}` })
      assert.deepEqual([...consuming], [])
      // The directory is free again.
      assert.equal((await runToEnd(await place.start())).state, 'live')
    })
  }

  for (const queue of ['traineeData', 'doctorData'] as const) {
    test(`ends on its own without ${queue}, and consumes no other data`, async (t) => {
      const place = await Workplace.make(t)
      const consuming = new Set<Queue>()
      const worker = await place.start(refusing(queue, consuming))
      await assert.rejects(worker.ended, { code: 'BROKER_FAILED' })
      assert.deepEqual(
        [...consuming].filter((each) => each.endsWith('Data')),
        [],
      )
    })
  }
})
