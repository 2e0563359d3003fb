import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { Installation, Run } from '../../../src/ports/run-ledger.ts'
import { answerRequests } from '../../../src/sync/lead/request-answers.ts'
import fc from 'fast-check'
import { installationSeen } from '../../../src/sync/lead/installation-seen.ts'
import { requestRun } from '../../../src/sync/lead/run-request.ts'
import { awaitAnswer, postRequest } from '../../../src/sync/lead/writer-request.ts'
import { changeInstallation, readInbox, readInstallation } from '../../../src/sync/records.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aContext, brokerFor, ledgerFor, storeFor } from '../a-context.ts'
import { aRun, kept } from '../examples.ts'

const NO_CANCEL = () => Promise.reject(new Error('nothing is to be cancelled'))

/** An installation with three generations, of which the first is live, and runs. */
async function asking(t: TestContext, before: Partial<Installation> = {}, ...runs: readonly Run[]) {
  const clock = new ManualClock()
  const store = await storeFor(t)
  for (const id of ['g-1', 'g-2', 'g-3'])
    await store.createGeneration({ id, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  await store.promote('g-1', null)
  const ledger = await ledgerFor(t)
  await changeInstallation(ledger, (known) => ({ ...known, term: 1, live: kept(1), ...before }))
  for (const run of runs) await ledger.save('run', run.id, run, 'new')
  const context = {
    ...aContext({ clock, ledger, store, broker: brokerFor(t, clock) }),
    term: 1,
    guard: () => undefined,
  }
  const ask = (kind: 'cancel' | 'rollback' | 'promote' | 'discard', run: string | null = null) =>
    postRequest(context, { kind, run, by: 'somebody', why: 'so' })
  const answers = async () => (await readInbox(ledger)).requests.map(({ answer }) => answer)
  return { context, ask, answers, installation: () => readInstallation(ledger) }
}

describe('requests are answered', () => {
  test('oldest first, each once', async (t) => {
    const { context, ask, answers } = await asking(t, { currentRun: aRun() }, aRun({ state: 'doctors' }))
    await ask('cancel')
    await ask('cancel', 'run-1')
    const cancelled: string[] = []
    const cancel = async ({ id }: { id: string }, { by }: { by: string }) => {
      cancelled.push(`${id} by ${by}`)
      if (cancelled.length > 1) throw new RevalError('RUN_OVER', 'it is over')
    }
    await answerRequests(context, cancel)
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(cancelled, ['run-1 by somebody', 'run-1 by somebody'])
    assert.deepEqual(await answers(), [{ ok: true }, { ok: false, code: 'RUN_OVER', reason: 'it is over' }])
  })

  test('with the code and reason of the refusal', async (t) => {
    const { context, ask, answers } = await asking(t)
    for (const kind of ['cancel', 'rollback', 'promote'] as const) await ask(kind)
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(await answers(), [
      { ok: false, code: 'RUN_UNKNOWN', reason: 'no run is in progress' },
      { ok: false, code: 'NOTHING_TO_ROLL_BACK', reason: 'no previous generation' },
      { ok: false, code: 'GENERATION_UNKNOWN', reason: 'no generation of that run is held back' },
    ])
  })

  for (const code of ['LEDGER_FAILED', 'LEDGER_GONE', 'LEDGER_CONFLICT', 'LEASE_EXPIRED', 'WRITER_LOST'] as const) {
    test(`not where ${code} says nothing of them: they stay, and are taken again`, async (t) => {
      const { context, ask, answers } = await asking(t, { currentRun: aRun() }, aRun())
      await ask('cancel')
      const failing = () => Promise.reject(new RevalError(code, 'not now'))
      await assert.rejects(answerRequests(context, failing), { code })
      assert.deepEqual(await answers(), [null])
      await answerRequests(context, () => Promise.resolve())
      assert.deepEqual(await answers(), [{ ok: true }])
    })
  }
})

describe('the Java services’ generation', () => {
  const ofJava = aRun({ id: 'run-3', state: 'live', generation: 'g-3', finishedAt: 3 })

  test('is let go on request, whatever else it is; the ledger keeps who and why', async (t) => {
    const { context, ask, answers, installation } = await asking(t, { previous: kept(3), java: kept(3) }, ofJava)
    await ask('discard', 'run-3')
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(await answers(), [{ ok: true }])
    const { java, previous } = await installation()
    assert.deepEqual([java, previous], [null, null])
    assert.ok((await context.store.generations()).every(({ id }) => id !== 'g-3'))
    const { value } = (await context.ledger.read('run', 'run-3')) ?? {}
    assert.deepEqual([value?.state, value?.decision?.why], ['discarded', 'so'])
  })

  test('not while it is live', async (t) => {
    const { context, ask, answers, installation } = await asking(t, { java: kept(1) })
    await ask('discard', 'run-1')
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(await answers(), [{ ok: false, code: 'GENERATION_UNKNOWN', reason: 'run run-1 is live' }])
    assert.deepEqual((await installation()).java, kept(1))
  })
})

describe('an alias change on request', () => {
  test('promotes the held-back generation, records who asked and why, and drops unneeded generations', async (t) => {
    const run = aRun({ id: 'run-2', state: 'held back', generation: 'g-2' })
    const { context, ask, answers, installation } = await asking(t, { heldBack: kept(2), previous: kept(3) }, run)
    await ask('promote', 'run-2')
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(await answers(), [{ ok: true }])
    const { live, previous, heldBack } = await installation()
    assert.deepEqual([live, previous, heldBack], [kept(2), kept(1), null])
    const promoted = {
      ...run,
      state: 'live',
      decision: { action: 'promoted', by: 'somebody', why: 'so', at: context.clock.now() },
    }
    assert.deepEqual((await context.ledger.read('run', 'run-2'))?.value, promoted)
    const generations = await context.store.generations()
    assert.deepEqual(generations.map(({ id }) => id).sort(), ['g-1', 'g-2'])
  })

  test('discards exactly once, even if the writer died before it answered', async (t) => {
    const run = aRun({ id: 'run-2', state: 'held back', generation: 'g-2' })
    const { context, ask, answers, installation } = await asking(t, { heldBack: kept(2), previous: kept(3) }, run)
    await ask('discard', 'run-2')
    await answerRequests(context, NO_CANCEL)
    // As if the answer had not been saved, and another generation had been held back since.
    const inbox = await context.ledger.read('inbox', 'inbox')
    assert.ok(inbox)
    const requests = inbox.value.requests.map((each) => ({ ...each, answer: null }))
    await context.ledger.save('inbox', 'inbox', { requests }, inbox.revision)
    await changeInstallation(context.ledger, (known) => ({ ...known, heldBack: kept(4) }))
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(await answers(), [{ ok: true }])
    assert.deepEqual((await installation()).heldBack, kept(4))
    const decision = { action: 'discarded', by: 'somebody', why: 'so', at: context.clock.now() }
    assert.deepEqual((await context.ledger.read('run', 'run-2'))?.value, { ...run, state: 'discarded', decision })
    const generations = await context.store.generations()
    assert.deepEqual(generations.map(({ id }) => id).sort(), ['g-1', 'g-3'])
  })

  test('rolls back exactly once, even if the writer died before it answered', async (t) => {
    const { context, ask, answers, installation } = await asking(t, { previous: kept(2) })
    const id = await ask('rollback')
    await answerRequests(context, NO_CANCEL)
    // As if the answer had not been saved.
    const inbox = await context.ledger.read('inbox', 'inbox')
    assert.ok(inbox)
    const requests = inbox.value.requests.map((each) => ({ ...each, answer: null }))
    await context.ledger.save('inbox', 'inbox', { requests }, inbox.revision)
    await answerRequests(context, NO_CANCEL)
    const { live, history } = await installation()
    assert.deepEqual([live, history.map(({ request }) => request), await answers()], [kept(2), [id], [{ ok: true }]])
  })

  test('is refused while a run is going live', async (t) => {
    const before = { currentRun: aRun(), previous: kept(2), heldBack: kept(3) }
    const { context, ask, answers, installation } = await asking(t, before, aRun({ state: 'promoting' }))
    await ask('rollback')
    await ask('promote')
    await answerRequests(context, NO_CANCEL)
    const refused = { ok: false, code: 'RUN_PROMOTING', reason: 'run run-1 is going live' }
    assert.deepEqual([await answers(), (await installation()).live], [[refused, refused], kept(1)])
  })

  test('is refused for a generation that missed a change', async (t) => {
    const stale = { 'g-2': { reason: 'a write failed', at: 5 }, 'g-3': { reason: 'a write failed', at: 5 } }
    const { context, ask, answers, installation } = await asking(t, { previous: kept(2), heldBack: kept(3), stale })
    await ask('rollback')
    await ask('promote')
    await answerRequests(context, NO_CANCEL)
    const codes = (await answers()).map((answer) => (answer?.ok === false ? answer.code : null))
    assert.deepEqual([codes, (await installation()).live], [['GENERATION_STALE', 'GENERATION_STALE'], kept(1)])
  })
})

describe('a decision about what an operator saw', () => {
  const held = aRun({ id: 'run-2', state: 'held back', generation: 'g-2' })
  const before = { heldBack: kept(2), previous: kept(3) }
  const KINDS = ['rollback', 'promote', 'discard'] as const
  const runOf = (kind: (typeof KINDS)[number]) => (kind === 'rollback' ? null : 'run-2')

  test('is carried out once for the same form sent twice at once, and again after the answer', async (t) => {
    const { context, answers, installation } = await asking(t, before, held)
    const asked = {
      kind: 'rollback',
      id: 'form-1',
      by: 'a',
      why: 'so',
      seen: installationSeen(await installation()),
    } as const
    assert.deepEqual(await Promise.all([postRequest(context, asked), postRequest(context, asked)]), [
      'form-1',
      'form-1',
    ])
    await answerRequests(context, NO_CANCEL)
    await postRequest(context, asked)
    await answerRequests(context, NO_CANCEL)
    const signal = new AbortController().signal
    assert.deepEqual(await awaitAnswer(context, 'form-1', 0, signal), { ok: true })
    const { live, history } = await installation()
    assert.deepEqual([live, history.length, await answers()], [kept(3), 1, [{ ok: true }]])
    await assert.rejects(postRequest(context, { ...asked, kind: 'promote' }), { code: 'USAGE' })
  })

  for (const kind of KINDS) {
    test(`does nothing if that changed: ${kind}`, async (t) => {
      const { context, answers, installation } = await asking(t, before, held)
      const seen = installationSeen(await installation())
      await requestRun(context, { by: 'b', day: '2026-06-01' })
      const unchanged = await installation()
      await postRequest(context, { kind, run: runOf(kind), by: 'a', why: 'so', seen })
      await answerRequests(context, NO_CANCEL)
      const reason = 'changed since the decision: the run in progress'
      assert.deepEqual(await answers(), [{ ok: false, code: 'STATE_CHANGED', reason }])
      assert.deepEqual(await installation(), unchanged)
      assert.deepEqual((await context.ledger.read('run', 'run-2'))?.value, held)
    })
  }

  test('does not cancel another state than the one seen', async (t) => {
    const { context, answers, installation } = await asking(t, { currentRun: aRun() }, aRun({ state: 'doctors' }))
    const seen = installationSeen(await installation())
    await changeInstallation(context.ledger, (known) => ({ ...known, heldBack: kept(3) }))
    await postRequest(context, { kind: 'cancel', run: 'run-1', by: 'a', why: '', seen })
    await answerRequests(context, NO_CANCEL)
    assert.deepEqual(
      (await answers()).map((answer) => answer?.ok === false && answer.code),
      ['STATE_CHANGED'],
    )
  })

  test('is made by one of two operators who saw the same', async (t) => {
    const action = fc.constantFrom(...KINDS, 'start' as const)
    await fc.assert(
      fc.asyncProperty(action, action, async (...actions) => {
        const { context, answers, installation } = await asking(t, before, held)
        const seen = installationSeen(await installation())
        const act = async (kind: (typeof actions)[number], operator = 'c') => {
          if (kind === 'start') return requestRun(context, { by: 'a', day: '2026-06-01', seen })
          await postRequest(context, { kind, run: runOf(kind), by: operator, why: 'so', seen })
          return answerRequests(context, NO_CANCEL)
        }
        // One writer answers at a time.
        const starts = actions.filter((kind) => kind === 'start').map((kind) => act(kind))
        const asked = (async () => {
          for (const [at, kind] of actions.entries()) if (kind !== 'start') await act(kind, `operator ${at}`)
        })()
        const started = await Promise.allSettled(starts)
        await asked
        const done = [
          ...started.map(({ status }) => status === 'fulfilled'),
          ...(await answers()).map((answer) => answer?.ok === true),
        ]
        assert.deepEqual(done.filter(Boolean), [true], JSON.stringify([actions, done]))
      }),
      { numRuns: 30 },
    )
  })

  test('discards even if the writer died in between, and another state would be seen by then', async (t) => {
    const { context, answers, installation } = await asking(t, before, held)
    const seen = installationSeen(await installation())
    await postRequest(context, { id: 'form-1', kind: 'discard', run: 'run-2', by: 'a', why: 'so', seen })
    await changeInstallation(context.ledger, (known) => ({ ...known, discarding: 'form-1' }))
    await requestRun(context, { by: 'b', day: '2026-06-01' })
    await answerRequests(context, NO_CANCEL)
    const { heldBack, discarding } = await installation()
    assert.deepEqual([await answers(), heldBack, discarding], [[{ ok: true }], null, null])
  })
})
