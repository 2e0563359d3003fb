import assert from 'node:assert/strict'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runView } from '../../../src/app/run-view.ts'
import { runLines, runsLines } from '../../../src/cli/run-text.ts'
import { adoptLive } from '../../../src/sync/lead/adopt-live.ts'
import { backendsOf } from '../../../src/app/backends.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { ask, runToEnd, Workplace, type Owner } from './workplace.ts'

/** A workplace with a live generation and a lost ledger. */
async function withoutLedger(t: Owner) {
  // So few rows would not be compared.
  const place = await Workplace.make(t, { REVAL_CHECK_FEWEST_ROWS: '1' })
  await place.loadFew({ label: 'former' })
  const worker = await place.start()
  const { generation } = await runToEnd(worker)
  const documents = await place.documents()
  await worker.stop()
  for (const file of await readdir(place.directory)) {
    if (file.startsWith('ledger.sqlite')) await rm(join(place.directory, file))
  }
  return { place, generation: generation ?? '', documents }
}

/** Adopts what is live, as the command does. */
async function adopt(place: Workplace) {
  const backends = await (await backendsOf(place.config)).openWorker(place.config, SERVICE_NAMES)
  try {
    return await adoptLive(backends, { by: 'test', why: 'the ledger is gone' })
  } finally {
    await backends.close()
  }
}

describe('a lost ledger', { concurrency: 4 }, () => {
  test('ends the worker, and the live generation stays', async (t) => {
    const { place, generation, documents } = await withoutLedger(t)
    const worker = await place.start()
    await assert.rejects(worker.ended, (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'LEDGER_GONE')
      assert.match(error.message, new RegExp(generation))
      return true
    })
    assert.deepEqual(await place.generations(), [generation])
    assert.deepEqual(await place.documents(), documents)
  })

  test('once the live generation is adopted: the next run is compared with it, and can be rolled back to it', async (t) => {
    const { place, generation, documents } = await withoutLedger(t)
    const adopted = await adopt(place)
    assert.equal(adopted.generation, generation)
    assert.deepEqual(await adopt(place), adopted, 'a second time changes nothing')
    const worker = await place.start()
    const { ledger } = worker.context
    const { history } = await place.installation()
    assert.deepEqual(
      history.map(({ kind, to, by, why }) => [kind, to, by, why]),
      [['promotion', adopted, 'test', 'the ledger is gone']],
    )

    await place.loadFew({ label: 'new', doctors: 0 })
    assert.equal((await runToEnd(worker)).failure?.code, 'CHECK_SOURCE_EMPTY')
    await place.loadFew({ label: 'new', trainees: 5, doctors: 5 })
    assert.equal((await runToEnd(worker)).failure?.code, 'CHECK_UNLIKE')
    await place.loadFew({ label: 'new' })
    const run = await runToEnd(worker)
    assert.equal(run.state, 'live', run.failure?.reason)
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), documents)

    const shown = (await ledger.runs(10)).map((each) => runView(each, worker.context.clock.now()))
    assert.match(runsLines(shown, new Map()).join('\n'), new RegExp(`${adopted.run} +live`))
    const record = shown.find(({ id }) => id === adopted.run)
    assert.ok(record)
    assert.match(runLines(record, 'what differs').join('\n'), /promoted by test, .*: the ledger is gone/)
    assert.equal(record.counts?.indexes.masterdoctorindex, 25)
  })

  test('is not detected if nothing was ever live', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    await assert.rejects(adopt(place), { code: 'NOTHING_LIVE' })
    assert.equal((await runToEnd(await place.start())).state, 'live')
  })
})

test('a ledger from before the last promotion ends the worker, until what is live is adopted', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const worker = await place.start()
  await runToEnd(worker)
  const backup = await mkdtemp(join(tmpdir(), 'reval-backup-'))
  t.after(() => rm(backup, { recursive: true, force: true }))
  await worker.stop()
  const files = (await readdir(place.directory)).filter((file) => file.startsWith('ledger.sqlite'))
  for (const file of files) await cp(join(place.directory, file), join(backup, file))

  const later = await place.start()
  const { generation } = await runToEnd(later)
  const documents = await place.documents()
  await later.stop()
  for (const file of await readdir(place.directory)) {
    if (file.startsWith('ledger.sqlite')) await rm(join(place.directory, file))
  }
  for (const file of files) await cp(join(backup, file), join(place.directory, file))

  const restored = await place.start()
  await assert.rejects(restored.ended, { code: 'LEDGER_GONE' })
  await restored.stop()
  assert.deepEqual(await place.documents(), documents)
  assert.equal((await adopt(place)).generation, generation)
  const { live, previous } = await place.installation()
  assert.deepEqual([live?.generation, previous], [generation, null])
  const next = await place.start()
  assert.equal((await runToEnd(next)).state, 'live')
})
