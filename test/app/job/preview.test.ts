import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Worker } from '../../../src/app/worker.ts'
import { dayMovedBack } from '../../../src/app/day-move.ts'
import { markStale } from '../../faults/stale.ts'
import { askResync } from '../../../src/sync/resync/ask-resync.ts'
import { readRun } from '../../../src/sync/records.ts'
import type { Few } from './few-sources.ts'
import { ask, DAY, runToEnd, startRun, UNJUDGED, Workplace, type Documents, type Owner } from './workplace.ts'

/** Fewer trainees, more doctors, every name and reason another. */
const CHANGED: Few = { label: 'changed', trainees: 18, doctors: 22, reasons: 6 }
const PREVIEW = { purpose: 'preview' } as const

async function liveAndChanged(t: Owner, settings: Readonly<Record<string, string>> = UNJUDGED) {
  const place = await Workplace.make(t, settings)
  await place.loadFew()
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  const before = await place.documents()
  await place.loadFew(CHANGED)
  return { place, worker, before }
}

/** What a sync of sources makes live. */
async function synced(t: Owner, few: Few): Promise<Documents> {
  const place = await Workplace.make(t, UNJUDGED)
  await place.loadFew(few)
  assert.equal((await runToEnd(await place.start())).state, 'live')
  return place.documents()
}

const resync = ({ context }: Worker, keys: readonly string[]) =>
  askResync(context, { scope: { keys }, by: 'test', why: '', timeoutMs: 20_000 }, AbortSignal.timeout(20_000))

describe('a preview', { concurrency: 2 }, () => {
  test('is held back with what would move; live is unchanged until it is promoted', async (t) => {
    const { place, worker, before } = await liveAndChanged(t)
    const run = await runToEnd(worker, DAY, PREVIEW)
    assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['held back', 'PREVIEW', 'comparing'])
    assert.equal(run.failure?.reason, 'held back: preview')
    assert.deepEqual(await place.documents(), before)
    const { live, heldBack } = await place.installation()
    assert.equal(heldBack?.run, run.id)
    assert.ok(run.comparison)
    assert.deepEqual(run.comparison.with, live)
    const { rows, lists } = run.comparison.summary
    const after = await place.documents(heldBack.generation)
    assert.deepEqual(after, await synced(t, CHANGED))
    assert.deepEqual(rows, { before: before.masterdoctorindex.length, after: after.masterdoctorindex.length })
    for (const [name, { all }] of Object.entries(lists)) {
      const index = name as keyof Documents
      assert.equal(before[index].length + all.enter - all.leave, after[index].length, name)
    }
    assert.equal(run.stages.comparing?.rows, after.masterdoctorindex.length)

    await ask(worker, 'promote')
    assert.deepEqual(await place.documents(), after)
    const { state, decision } = await readRun(worker.context.ledger, run.id)
    assert.deepEqual([state, decision?.action, decision?.by], ['live', 'promoted', 'test'])
    assert.equal(await dayMovedBack(worker.context.ledger, run.id), null)
  })

  test('of the first run has nothing to be compared with', async (t) => {
    const place = await Workplace.make(t, UNJUDGED)
    await place.loadFew()
    const worker = await place.start()
    const run = await runToEnd(worker, DAY, PREVIEW)
    assert.deepEqual([run.state, run.failure?.code, run.comparison], ['held back', 'PREVIEW', null])
    assert.equal(await worker.context.store.liveAliases(), null)
    await ask(worker, 'promote', run.id)
    assert.equal((await place.installation()).live?.run, run.id)
  })

  test('that the checks hold back says so, and what would move', async (t) => {
    const place = await Workplace.make(t)
    await place.makeDemo(200)
    const worker = await place.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    await place.makeDemo(60)
    const run = await runToEnd(worker, DAY, PREVIEW)
    assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['held back', 'CHECK_UNLIKE', 'checking'])
    assert.ok((run.comparison?.summary.surplus ?? 0) > 0)
  })

  test('of an earlier day moves the day of live back when it is promoted', async (t) => {
    const { worker } = await liveAndChanged(t)
    const run = await runToEnd(worker, '2026-05-01', PREVIEW)
    await ask(worker, 'promote', run.id)
    assert.deepEqual(await dayMovedBack(worker.context.ledger, run.id), { from: DAY, to: '2026-05-01' })
  })

  test('stays fresh by changes and resyncs', async (t) => {
    const { place, worker } = await liveAndChanged(t)
    await place.loadFew()
    const run = await runToEnd(worker, DAY, PREVIEW)
    await place.loadFew(CHANGED)
    const keys = Array.from({ length: 27 }, (_, at) => String(7_000_001 + at))
    await resync(worker, [...keys, ...Array.from({ length: 20 }, (_, at) => String(at + 1))])
    const wanted = await synced(t, CHANGED)
    assert.deepEqual(await place.documents(run.generation ?? ''), wanted)
    assert.deepEqual(await place.documents(), wanted)
    await ask(worker, 'promote', run.id)
    assert.deepEqual(await place.documents(), wanted)
  })

  test('that missed a change is not promoted, and can be discarded', async (t) => {
    const { place, worker } = await liveAndChanged(t)
    const run = await runToEnd(worker, DAY, PREVIEW)
    await markStale(worker.context.ledger, run.generation ?? '')
    await assert.rejects(ask(worker, 'promote', run.id), { code: 'GENERATION_STALE' })
    await ask(worker, 'discard', run.id)
    assert.deepEqual([(await place.installation()).heldBack, (await place.installation()).stale], [null, {}])
  })

  test('cannot be requested while a run is going', async (t) => {
    const { worker } = await liveAndChanged(t)
    const { id, ended } = await startRun(worker)
    await assert.rejects(startRun(worker, DAY, PREVIEW), { code: 'RUN_IN_PROGRESS', details: { run: id } })
    await ended
  })
})

