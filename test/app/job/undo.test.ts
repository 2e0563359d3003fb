import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { ask, runToEnd, startRun, Workplace, type Owner } from './workplace.ts'

/** Two runs, over sources that differ, and the documents of each. */
async function twoRuns(t: Owner) {
  const place = await Workplace.make(t)
  const worker = await place.start()
  await place.loadFew({ label: 'first' })
  const first = await runToEnd(worker)
  const firstDocuments = await place.documents()
  await place.loadFew({ label: 'second' })
  const second = await runToEnd(worker)
  const secondDocuments = await place.documents()
  assert.deepEqual([first.state, second.state], ['live', 'live'])
  assert.notDeepEqual(firstDocuments, secondDocuments)
  return { place, worker, first, second, firstDocuments, secondDocuments }
}

describe('rollback', { concurrency: 4 }, () => {
  test('brings the former documents back exactly, and a second one returns', async (t) => {
    const { place, worker, first, second, firstDocuments, secondDocuments } = await twoRuns(t)
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), firstDocuments)
    const { live, previous, history } = await place.installation()
    assert.deepEqual([live?.run, previous?.run], [first.id, second.id])
    assert.deepEqual(
      history.map(({ kind, to, by, why }) => [kind, to.run, by, why]),
      [
        ['rollback', first.id, 'test', 'a test'],
        ['promotion', second.id, 'test', 'the run passed its checks'],
        ['promotion', first.id, 'test', 'the run passed its checks'],
      ],
    )
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), secondDocuments)
  })

  test('outlives the process, and the next run is live over what was rolled back to', async (t) => {
    const { place, worker, first, firstDocuments, secondDocuments } = await twoRuns(t)
    await ask(worker, 'rollback')
    await worker.stop()
    assert.deepEqual(await place.documents(), firstDocuments)
    const run = await runToEnd(await place.start())
    assert.equal(run.state, 'live')
    assert.deepEqual(await place.documents(), secondDocuments)
    const { live, previous } = await place.installation()
    assert.deepEqual([live?.run, previous?.run], [run.id, first.id])
  })

  test('is refused where there is nothing before', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const worker = await place.start()
    await assert.rejects(ask(worker, 'rollback'), { code: 'NOTHING_TO_ROLL_BACK' })
    await runToEnd(worker)
    const documents = await place.documents()
    await assert.rejects(ask(worker, 'rollback'), { code: 'NOTHING_TO_ROLL_BACK' })
    assert.deepEqual(await place.documents(), documents)
  })

  test('is done while a run fills its generation, and that run is live in the end', async (t) => {
    const { place, worker: former, first, firstDocuments, secondDocuments } = await twoRuns(t)
    await former.stop()
    const gate = new Gate()
    const worker = await place.start((backends) => ({
      ...backends,
      doctorSource: altered(backends.doctorSource, {
        snapshot: (own) => async () => {
          await gate.pass()
          return own()
        },
      }),
    }))
    const { ended } = await startRun(worker)
    await gate.reached
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), firstDocuments)
    gate.open()
    assert.equal((await ended).state, 'live')
    assert.deepEqual(await place.documents(), secondDocuments)
    assert.equal((await place.installation()).previous?.run, first.id)
  })

  test('is refused once a run goes live', async (t) => {
    const { place, worker: former, secondDocuments } = await twoRuns(t)
    await former.stop()
    const gate = new Gate()
    const worker = await place.start((backends) => ({
      ...backends,
      ledger: altered(backends.ledger, {
        save: (own) => async (kind, id, value, revision) => {
          const saved = await own(kind, id, value, revision)
          if ('state' in value && value.state === 'promoting') await gate.pass()
          return saved
        },
      }),
    }))
    const { ended, id } = await startRun(worker)
    await gate.reached
    const rollback = ask(worker, 'rollback')
    const cancel = ask(worker, 'cancel', id)
    rollback.catch(() => gate.open())
    await place.untilAsked(2)
    gate.open()
    await assert.rejects(rollback, { code: 'RUN_PROMOTING' })
    await assert.rejects(cancel, { code: 'RUN_PROMOTING' })
    assert.equal((await ended).state, 'live')
    assert.deepEqual(await place.documents(), secondDocuments)
  })
})

describe('a generation that was held back', { concurrency: 4 }, () => {
  async function heldBack(t: Owner) {
    const runs = await twoRuns(t)
    await runs.place.loadFew({ label: 'third', doctors: 0 })
    const third = await runToEnd(runs.worker)
    assert.equal(third.failure?.code, 'CHECK_SOURCE_EMPTY')
    return { ...runs, third }
  }

  test('is promoted by hand: live, with who and why, and it can be undone', async (t) => {
    const { place, worker, second, third, secondDocuments } = await heldBack(t)
    const waiting = await place.documents(third.generation ?? '')
    await ask(worker, 'promote', third.id)
    assert.deepEqual(await place.documents(), waiting)
    const promoted = await place.reading(async ({ ledger }) => (await ledger.read('run', third.id))?.value)
    assert.equal(promoted?.state, 'live')
    assert.deepEqual(promoted.promotedByHand, { by: 'test', why: 'a test' })
    const { live, previous, heldBack: left } = await place.installation()
    assert.deepEqual([live?.run, previous?.run, left], [third.id, second.id, null])
    assert.deepEqual(await place.generations(), [second.generation, third.generation])
    await ask(worker, 'rollback')
    assert.deepEqual(await place.documents(), secondDocuments)
  })

  test('is promoted by hand once, by its own id, and not instead of another run', async (t) => {
    const { worker, second, third } = await heldBack(t)
    await assert.rejects(ask(worker, 'promote', second.id), { code: 'GENERATION_UNKNOWN' })
    await ask(worker, 'promote', third.id)
    await assert.rejects(ask(worker, 'promote', third.id), { code: 'GENERATION_UNKNOWN' })
  })

  test('makes room for the next run', async (t) => {
    const { place, worker, second, third } = await heldBack(t)
    assert.equal((await place.generations()).length, 3)
    await place.loadFew({ label: 'fourth' })
    const fourth = await runToEnd(worker)
    assert.equal(fourth.state, 'live')
    assert.deepEqual(await place.generations(), [second.generation, fourth.generation])
    await assert.rejects(ask(worker, 'promote', third.id), { code: 'GENERATION_UNKNOWN' })
  })
})

test('after any number of runs, what is live is kept and the one before', async (t) => {
  const { place, worker, second } = await twoRuns(t)
  const third = await runToEnd(worker)
  assert.deepEqual(await place.generations(), [second.generation, third.generation])
  const fourth = await runToEnd(worker)
  assert.deepEqual(await place.generations(), [third.generation, fourth.generation])
})
