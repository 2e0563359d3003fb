import assert from 'node:assert/strict'
import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readInstallation } from '../../../src/sync/records.ts'
import { ask, expectedDocuments, runToEnd, UNJUDGED, Workplace } from './workplace.ts'

test('a rollback restores the previous documents exactly, and a second one undoes it', async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  await place.makeDemo(80)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  const former = await place.documents()
  await place.loadSample()
  assert.equal((await runToEnd(worker)).state, 'live')

  await ask(worker, 'rollback')
  assert.deepEqual(await place.documents(), former)
  await ask(worker, 'rollback')
  assert.deepEqual(await place.documents(), expectedDocuments())

  const { history, live, previous } = await readInstallation(worker.context.ledger)
  assert.deepEqual(
    history.map(({ kind, by }) => `${kind} by ${by}`),
    ['rollback by test', 'rollback by test', 'promotion by test', 'promotion by test'],
  )
  assert.notEqual(live?.generation, previous?.generation)
})

test('a generation with a missing or damaged file is not restored: the live one stays, and the next run goes live', async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  await place.makeDemo(80)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.loadSample()
  assert.equal((await runToEnd(worker)).state, 'live')
  const { previous } = await readInstallation(worker.context.ledger)
  const file = join(place.directory, 'generations', `${previous?.generation ?? ''}.sqlite`)
  for (const spoil of [() => truncate(file, 40_000), () => rm(file)]) {
    await spoil()
    await assert.rejects(ask(worker, 'rollback'), { code: 'GENERATION_UNREADABLE' })
    assert.deepEqual(await place.documents(), expectedDocuments())
    const { live, changing } = await readInstallation(worker.context.ledger)
    assert.notEqual(live?.generation, previous?.generation)
    assert.equal(changing, null)
  }
  await place.makeDemo(30)
  assert.equal((await runToEnd(worker)).state, 'live')
})

test('without a previous generation there is nothing to roll back', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(30)
  const worker = await place.start()
  await assert.rejects(ask(worker, 'rollback'), { code: 'NOTHING_TO_ROLL_BACK' })
  assert.equal((await runToEnd(worker)).state, 'live')
  await assert.rejects(ask(worker, 'rollback'), { code: 'NOTHING_TO_ROLL_BACK' })
})

test('two generations are kept, however many runs there are', async (t) => {
  const place = await Workplace.make(t)
  await place.makeDemo(30)
  const worker = await place.start()
  for (let runs = 0; runs < 4; runs += 1) assert.equal((await runToEnd(worker)).state, 'live')
  const { live, previous } = await readInstallation(worker.context.ledger)
  const kept = (await worker.context.store.generations()).map(({ id }) => id)
  assert.deepEqual(kept, [previous?.generation, live?.generation])
})

test('the oldest runs are deleted, except those whose generations are kept', async (t) => {
  const place = await Workplace.make(t, { REVAL_KEEP_RUNS: '3' })
  await place.makeDemo(400)
  const worker = await place.start()
  const ids: string[] = []
  for (let runs = 0; runs < 2; runs += 1) ids.push((await runToEnd(worker)).id)
  await place.makeDemo(30)
  for (let runs = 0; runs < 4; runs += 1) {
    const run = await runToEnd(worker)
    assert.equal(run.failure?.code, 'CHECK_UNLIKE')
    ids.push(run.id)
  }
  const known = (await worker.context.ledger.runs(100)).map(({ id }) => id)
  // The newest three, and the two that are live and previous.
  assert.deepEqual(known.sort(), [...ids.slice(0, 2), ...ids.slice(-3)].sort())
})

test('a rollback during a run changes the live lists and not the run', async (t) => {
  const place = await Workplace.make(t, { ...UNJUDGED, REVAL_MESSAGE_ROWS: '5' })
  await place.makeDemo(80)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  assert.equal((await runToEnd(worker)).state, 'live')
  const { previous } = await readInstallation(worker.context.ledger)
  await place.loadSample()

  const inTheMiddle = new Promise<void>((resolve) => {
    worker.context.events.once('claim.made', () => resolve())
  })
  const running = runToEnd(worker)
  await inTheMiddle
  await ask(worker, 'rollback')
  assert.equal((await readInstallation(worker.context.ledger)).live?.generation, previous?.generation)
  assert.equal((await running).state, 'live')
  assert.deepEqual(await place.documents(), expectedDocuments())
})
