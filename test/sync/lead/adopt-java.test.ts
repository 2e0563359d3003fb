import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../../../src/ports/index-store.ts'
import type { Installation, RunLedger } from '../../../src/ports/run-ledger.ts'
import { adoptJava, releaseJava } from '../../../src/sync/lead/adopt-java.ts'
import { changeAliases } from '../../../src/sync/lead/aliases.ts'
import { replaceOutdatedLive } from '../../../src/sync/lead/outdated-live.ts'
import { KeptGenerations } from '../../../src/sync/refresh/kept-generations.ts'
import { changeInstallation, readInstallation, readRun } from '../../../src/sync/records.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered, type Alterations } from '../../faults/altered.ts'
import { aContext, brokerFor, ledgerFor, storeFor } from '../a-context.ts'
import { aChangeRequest, aRun, kept } from '../examples.ts'

/** An embedded store, where a generation of its own stands for the Java services' indexes. */
async function place(
  t: TestContext,
  before: Partial<Installation> = {},
  alterations: (ledger: RunLedger) => Alterations<RunLedger> = () => ({}),
) {
  const own = await storeFor(t)
  const ofJava = new Set<GenerationId>()
  let releasedFrom: GenerationId | undefined
  const store = altered<IndexStore>(own, {
    adoptIndexes: () => async (id, createdAt) => {
      await own.createGeneration({ id, createdAt, assembleVersion: ASSEMBLE_VERSION })
      ofJava.add(id)
      await own.promote(id, null)
    },
    generations: (list) => async () =>
      (await list()).map((each) => (ofJava.has(each.id) ? { ...each, java: true as const } : each)),
    releaseIndexes: () => async () => {
      releasedFrom = (await own.liveAliases())?.masterdoctorindex
    },
  })
  const ledger = await ledgerFor(t)
  await changeInstallation(ledger, (known) => ({ ...known, ...before }))
  const clock = new ManualClock()
  const parts = { clock, store, broker: brokerFor(t, clock) }
  const context = (of: RunLedger = ledger) => ({
    ...aContext({ ...parts, ledger: of }),
    term: 1,
    guard: () => undefined,
  })
  const failing = altered(ledger, alterations(ledger))
  return {
    context: context(),
    failing: context(failing),
    installation: () => readInstallation(ledger),
    releasedFrom: () => releasedFrom,
    ofJava,
    clock,
  }
}

const ASKED = { by: 'somebody', why: 'so' }

describe('taking the indexes of the Java services', () => {
  test('makes them live, with the record of a run that has a profile, and keeps what is held back', async (t) => {
    const { context, installation } = await place(t, { heldBack: kept(3) })
    const taken = await adoptJava(context, ASKED)
    const { live, java, heldBack, previous, history } = await installation()
    assert.deepEqual([live, java, heldBack, previous], [taken, taken, kept(3), null])
    assert.deepEqual(
      history.map(({ kind, by, why }) => [kind, by, why]),
      [['promotion', 'somebody', 'so']],
    )
    const { state, generation, evidence } = await readRun(context.ledger, taken.run)
    assert.deepEqual([state, generation, evidence?.profile.indexes.masterdoctorindex], ['live', taken.generation, 0])
    assert.deepEqual(await adoptJava(context, ASKED), taken)
  })

  test('goes on after a crash between the aliases and the ledger', async (t) => {
    let saves = 0
    const { context, failing, installation, ofJava, clock } = await place(t, {}, (ledger) => ({
      save:
        () =>
        async (kind, ...rest) => {
          // The first enters the term.
          if (kind === 'installation') saves += 1
          if (saves > 1) throw new RevalError('LEDGER_FAILED', 'a crash')
          return ledger.save(kind, ...rest)
        },
    }))
    await assert.rejects(adoptJava(failing, ASKED), { code: 'LEDGER_FAILED' })
    assert.equal((await installation()).live, null)
    await clock.advance(1_000)
    const { generation } = await adoptJava(context, ASKED)
    assert.deepEqual([...ofJava], [generation])
  })

  const refusals: readonly (readonly [string, Partial<Installation>, string])[] = [
    ['while a run is in progress', { currentRun: aRun() }, 'RUN_IN_PROGRESS'],
    ['if another generation is live', { live: kept(1) }, 'NOTHING_TO_ADOPT'],
  ]
  for (const [what, before, code] of refusals) {
    test(`is refused ${what}`, async (t) => {
      const { context, ofJava } = await place(t, before)
      await assert.rejects(adoptJava(context, ASKED), { code })
      assert.equal(ofJava.size, 0)
    })
  }

  test('leaves the decision when a run replaces them to a person; changes wait for it, and make nothing stale', async (t) => {
    const { context, installation } = await place(t)
    const taken = await adoptJava(context, ASKED)
    await replaceOutdatedLive(context)
    assert.equal((await installation()).currentRun, null)
    const generations = new KeptGenerations(context)
    const { live, outdated, outdatedLive, hasRun } = await generations.targets(null)
    assert.deepEqual([live, outdated, outdatedLive, hasRun], [null, [], taken.generation, false])
  })
})

describe('releasing them', () => {
  test('rolls back to them first, and then forgets what was live', async (t) => {
    const { context, installation, releasedFrom } = await place(t)
    const taken = await adoptJava(context, ASKED)
    const { store } = context
    await store.createGeneration({ id: 'g-2', createdAt: 2, assembleVersion: ASSEMBLE_VERSION })
    await changeAliases(context, aChangeRequest({ to: kept(2) }))
    await releaseJava(context, ASKED)
    const { live, previous, java } = await installation()
    assert.deepEqual([live, previous, java, releasedFrom()], [null, null, null, taken.generation])
  })

  test('is refused while a run is in progress, and if there is none', async (t) => {
    const busy = await place(t, { java: kept(1), currentRun: aRun() })
    await assert.rejects(releaseJava(busy.context, ASKED), { code: 'RUN_IN_PROGRESS' })
    const none = await place(t)
    await assert.rejects(releaseJava(none.context, ASKED), { code: 'NOTHING_TO_RELEASE' })
  })
})
