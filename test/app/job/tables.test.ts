import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { LIST_NAMES } from '../../../src/domain/lists.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { aborted } from '../../../src/sync/wait/together.ts'
import { plantInTableOf } from '../../adapters/index-store/sqlite-planting.ts'
import { altered, type Alterations } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { Outage } from '../../faults/outage.ts'
import { announceAll } from './announced.ts'
import type { Few } from './few-sources.ts'
import { ask, DAY, expectedDocuments, runToEnd, startRun, UNJUDGED, Workplace, type Documents } from './workplace.ts'

const TABLES = { ...UNJUDGED, REVAL_LISTS: 'tables' }
const CHANGED: Few = { label: 'changed', trainees: 18, doctors: 22, reasons: 6 }

function withStore(alterations: Alterations<IndexStore>) {
  return (backends: WorkerBackends): WorkerBackends => ({ ...backends, store: altered(backends.store, alterations) })
}

/** The pairs of a list and its table among the checks of a run. */
function tableChecks({ evidence }: Run): string[] {
  const checks = evidence?.checks.filter(({ what }) => what.endsWith('in its table')) ?? []
  return checks.map(({ what, left, right, verdict }) => `${what}: ${left} ${right} ${verdict}`)
}

/** The rows of the lists of some documents. */
const sizesOf = (documents: Documents) => LIST_NAMES.map((list) => documents[list].length)

test('a run fills and checks tables that are the lists; a changed setting takes effect with the next run, and rollback leads back', async (t) => {
  const views = await Workplace.make(t, UNJUDGED)
  await views.loadSample()
  const before = await views.start()
  assert.equal((await runToEnd(before)).state, 'live')
  await before.stop()

  const place = await Workplace.copyOf(t, views, TABLES)
  const worker = await place.start()
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live', run.failure?.reason)
  const expected = expectedDocuments()
  assert.deepEqual(await place.documents(), expected)
  const sizes = sizesOf(expected)
  const pairs = LIST_NAMES.map((list, at) => `rows of ${list}, and in its table: ${sizes[at]} ${sizes[at]} same`)
  assert.deepEqual(tableChecks(run), pairs)
  const all = sizes.reduce((sum, size) => sum + size, 0)
  assert.deepEqual([run.stages.lists?.rows, run.stages.lists?.expected], [all, all])
  const generations = await worker.context.store.generations()
  assert.deepEqual(
    generations.map(({ tableDay }) => tableDay),
    [undefined, DAY],
  )
  await ask(worker, 'rollback')
  assert.deepEqual(await place.documents(), expected)
  await ask(worker, 'rollback')
  assert.deepEqual(await place.documents(), expected)
})

test('live changes reach a generation with views and one with tables', async (t) => {
  const views = await Workplace.make(t, UNJUDGED)
  await views.loadFew()
  const before = await views.start()
  assert.equal((await runToEnd(before)).state, 'live')
  await before.stop()
  const place = await Workplace.copyOf(t, views, TABLES)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await place.loadFew(CHANGED)
  await announceAll(worker)
  const inTables = await place.documents()
  await ask(worker, 'rollback')
  assert.deepEqual(await place.documents(), inTables)
  // And the same as what a run builds.
  assert.equal((await runToEnd(worker)).state, 'live')
  assert.deepEqual(await place.documents(), inTables)
})

test('a run cancelled while it fills stops at once, and leaves what is live', async (t) => {
  const place = await Workplace.make(t, TABLES)
  await place.loadFew()
  const filling = new Gate()
  let holds = false
  const worker = await place.start(
    withStore({
      fillTables: (own) => async (generation, options, guard) => {
        if (!holds) return own(generation, options, guard)
        void filling.pass()
        await aborted(options.signal)
        options.signal.throwIfAborted()
      },
    }),
  )
  assert.equal((await runToEnd(worker)).state, 'live')
  const live = await place.documents()
  await place.loadFew(CHANGED)
  holds = true
  const { ended } = await startRun(worker)
  await filling.reached
  await ask(worker, 'cancel')
  const run = await ended
  assert.deepEqual([run.state, run.failure?.stage], ['cancelled', 'lists'])
  assert.deepEqual(await place.documents(), live)
  assert.equal((await place.generations()).length, 1)
})

