import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Broker, Route } from '../../../src/ports/broker.ts'
import { altered } from '../../faults/altered.ts'
import { breakingOff } from '../../faults/breaking-source.ts'
import { passingFault } from '../../faults/passing-fault.ts'
import { replacedFew } from './replaced-few.ts'
import { runToEnd } from './workplace.ts'

const few = replacedFew()

function refusingRoute(broker: Broker, refused: Route, fault: () => void): Broker {
  return altered(broker, {
    publish: (own) => async (route, message, signal) => {
      if (route === refused) fault()
      await own(route, message, signal)
    },
  })
}

describe('a source that fails', { concurrency: 3 }, () => {
  for (const [source, stage] of [
    ['traineeSource', 'trainees'],
    ['doctorSource', 'doctors'],
    ['exceptionSource', 'trainees'],
  ] as const) {
    test(`in ${stage} fails the run; the next is live`, async (t) => {
      await few.failsOnce(await few.start(t, (backends) => breakingOff(backends, source)), 'SOURCE_FAILED', stage)
    })
  }
})

describe('a broker that refuses', { concurrency: 4 }, () => {
  for (const [route, stage] of [
    ['syncStart', 'trainees'],
    ['traineeData', 'trainees'],
    ['doctorData', 'doctors'],
    ['getMaster', 'lists'],
  ] as const) {
    test(`${route} for good fails the run; the next is live`, async (t) => {
      const refuse = passingFault(1, 'BROKER_FAILED')
      const alter = (backends: WorkerBackends) => ({
        ...backends,
        broker: refusingRoute(backends.broker, route, refuse),
      })
      await few.failsOnce(await few.start(t, alter), 'BROKER_FAILED', stage)
    })
  }

  test('a command with a transient error is published again', async (t) => {
    const refuse = passingFault(1, 'BROKER_FAILED', { transient: true })
    const { place, worker } = await few.start(t, (backends) => ({
      ...backends,
      broker: refusingRoute(backends.broker, 'gmcSyncStart', refuse),
    }))
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })

  test('to answer delays nothing: the command is published again', async (t) => {
    let first = true
    const { place, worker } = await few.start(t, (backends) => ({
      ...backends,
      broker: altered(backends.broker, {
        publish: (own) => async (route, message, signal) => {
          if (route !== 'syncStart' || !first) return own(route, message, signal)
          first = false
          return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
        },
      }),
    }))
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.deepEqual(await place.documents(), few.now().undisturbed)
  })
})
