import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { sampleOrder } from '../../../src/app/sample-order.ts'
import { assemble, ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { rowDifference } from '../../../src/domain/comparison.ts'
import { CHANGES } from '../../../src/ports/changes.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { changeInstallation, changeRecord } from '../../../src/sync/records.ts'
import { createRefresh, type RefreshTarget } from '../../../src/sync/refresh/refresh.ts'
import { verifySample, type SampleOptions } from '../../../src/sync/verify/sample.ts'
import { ONE_OF_EACH } from '../../contract/run-ledger/samples.ts'
import { altered } from '../../faults/altered.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aContext } from '../a-context.ts'
import { aRun } from '../examples.ts'
import { ALTERATIONS, plantedIn } from '../refresh/alterations.ts'
import { DAYS, HAPPENING, ROW_IDS } from '../refresh/happenings.ts'
import { REFRESH_SETTINGS, RefreshPlace } from '../refresh/place.ts'
import { person, trainee } from '../refresh/refreshing.ts'
import { World, type Happening } from '../refresh/world.ts'

const installed = RefreshPlace.forFile()
const ALL: SampleOptions = { size: 1_000, order: sampleOrder(1), arrivalMs: 5_000 }

/** A generation that is live, and a check of it by a process that only reads. */
async function live(t: Pick<TestContext, 'after'> | null, first: readonly Happening[], isWriterActive = false) {
  const place = installed()
  const world = new World()
  for (const happening of first) world.happen(happening)
  await place.fill(world.tables())
  const target = await place.build(world, DAYS[0])
  await place.openStore().makeVisible(target.generation)
  const run = aRun({ id: target.run, day: target.day, state: 'live' })
  if ((await place.ledger.read('run', run.id)) === null) await place.ledger.save('run', run.id, run, 'new')
  await makeLive(place, target)
  t?.after(() => place.drop(target))
  const clock = new ManualClock()
  const store = readOnly(place.openStore())
  const context = {
    store,
    ledger: place.ledger,
    clock,
    settings: REFRESH_SETTINGS,
    hasActiveWriter: async () => isWriterActive,
  }
  const { signal } = new AbortController()
  const check = (options: Partial<SampleOptions> = {}) =>
    verifySample(context, place.sources, { ...ALL, ...options }, signal)
  const refresh = async (personId: number) => {
    const refresh = createRefresh(
      aContext({ store: place.openStore(), ledger: place.ledger, settings: REFRESH_SETTINGS }),
      place.sources,
    )
    await refresh([target], [person(personId)], 'traineeChanged')
  }
  return { place, world, target, clock, context, check, refresh, signal }
}

async function makeLive({ ledger }: RefreshPlace, { generation, run }: RefreshTarget): Promise<void> {
  await changeInstallation(ledger, (known) => ({ ...known, term: 1, live: { generation, run } }))
}

/** What the writer tells of its channels. */
async function waiting({ ledger }: RefreshPlace, messages: number): Promise<void> {
  const { changes } = ONE_OF_EACH
  const channel = { ...changes.channels.doctorChanged, waiting: messages, oldestAt: messages === 0 ? null : 1 }
  const channels = { traineeChanged: channel, doctorChanged: channel, recommendationChanged: channel }
  await changeRecord(ledger, 'changes', CHANGES, () => ({ ...changes, channels }))
}

function readOnly(store: IndexStore): IndexStore {
  const refused = () => () => assert.fail('it writes')
  return altered(store, { write: refused, makeVisible: refused, takeOver: refused, dropGeneration: refused })
}

describe('a check of random keys', () => {
  test('of all keys names exactly the rows that are not as a rebuild, and writes nothing', async () => {
    const first = fc.array(HAPPENING, { minLength: 4, maxLength: 10 })
    const law = fc.asyncProperty(first, ALTERATIONS, async (happenings, alterations) => {
      const { place, world, target, check } = await live(null, happenings)
      await plantedIn(place, target, alterations)
      const { rows } = world.rebuild(target.day)
      const stored = new Map(
        (await place.openStore().get(target.generation, ROW_IDS)).map((each) => [each.row.id, each]),
      )
      const expected = ROW_IDS.flatMap((id) => {
        const [before, row] = [stored.get(id) ?? null, rows.get(id)]
        const after = row === undefined ? null : { row, document: assemble(row.parts), wrongKeys: [] }
        return before === null && after === null ? [] : (rowDifference(before, after) ?? [])
      })
      const { differences, settled } = await check()
      const named = (all: readonly { id: string; kind: string; fields: readonly string[] }[]) =>
        all.map(({ id, kind, fields }) => `${kind} ${id}: ${fields.join()}`).sort()
      assert.deepEqual(named(differences), named(expected))
      assert.equal(settled, 0)
      await place.drop(target)
    })
    await fc.assert(law, { numRuns: 40 })
  })

  test('says how many there are, and how many of these it checked', async (t) => {
    const persons = [1, 2, 3, 4, 5].map((id) => trainee(id, null))
    const { check, target } = await live(t, persons)
    const result = await check({ size: 2 })
    assert.deepEqual(result.rows, { of: 5, checked: 2 })
    assert.deepEqual(result.persons, { of: 5, checked: 2 })
    assert.deepEqual(result.documents, { of: 0, checked: 0 })
    assert.deepEqual([result.live.generation, result.day], [target.generation, target.day])
  })
})

describe('a row that differs is checked again', () => {
  test('after its change had time to arrive, and is not reported if it is right then', async (t) => {
    const { world, place, check, clock, refresh } = await live(t, [trainee(1, null), trainee(2, null)], true)
    for (const id of [1, 2]) world.happen(trainee(id, null, { surname: 'Changed' }))
    await place.fill(world.tables())
    const checked = check()
    await clock.untilPending(1)
    await refresh(1)
    await clock.advance(5_000)
    const { differences, settled } = await checked
    assert.deepEqual(
      differences.map(({ id, kind, fields }) => [id, kind, fields]),
      [['tcs-2', 'different', ['doctorLastName']]],
    )
    assert.equal(settled, 1)
  })

  test('after the changes that wait in the channels were refreshed', async (t) => {
    const { world, place, check, clock, refresh } = await live(t, [trainee(1, null)], true)
    world.happen(trainee(1, null, { surname: 'Changed' }))
    await place.fill(world.tables())
    await waiting(place, 1)
    const checked = check()
    await clock.untilPending(1)
    await clock.advance(5_000)
    await clock.untilPending(1)
    await refresh(1)
    await waiting(place, 0)
    await clock.advance(500)
    assert.equal((await checked).settled, 1)
  })

  test('and nothing is decided if they wait too long', async (t) => {
    const { world, place, check, clock } = await live(t, [trainee(1, null)], true)
    world.happen(trainee(1, null, { surname: 'Changed' }))
    await place.fill(world.tables())
    await waiting(place, 1)
    t.after(() => waiting(place, 0))
    const checked = assert.rejects(check(), { code: 'VERIFY_VOID' })
    await clock.untilPending(1)
    await clock.advance(5_000)
    for (let waited = 0; waited < 60_000; waited += 500) {
      await clock.untilPending(1)
      await clock.advance(500)
    }
    await checked
  })
})

describe('a check of random keys is refused', () => {
  test('while nothing is live', async (t) => {
    const { place, check, target } = await live(t, [])
    await changeInstallation(place.ledger, (known) => ({ ...known, live: null }))
    await assert.rejects(check(), { code: 'NOTHING_LIVE' })
    await makeLive(place, target)
  })

  test('if another version built live', async (t) => {
    const { place, check, target } = await live(t, [])
    const older = { ...target, generation: `${target.generation}-older` }
    const generation = { id: older.generation, createdAt: 1, assembleVersion: ASSEMBLE_VERSION - 1 }
    await place.openStore().createGeneration(generation)
    t.after(() => place.drop(older))
    await makeLive(place, older)
    await assert.rejects(check(), { code: 'GENERATION_VERSION' })
  })

  test('if another generation goes live meanwhile, also if the first is dropped', async (t) => {
    const { place, world, clock, check, target } = await live(t, [trainee(1, null)], true)
    world.happen(trainee(1, null, { surname: 'Changed' }))
    await place.fill(world.tables())
    const checked = assert.rejects(check(), { code: 'VERIFY_VOID' })
    await clock.untilPending(1)
    const next = await place.build(world, target.day)
    t.after(() => place.drop(next))
    await makeLive(place, next)
    await place.drop(target)
    await clock.advance(5_000)
    await checked
  })
})
