import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import type { Broker } from '../../../src/ports/broker.ts'
import { CHANNELS } from '../../../src/ports/changes.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import type { Few } from './few-sources.ts'
import { runToEnd, startRun, UNJUDGED, Workplace } from './workplace.ts'

const CHANGED: Few = { label: 'changed' }

/** Announces every person and doctor. */
async function announceAll({ broker }: Worker['context']): Promise<void> {
  const bodyOf = (content: unknown) => ({ body: Buffer.from(JSON.stringify(content)), attributes: {} })
  for (let person = 1; person <= 20; person += 1) {
    await broker.publish('traineeChanged', bodyOf({ tcsPersonId: person }))
  }
  const keys = Array.from({ length: 25 }, (_, at) => ({ documentKey: { _id: String(7_000_001 + at) } }))
  await broker.publish('doctorChanged', bodyOf(keys.map((key) => ({ operationType: 'replace', ...key }))))
}

/** Backends whose writer gets no change before the gate is open. */
function holdingChanges(gate: Gate, depth?: (own: Broker['depth']) => Broker['depth']) {
  return (backends: WorkerBackends): WorkerBackends => ({
    ...backends,
    broker: altered(backends.broker, {
      consume: (own) => async (queue, options, handler) => {
        if (!(CHANNELS as readonly string[]).includes(queue)) return own(queue, options, handler)
        return own(queue, options, async (delivery) => {
          await gate.pass()
          await handler(delivery)
        })
      },
      ...(depth && { depth }),
    }),
  })
}

/** An installation whose sources changed since what is live was built; nothing announced it yet. */
async function changed(
  t: Parameters<typeof Workplace.make>[0],
  alter: (backends: WorkerBackends) => WorkerBackends,
  settings: Readonly<Record<string, string>> = {},
) {
  const place = await Workplace.make(t, { ...UNJUDGED, ...settings })
  await place.loadFew()
  const worker = await place.start(alter)
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.loadFew(CHANGED)
  return { place, worker }
}

const verify = async (worker: Worker): Promise<Run> => (await startRun(worker, undefined, { purpose: 'verify' })).ended

function assertSettled({ state, failure, verification }: Run): void {
  assert.equal(state, 'verified', failure?.reason)
  const { missing, surplus, different, settled = 0 } = verification ?? {}
  assert.deepEqual([missing, surplus, different], [0, 0, 0])
  assert.ok(settled > 0)
}

describe('a row that differs only because its change is on its way', () => {
  test('waits in a channel: it is checked again once that was refreshed', async (t) => {
    const gate = new Gate()
    // They are delivered only once the verification asks how many wait.
    const depth = (own: Broker['depth']) => async (queue: Parameters<Broker['depth']>[0]) => {
      const found = await own(queue)
      gate.open()
      return found
    }
    const { worker } = await changed(t, holdingChanges(gate, depth))
    await announceAll(worker.context)
    assertSettled(await verify(worker))
  })

  test('is announced only after it was found: it is checked again until its message has had time to arrive', async (t) => {
    let looks = 0
    let announce = (): Promise<void> => Promise.resolve()
    const { worker } = await changed(
      t,
      (backends) => ({
        ...backends,
        broker: altered(backends.broker, { capabilities: (own) => ({ ...own, keepsMessages: true }) }),
        store: altered(backends.store, {
          get: (own) => async (generation, ids) => {
            const rows = await own(generation, ids)
            looks += 1
            // Live and what was built were read twice: in the comparison, and after the channels were found empty.
            if (looks === 4) await announce()
            return rows
          },
        }),
      }),
      { REVAL_VERIFY_SETTLE_SECONDS: '1' },
    )
    looks = 0
    announce = () => announceAll(worker.context)
    assertSettled(await verify(worker))
    assert.ok(looks > 4)
  })

  test('that is not announced at all is found', async (t) => {
    const { worker } = await changed(t, (backends) => backends)
    const { verification } = await verify(worker)
    assert.deepEqual([verification?.different, verification?.settled], [25, 0])
  })
})
