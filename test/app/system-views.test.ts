import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GenerationsWatch } from '../../src/app/health/generations.ts'
import { QueuesWatch } from '../../src/app/health/queues.ts'
import { ASSEMBLE_VERSION } from '../../src/domain/assemble.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import { changeInstallation } from '../../src/sync/records.ts'
import { ManualClock } from '../clock/manual-clock.ts'
import { altered } from '../faults/altered.ts'
import { brokerFor, ledgerFor, storeFor } from '../sync/a-context.ts'
import { aRun, kept } from '../sync/examples.ts'

describe('queues', () => {
  test('with their counts, and the reason where the broker does not tell', async (t) => {
    const clock = new ManualClock()
    const broker = altered(brokerFor(t, clock), {
      queueState: (own) => (queue) =>
        queue === 'doctorData' ? Promise.reject(new RevalError('QUEUE_MISSING', 'gone')) : own(queue),
    })
    await broker.publish('syncStart', { body: new Uint8Array(), attributes: {} })
    const names = [{ queue: 'syncStart', name: 'start' } as const, { queue: 'doctorData', name: 'doctors' } as const]
    const watch = new QueuesWatch(broker, names, clock)
    const counted = { isApproximate: false, seesAllDeliveries: true }
    const state = { waiting: 1, unacknowledged: 0, deadLetters: 0, consumers: 0, ...counted }
    const fault = { code: 'QUEUE_MISSING', reason: 'gone' }
    const first = await watch.queuesView()
    assert.deepEqual(first, {
      asOf: clock.now(),
      queues: [
        { queue: 'syncStart', name: 'start', state, fault: null },
        { queue: 'doctorData', name: 'doctors', state: null, fault },
      ],
    })
    await broker.publish('syncStart', { body: new Uint8Array(), attributes: {} })
    assert.equal(await watch.queuesView(), first)
    await clock.advance(5_000)
    assert.equal((await watch.queuesView()).queues[0]?.state?.waiting, 2)
  })
})

describe('generations', () => {
  test('with what is kept of them, and what is left over', async (t) => {
    const clock = new ManualClock()
    const [ledger, store] = [await ledgerFor(t), await storeFor(t)]
    for (const id of ['g-1', 'g-2', 'g-3'])
      await store.createGeneration({ id, createdAt: 7, assembleVersion: ASSEMBLE_VERSION })
    const stale = { 'g-1': { reason: 'a write failed', at: 5 } }
    await changeInstallation(ledger, (known) => ({ ...known, live: kept(1), building: kept(2), stale }))
    const stage = { startedAt: 1, finishedAt: null, attempt: null, expected: 5, messages: 1, failedRows: 0 }
    const doctors = { ...stage, rows: 3, withoutTrainee: 1, lateMessages: 0, unjoined: { written: 2, of: 4 } }
    const run = aRun({ id: 'run-2', state: 'doctors', stages: { doctors } })
    await ledger.save('run', run.id, run, 'new')
    const { generations, free, roomFor, fault } = await new GenerationsWatch({ ledger, store }, clock).generationsView()
    const shown = generations.map(({ generation, keptAs, run, day, rows, stale }) => [
      generation,
      keptAs,
      run,
      day,
      rows,
      stale,
    ])
    assert.deepEqual(shown, [
      ['g-1', 'live', 'run-1', null, null, 'a write failed'],
      ['g-2', 'building', 'run-2', '2026-06-01', 5, null],
      ['g-3', null, null, null, null, null],
    ])
    assert.ok(generations.every(({ bytes, createdAt }) => (bytes ?? 0) > 0 && createdAt === 7))
    assert.ok((free ?? 0) > 0 && (roomFor ?? 0) > 0)
    assert.equal(fault, null)
  })

  test('as far as they can be read', async (t) => {
    const away = () => () => Promise.reject(new RevalError('STORE_FAILED', 'away'))
    const [ledger, store] = [await ledgerFor(t), altered(await storeFor(t), { generations: away, space: away })]
    await changeInstallation(ledger, (known) => ({ ...known, live: kept(1) }))
    const view = await new GenerationsWatch({ ledger, store }, new ManualClock()).generationsView()
    assert.deepEqual(view.fault, { code: 'STORE_FAILED', reason: 'away' })
    const [{ generation, keptAs, bytes } = {}] = view.generations
    assert.deepEqual([generation, keptAs, bytes, view.free], ['g-1', 'live', null, null])
  })
})
