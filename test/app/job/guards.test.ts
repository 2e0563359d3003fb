import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadExports } from '../../../src/app/loading/load-exports.ts'
import type { SourceTable } from '../../../src/ports/source-filling.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { noDoctors, noReasons, noTrainees, takingOnly } from './partial-sources.ts'
import { ask, DAY, expectedDocuments, runToEnd, SAMPLE, Workplace } from './workplace.ts'

const EMPTY: Readonly<Record<string, (table: SourceTable) => boolean>> = {
  'no trainees': noTrainees,
  'no doctors': noDoctors,
  'no reasons': noReasons,
}

test('sources without trainees, doctors or reasons never replace lists that had some', async (t) => {
  const place = await Workplace.make(t)
  await place.loadSample()
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  for (const [what, keeps] of Object.entries(EMPTY)) {
    await place.fill((sources) => loadExports(SAMPLE, takingOnly(sources, keeps)))
    const run = await runToEnd(worker)
    assert.equal(run.state, 'held back', what)
    assert.equal(run.failure?.code, 'CHECK_SOURCE_EMPTY', what)
    assert.equal(run.failure.stage, 'checking', what)
  }
  assert.deepEqual(await place.documents(), expectedDocuments())
})

test('a first run over empty sources does not go live', async (t) => {
  const place = await Workplace.make(t)
  await place.fill((sources) =>
    loadExports(
      SAMPLE,
      takingOnly(sources, () => false),
    ),
  )
  const worker = await place.start()
  const run = await runToEnd(worker)
  assert.equal(run.failure?.code, 'CHECK_EMPTY')
  assert.equal(await worker.context.store.liveAliases(), null)
})

test('without sources a run fails with a remedy, and the worker continues', async (t) => {
  const place = await Workplace.make(t)
  const worker = await place.start()
  const run = await runToEnd(worker)
  assert.equal(run.state, 'failed')
  assert.equal(run.failure?.code, 'SOURCE_MISSING')
  await place.loadSample()
  assert.equal((await runToEnd(worker)).state, 'live')
})

test('lists that shrink by more than the limit are held back, and can be promoted', async (t) => {
  const place = await Workplace.make(t, { REVAL_CHECK_SHRINK: '0.1' })
  await place.loadSample()
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')

  await place.makeDemo(1_000)
  const held = await runToEnd(worker)
  assert.deepEqual([held.state, held.failure?.code], ['held back', 'CHECK_UNLIKE'])
  assert.deepEqual(await place.documents(), expectedDocuments())
  const { heldBack } = await readInstallation(worker.context.ledger)
  assert.equal(heldBack?.run, held.id)
  const waiting = await place.documents(heldBack.generation)
  assert.ok(waiting.masterdoctorindex.length < 0.9 * expectedDocuments().masterdoctorindex.length)

  await assert.rejects(ask(worker, 'promote', 'another-run'), { code: 'GENERATION_UNKNOWN' })
  await ask(worker, 'promote', held.id)
  assert.deepEqual(await place.documents(), waiting)
  const promoted = await worker.context.ledger.read('run', held.id)
  assert.equal(promoted?.value.state, 'live')
  const { decision } = promoted.value
  assert.deepEqual([decision?.action, decision?.by, decision?.why], ['promoted', 'test', 'a test'])
  await ask(worker, 'rollback')
  assert.deepEqual(await place.documents(), expectedDocuments())
})

test('lists that shrink by less go live automatically', async (t) => {
  const place = await Workplace.make(t, { REVAL_CHECK_SHRINK: '0.1' })
  await place.makeDemo(200)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.makeDemo(195)
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live', run.failure?.reason)
})

test('a held-back generation survives the next run, and is dropped when another is held back', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(200)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.makeDemo(60)
  const held = await runToEnd(worker)
  assert.equal(held.failure?.code, 'CHECK_UNLIKE')
  await place.makeDemo(200)
  assert.equal((await runToEnd(worker)).state, 'live')
  assert.equal((await readInstallation(worker.context.ledger)).heldBack?.run, held.id)
  assert.equal((await worker.context.store.generations()).length, 3)
  await place.makeDemo(50)
  const another = await runToEnd(worker)
  assert.equal(another.state, 'held back')
  await assert.rejects(ask(worker, 'promote', held.id), { code: 'GENERATION_UNKNOWN' })
  assert.equal((await worker.context.store.generations()).length, 3)
  await ask(worker, 'promote', another.id)
  assert.equal((await worker.context.store.generations()).length, 2)
})

test('a run that is expected to differ goes live, and the evidence records who expected it', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(200)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.makeDemo(60)
  const run = await runToEnd(worker, DAY, { expect: 'a body left' })
  assert.equal(run.state, 'live', run.failure?.reason)
  assert.deepEqual(
    [run.expect, run.evidence?.accepted?.code, run.evidence?.refusal],
    ['a body left', 'CHECK_UNLIKE', null],
  )
  const { history } = await readInstallation(worker.context.ledger)
  assert.equal(history[0]?.why, 'expected: a body left')
  await place.makeDemo(20)
  assert.equal((await runToEnd(worker)).state, 'held back', 'it was expected of one run only')
})
