import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { listFailures, storesOf } from '../../../src/sync/failures/find-failures.ts'
import { replayFailures } from '../../../src/sync/failures/replay.ts'
import { askResync } from '../../../src/sync/resync/ask-resync.ts'
import type { Worker } from '../../../src/app/worker.ts'
import type { ResyncScope } from '../../../src/ports/run-ledger.ts'
import { runAnew } from '../../crash/crashing.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading } from '../../faults/held-backends.ts'
import { FEW } from './few-sources.ts'
import { DAY, startRun, Workplace } from './workplace.ts'

/** Every person and every GMC number of the few sources. */
const ALL_KEYS = [
  ...Array.from({ length: FEW.trainees }, (_, at) => String(at + 1)),
  ...Array.from({ length: FEW.doctors + 5 }, (_, at) => String(7_000_001 + at)),
]

const resync = ({ context }: Worker, scope: ResyncScope) =>
  askResync(context, { scope, by: 'test', why: '', timeoutMs: 20_000 }, AbortSignal.timeout(20_000))

/** What a sync of the changed sources gives. */
async function expected(t: Parameters<typeof Workplace.make>[0]) {
  const place = await Workplace.make(t)
  await place.loadFew({ label: 'changed' })
  await runAnew(place)
  return place.documents()
}

/** A second run that has read the trainees and the reasons, and waits before it reads the doctors. */
async function runHeldBeforeDoctors(t: Parameters<typeof Workplace.make>[0]) {
  const gate = new Gate()
  const place = await Workplace.make(t)
  await place.loadFew()
  await runAnew(place)
  const worker = await place.start((backends) => heldBeforeReading(backends, 'doctorSource', gate))
  const run = await startRun(worker, DAY)
  await gate.reached
  return { gate, place, worker, run }
}

describe('while a run is in progress', { concurrency: 2 }, () => {
  test('a resync updates live at once, and the new generation before it goes live', async (t) => {
    const { gate, place, worker, run } = await runHeldBeforeDoctors(t)
    await place.loadFew({ label: 'changed' })
    const { written, failed } = await resync(worker, { keys: ALL_KEYS })
    assert.deepEqual([written, failed], [25, []])
    const wanted = await expected(t)
    assert.deepEqual(await place.documents(), wanted)
    gate.open()
    assert.equal((await run.ended).state, 'live')
    assert.deepEqual(await place.documents(), wanted)
    // The previous generation was kept up to date too.
    assert.deepEqual(await place.documents((await place.installation()).previous?.generation), wanted)
  })

  test('a failed row of the run is replayed by it, and listed until then', async (t) => {
    const { gate, place, worker, run } = await runHeldBeforeDoctors(t)
    const { building } = await place.installation()
    const failure = { stage: 'trainees', at: 1, key: 'tcs-1', code: 'ROW_DATE_IMPOSSIBLE', reason: 'so' } as const
    const generation = building?.generation ?? ''
    await worker.context.ledger.addFailures([{ ...failure, run: run.id, generation }])
    const stores = { ...storesOf(worker.context), clock: systemClock }
    const ids = async () =>
      (await listFailures(stores, { place: null, code: null, limit: 10 })).failures.map(({ id }) => id)
    const replayed = await replayFailures(
      stores,
      { all: true },
      {
        by: 'test',
        why: '',
        resync: (scope) => resync(worker, scope),
      },
    )
    assert.deepEqual(replayed, [{ id: 'trainees/tcs-1', outcome: 'left to the run', code: null }])
    assert.deepEqual(await ids(), ['trainees/tcs-1'])
    gate.open()
    await run.ended
    assert.deepEqual(await ids(), [])
  })
})
