import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Installation } from '../../../src/ports/run-ledger.ts'
import { installationSeen } from '../../../src/sync/lead/installation-seen.ts'
import { recordRun, requestRun, runIdAt } from '../../../src/sync/lead/run-request.ts'
import { changeInstallation, readInstallation } from '../../../src/sync/records.ts'
import { newRun } from '../../../src/sync/run-state.ts'
import { altered } from '../../faults/altered.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { aContext, folderFor, ledgerFor } from '../a-context.ts'
import { kept } from '../examples.ts'

const ASKING = { by: 'somebody', day: '2026-06-01' }
const SENDING = { stage: 'doctors', run: 'run-0', since: 1, hasEnded: true } as const

async function asking(t: TestContext, before: Partial<Installation> = {}) {
  const context = aContext({ ledger: await ledgerFor(t) })
  await changeInstallation(context.ledger, (installation) => ({ ...installation, ...before }))
  return context
}

test('run ids sort by the time of the request', () => {
  assert.equal(runIdAt(Date.UTC(2026, 5, 1, 12, 34, 56, 789), 'abc'), '20260601t123456-abc')
})

describe('a requested run', () => {
  test('is in progress, with all its options, and has a record', async (t) => {
    const context = await asking(t, { live: kept(1) })
    const run = await requestRun(context, { ...ASKING, expect: 'fewer' })
    const request = {
      ...{ id: '20260601t120000-id1', day: '2026-06-01', requestedAt: context.clock.now() },
      ...{ requestedBy: 'somebody', expect: 'fewer', senderGone: null, purpose: 'sync' as const, repair: null },
      request: null,
    }
    assert.deepEqual(run, newRun(request))
    assert.deepEqual((await context.ledger.read('run', request.id))?.value, run)
    const installation = await readInstallation(context.ledger)
    assert.deepEqual([installation.currentRun, installation.live], [request, kept(1)])
  })

  test('is refused while another is in progress, with its id', async (t) => {
    const context = await asking(t)
    const { id } = await requestRun(context, ASKING)
    await assert.rejects(requestRun(context, ASKING), {
      code: 'RUN_IN_PROGRESS',
      message: `run ${id} is in progress`,
      details: { run: id },
    })
    assert.equal((await context.ledger.runs(10)).length, 1)
  })

  test('is created once for two concurrent requests', async (t) => {
    const folder = await folderFor(t)
    const contexts = await Promise.all(
      ['a', 'b'].map(async (id) => aContext({ ledger: await ledgerFor(t, folder), newId: () => id })),
    )
    const results = await Promise.allSettled(contexts.map((context) => requestRun(context, ASKING)))
    const [won] = results.filter((each) => each.status === 'fulfilled')
    const [lost, ...others] = results.filter((each) => each.status === 'rejected')
    assert.deepEqual(others, [])
    assert.equal((lost?.reason as RevalError).details.run, won?.value.id)
  })

  test('is one run for the same request sent twice, at once or after the run has ended', async (t) => {
    const folder = await folderFor(t)
    const contexts = await Promise.all(
      ['a', 'b'].map(async (id) => aContext({ ledger: await ledgerFor(t, folder), newId: () => id })),
    )
    const [context] = contexts
    assert.ok(context)
    const asked = { ...ASKING, request: 'form-1', seen: installationSeen(await readInstallation(context.ledger)) }
    const [first, second] = await Promise.all(contexts.map((each) => requestRun(each, asked)))
    assert.deepEqual(first, second)
    await changeInstallation(context.ledger, (known) => ({ ...known, currentRun: null, live: kept(1) }))
    assert.deepEqual(await requestRun(context, asked), first)
    assert.equal((await readInstallation(context.ledger)).currentRun, null)
    await assert.rejects(requestRun(context, { ...asked, request: 'form-2' }), { code: 'STATE_CHANGED' })
    assert.equal((await context.ledger.runs(10)).length, 1)
  })

  test('is refused while a sender without headers may still be sending', async (t) => {
    const context = await asking(t, { stillSending: [SENDING, { ...SENDING, stage: 'trainees' }] })
    await assert.rejects(requestRun(context, ASKING), {
      code: 'SENDER_STILL_SENDING',
      message: 'a sender without run headers may still be sending: doctors of run run-0, trainees of run run-0',
    })
    assert.equal((await readInstallation(context.ledger)).currentRun, null)
  })

  test('is accepted if the operator confirms that the sender is gone', async (t) => {
    const context = await asking(t, { stillSending: [SENDING] })
    const { senderGone } = await requestRun(context, { ...ASKING, senderGone: 'it was stopped' })
    assert.equal(senderGone, 'it was stopped')
    assert.deepEqual((await readInstallation(context.ledger)).stillSending, [])
  })

  test('is in progress even if the requesting process died before its record, which the writer creates', async (t) => {
    const context = await asking(t)
    const dying = altered(context.ledger, {
      save: (own) => (kind, id, value, revision, guard) =>
        kind === 'run'
          ? Promise.reject(new RevalError('LEDGER_FAILED', 'gone'))
          : own(kind, id, value, revision, guard),
    })
    await assert.rejects(requestRun({ ...context, ledger: dying }, ASKING), { code: 'LEDGER_FAILED' })
    const { currentRun } = await readInstallation(context.ledger)
    assert.ok(currentRun)
    assert.deepEqual(await recordRun(context, currentRun), newRun(currentRun))
  })
})

test('an existing record of a run is unchanged', async (t) => {
  const context = await asking(t)
  const run = await requestRun(context, ASKING)
  const found = await context.ledger.read('run', run.id)
  assert.ok(found)
  await context.ledger.save('run', run.id, { ...run, state: 'doctors' }, found.revision)
  assert.equal((await recordRun(context, run)).state, 'doctors')
})
