import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { heldOnceStored } from '../../faults/held-backends.ts'
import { ask, DAY, runToEnd, startRun, until, UNJUDGED, Workplace } from './workplace.ts'

const PERSONS = Array.from({ length: 20 }, (_, at) => ({ tcsPersonId: at + 1 }))

/** Reads the live master index again and again, and compares each row with what was read before. */
class Reader {
  readonly #worker: Worker
  readonly #stop = new AbortController()
  readonly #newest = new Map<unknown, number>()
  readonly #reading: Promise<void>
  rounds = 0

  constructor(worker: Worker) {
    this.#worker = worker
    this.#reading = this.#read()
    this.#reading.catch(() => undefined)
  }

  /** Rejects if a row was gone or older than before. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#reading
  }

  async #read(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const seen = new Set<unknown>()
      for await (const row of this.#worker.context.store.documents('live', 'masterdoctorindex', DAY)) {
        const person = row.tcsPersonId
        if (person === undefined) continue
        const version = Number(row.doctorLastName)
        const before = this.#newest.get(person) ?? 0
        assert.ok(version >= before, `person ${String(person)} is at ${version} after ${before}`)
        this.#newest.set(person, version)
        seen.add(person)
      }
      assert.equal(seen.size, PERSONS.length)
      this.rounds += 1
      // Reading may take no turn of its own.
      await turn()
    }
  }
}

/** Changes every row to the next version, and resolves once that is acknowledged. */
async function change(place: Workplace, { context: { broker } }: Worker, version: number): Promise<void> {
  await place.loadFew({ label: String(version) })
  const body = Buffer.from(JSON.stringify(PERSONS))
  await broker.publish('traineeChanged', { body, attributes: {} })
  await until(async () => {
    const { waiting, unacknowledged } = await broker.depth('traineeChanged')
    return waiting + unacknowledged === 0
  })
}

/** Backends whose index store takes its time to write to a generation: it is behind the others in the middle of a batch. */
function slowIn(backends: WorkerBackends, slow: string | null): WorkerBackends {
  const store = altered(backends.store, {
    write: (own) => async (generation, writes, guard) => {
      if (generation === slow) for (let turns = 0; turns < 50; turns += 1) await turn()
      return own(generation, writes, guard)
    },
  })
  return { ...backends, store }
}

test('no reader sees an older value after a newer one: changes flow while a run goes live and is rolled back', async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  const gate = new Gate()
  let version = 1
  await place.loadFew({ label: String(version) })
  const first = await place.startWithIndexThread()
  const { state, generation: slow } = await runToEnd(first)
  assert.equal(state, 'live')
  await first.stop()
  // Its senders have read the sources: a replacement does not restart it any more.
  const worker = await place.start((backends) => heldOnceStored(slowIn(backends, slow), 'lists', gate))
  const reader = new Reader(worker)
  const flow = { isOn: true }
  const { ended } = await startRun(worker)
  await gate.reached
  const flowing = (async () => {
    while (flow.isOn) await change(place, worker, (version += 1))
  })()
  try {
    await until(() => Promise.resolve(version >= 3))
    gate.open()
    const run = await ended
    assert.equal(run.state, 'live', run.failure?.reason)
    for (let undo = 1; undo <= 3; undo += 1) {
      const reached = version + 1
      await until(() => Promise.resolve(version >= reached))
      await ask(worker, 'rollback')
    }
  } finally {
    flow.isOn = false
    gate.open()
    await flowing
    await reader.stop()
  }
  assert.ok(reader.rounds > 10)
})
