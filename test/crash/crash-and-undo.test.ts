import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { WriterRequest } from '../../src/ports/run-ledger.ts'
import { readRun } from '../../src/sync/records.ts'
import { DAY, expectedDocuments, runToEnd, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, assertOneOf, carryOn, killedAt } from './crashing.ts'

type Asked = Exclude<WriterRequest['kind'], 'resync' | 'erase'>

/** Between any two durable steps of what is asked of the writer. */
const STEPS: Readonly<Record<Asked, readonly (readonly [where: string, moment: string, nth: number])[]>> = {
  rollback: [
    ['it is requested', 'ledger.save inbox after', 1],
    ['the ledger says that the aliases are moving', 'store.promote before', 1],
    ['the aliases have moved', 'store.promote after', 1],
    ['it is done but not answered', 'ledger.save inbox before', 2],
  ],
  promote: [
    ['the ledger says that the aliases are moving', 'store.promote before', 1],
    ['the aliases have moved', 'store.promote after', 1],
    ['the run is not yet recorded as live', 'ledger.save run live before', 1],
    ['it is done but not answered', 'ledger.save inbox before', 2],
  ],
  discard: [
    ['it is requested', 'ledger.save inbox after', 1],
    ['the run is recorded as discarded', 'ledger.save run discarded after', 1],
    ['its generation is not kept any more, and exists', 'store.dropGeneration before', 1],
    ['it is done but not answered', 'ledger.save inbox before', 2],
  ],
  cancel: [
    ['it is requested', 'ledger.save inbox after', 1],
    ['the run is cancelled and still the current one', 'ledger.save run cancelled after', 1],
    ['it is done but not answered', 'ledger.save inbox before', 2],
  ],
}

describe('killed while answering a request, the next start has carried it out exactly once', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  /** The sample is live, a demo is before it, and a smaller demo is held back and in the sources. */
  let base: Workplace
  let heldBack: string
  let live: Documents
  const wanted: Partial<Record<WriterRequest['kind'], Documents>> = {}

  before(async () => {
    base = await Workplace.make({ after: (clean) => cleanup.push(clean) })
    const worker = await base.start()
    await base.makeDemo(60)
    assert.equal((await runToEnd(worker)).state, 'live')
    wanted.rollback = await base.documents()
    await base.loadSample()
    assert.equal((await runToEnd(worker, DAY, { expect: 'other sources' })).state, 'live')
    live = wanted.cancel = await base.documents()
    assert.deepEqual(live, expectedDocuments())
    await base.makeDemo(50)
    const held = await runToEnd(worker)
    assert.equal(held.failure?.code, 'CHECK_UNLIKE')
    heldBack = held.id
    wanted.promote = await base.documents(held.generation ?? '')
    await worker.stop()
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  for (const kind of ['rollback', 'promote', 'discard', 'cancel'] as const) {
    for (const [where, moment, nth] of STEPS[kind]) {
      test(`${kind}: ${where}`, async (t) => {
        const place = await Workplace.copyOf(t, base)
        const after = wanted[kind] ?? live
        await killedAt(place, kind, moment, nth)
        await assertOneOf(place, live, after)
        const { run, requests } = await carryOn(place)
        assert.deepEqual(
          requests.map((request) => [request.kind, request.answer]),
          [[kind, { ok: true }]],
        )
        assert.deepEqual(await place.documents(), after)
        await assertNothingLeft(place)
        if (kind === 'cancel') assert.ok(run === null || run.state === 'cancelled', `the run is ${run?.state ?? ''}`)
        const ends = { promote: 'live', discard: 'discarded', rollback: 'held back', cancel: 'held back' }
        const decided = await place.reading(({ ledger }) => readRun(ledger, heldBack))
        const by = kind === 'promote' || kind === 'discard' ? 'child' : undefined
        assert.deepEqual([decided.state, decided.decision?.by], [ends[kind], by])
        if (kind === 'discard') assert.equal((await place.installation()).heldBack, null)
      })
    }
  }
})