describe('an engine that is away while tables are filled', () => {
  test('for a while makes filling start over, and not the run', async (t) => {
    const place = await Workplace.make(t, TABLES)
    await place.loadFew()
    const outage = new Outage('store')
    const events = createRunEvents()
    const worker = await place.start((backends) => outage.around(backends), events)
    let over: Promise<void> = Promise.resolve()
    events.on('stage.started', ({ stage }) => {
      if (stage === 'lists') over = outage.last(worker.context.clock, 300)
    })
    const run = await runToEnd(worker)
    await over
    assert.deepEqual([run.state, run.restarts], ['live', []])
    assert.ok(outage.calls > 0)
  })

  test('for too long fails the run', async (t) => {
    const place = await Workplace.make(t, { ...TABLES, REVAL_STALL_SECONDS: '1' })
    await place.loadFew()
    const away = new RevalError('STORE_FAILED', 'away', { transient: true })
    const worker = await place.start(withStore({ fillTables: () => () => Promise.reject(away) }))
    const run = await runToEnd(worker)
    const { state, failure, restarts } = run
    assert.deepEqual([state, failure?.code, failure?.stage, restarts], ['failed', 'STORE_FAILED', 'lists', []])
  })
})

test('a run whose tables do not move restarts', async (t) => {
  const place = await Workplace.make(t, { ...TABLES, REVAL_STALL_SECONDS: '1' })
  await place.loadFew()
  let holds = true
  const worker = await place.start(
    withStore({
      fillTables: (own) => async (generation, options, guard) => {
        if (!holds) return own(generation, options, guard)
        holds = false
        await aborted(options.signal)
        options.signal.throwIfAborted()
      },
    }),
  )
  const run = await runToEnd(worker)
  assert.equal(run.state, 'live')
  assert.deepEqual(
    run.restarts.map(({ reason }) => reason),
    ['no row of the tables was filled for 1 s'],
  )
})

describe('a run whose tables are not as they should be is held back', () => {
  const cases = [
    ['a row is missing', null, 'CHECK_COUNTS'],
    ['a row has another field', { doctorLastName: 'Somebody else' }, 'CHECK_READ_BACK'],
  ] as const
  for (const [what, document, code] of cases) {
    test(`if ${what}; it has its tables, and can be promoted`, async (t) => {
      const place = await Workplace.make(t, TABLES)
      await place.loadFew()
      const worker = await place.start(
        withStore({
          fillTables: (own) => async (generation, options, guard) => {
            await own(generation, options, guard)
            const [rows = []] = await Array.fromAsync(worker.context.store.tableRows(generation, 'connectedindex'))
            await plantInTableOf(place.directory, generation, 'connectedindex', rows[0]?.id ?? '', document)
          },
        }),
      )
      const run = await runToEnd(worker)
      assert.deepEqual([run.state, run.failure?.code], ['held back', code])
      await ask(worker, 'promote', run.id)
      assert.equal((await place.documents()).recommendationindex.length, 25)
    })
  }
})

test('a verification that may promote what it builds has tables; another has none', async (t) => {
  const place = await Workplace.make(t, TABLES)
  await place.loadFew()
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  // Not announced: as if a change had been lost.
  await place.loadFew({ label: 'changed' })
  const looking = await runToEnd(worker, DAY, { purpose: 'verify' })
  assert.deepEqual([looking.state, looking.stages.lists, tableChecks(looking)], ['verified', undefined, []])
  const run = await runToEnd(worker, DAY, { purpose: 'verify', repair: 'promote' })
  assert.deepEqual([run.state, run.verification?.repaired?.how], ['live', 'promote'])
  assert.equal(tableChecks(run).length, LIST_NAMES.length)
  assert.equal((await worker.context.store.generations()).at(-1)?.tableDay, DAY)
})