describe('a preview is kept', { concurrency: 2 }, () => {
  test('beside runs that go live', async (t) => {
    const { place, worker } = await liveAndChanged(t)
    const preview = await runToEnd(worker, DAY, PREVIEW)
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.equal((await place.installation()).heldBack?.run, preview.id)
    assert.equal((await place.generations()).length, 3)
    await ask(worker, 'promote')
    assert.equal((await place.installation()).live?.run, preview.id)
  })

  test('beside a run that its checks would hold back: that one fails, and its generation is dropped', async (t) => {
    const place = await Workplace.make(t)
    await place.makeDemo(200)
    const worker = await place.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    const preview = await runToEnd(worker, DAY, PREVIEW)
    assert.equal(preview.failure?.code, 'PREVIEW')
    await place.makeDemo(60)
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['failed', 'CHECK_UNLIKE', 'checking'])
    assert.ok(run.failure?.reason.endsWith(`; its generation was dropped, because preview ${preview.id} is kept`))
    assert.equal((await place.installation()).heldBack?.run, preview.id)
    assert.deepEqual((await place.generations()).length, 2)
  })

  test('until a later one, or until it missed a change', async (t) => {
    const place = await Workplace.make(t)
    await place.makeDemo(200)
    const worker = await place.start()
    await runToEnd(worker)
    const first = await runToEnd(worker, DAY, PREVIEW)
    const second = await runToEnd(worker, DAY, PREVIEW)
    assert.equal((await place.installation()).heldBack?.run, second.id)
    await assert.rejects(ask(worker, 'promote', first.id), { code: 'GENERATION_UNKNOWN' })
    await markStale(worker.context.ledger, second.generation ?? '')
    await place.makeDemo(60)
    const held = await runToEnd(worker)
    assert.deepEqual([held.state, held.failure?.code], ['held back', 'CHECK_UNLIKE'])
    assert.equal((await place.installation()).heldBack?.run, held.id)
    // A preview takes the place of a run that its checks held back.
    const third = await runToEnd(worker, DAY, PREVIEW)
    assert.equal((await place.installation()).heldBack?.run, third.id)
  })
})

describe('discarding', { concurrency: 2 }, () => {
  test('drops what was held back, and keeps who and why', async (t) => {
    const { place, worker, before } = await liveAndChanged(t)
    const run = await runToEnd(worker, DAY, PREVIEW)
    await ask(worker, 'discard')
    const { state, decision } = await readRun(worker.context.ledger, run.id)
    assert.deepEqual(
      [state, decision?.action, decision?.by, decision?.why],
      ['discarded', 'discarded', 'test', 'a test'],
    )
    assert.equal((await place.installation()).heldBack, null)
    assert.deepEqual(await place.generations(), [(await place.installation()).live?.generation])
    assert.deepEqual(await place.documents(), before)
    for (const kind of ['promote', 'discard'] as const) {
      await assert.rejects(ask(worker, kind, run.id), { code: 'GENERATION_UNKNOWN' })
    }
  })

  test('is refused for what is not held back', async (t) => {
    const { place, worker } = await liveAndChanged(t)
    const { live } = await place.installation()
    await assert.rejects(ask(worker, 'discard'), { code: 'GENERATION_UNKNOWN' })
    await assert.rejects(ask(worker, 'discard', live?.run), { code: 'GENERATION_UNKNOWN' })
    const run = await runToEnd(worker, DAY, PREVIEW)
    await assert.rejects(ask(worker, 'discard', 'another-run'), { code: 'GENERATION_UNKNOWN' })
    assert.equal((await readRun(worker.context.ledger, run.id)).state, 'held back')
  })
})
