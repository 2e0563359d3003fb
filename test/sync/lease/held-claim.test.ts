import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { claimId, ENDS, type Claim, type Run, type RunLedger } from '../../../src/ports/run-ledger.ts'
import { claimStage, type HeldClaim } from '../../../src/sync/lease/claim.ts'
import { changeRecord } from '../../../src/sync/records.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { aContext, folderFor, ledgerFor, SETTINGS, told, troubles } from '../a-context.ts'
import { aRun } from '../examples.ts'

/** Renewed every 3 s. */
const LEASE_MS = 9_000
const TRAINEES = { run: 'run-1', generation: 'g-1', stage: 'trainees', service: 'tcs' } as const
const LISTS = { run: 'run-1', generation: 'g-1', stage: 'lists', service: 'connection' } as const
const TOTALS = { messages: 1, rows: 2, failedRows: 3 }

/** A ledger with a run that fills `g-1`, and services on it that share a clock. */
async function place(t: TestContext, run: Partial<Run> = {}) {
  const clock = new ManualClock()
  const folder = await folderFor(t)
  const own = await ledgerFor(t, folder)
  await own.save('run', 'run-1', aRun({ state: 'trainees', generation: 'g-1', ...run }), 'new')
  const settings = { ...SETTINGS, leaseMs: LEASE_MS }
  const held: HeldClaim[] = []
  t.after(() => Promise.all(held.map((claim) => claim.release())))
  const service = async (holder: string, alter: (ledger: RunLedger) => RunLedger = (ledger) => ledger) => {
    const ledger = alter(await ledgerFor(t, folder))
    // A claim uses the ledger alone.
    const nothing = {} as never
    const context = aContext({ clock, ledger, holder, settings, store: nothing, broker: nothing })
    const take = async (work: Parameters<typeof claimStage>[1], attempt?: string) => {
      const claim = await claimStage({ ...context, newId: () => `attempt of ${holder}` }, work, attempt)
      if (claim !== null) held.push(claim)
      return claim
    }
    return { context, take, troubles: troubles(context) }
  }
  const recorded = async (work: Parameters<typeof claimId>[0]) => (await own.read('claim', claimId(work)))?.value
  const changeRun = (differing: Partial<Run>) =>
    changeRecord(own, 'run', 'run-1', (known) => (known === null ? null : { ...known, ...differing }))
  const changeClaim = (work: Parameters<typeof claimId>[0], differing: Partial<Claim>) =>
    changeRecord(own, 'claim', claimId(work), (known) => (known === null ? null : { ...known, ...differing }))
  return { clock, service, recorded, changeRun, changeClaim }
}

async function taken(taking: Promise<HeldClaim | null>): Promise<HeldClaim> {
  const claim = await taking
  assert.ok(claim, 'the claim was not to be had')
  return claim
}

describe('a stage is claimed', () => {
  test('by the first of two replicas, for the length of a lease', async (t) => {
    const { clock, service, recorded } = await place(t)
    const [first, second] = [await service('first'), await service('second')]
    const events = told(first.context, 'claim.made')
    const { claim } = await taken(first.take(TRAINEES))
    assert.equal(await second.take(TRAINEES), null)
    const expected: Claim = {
      ...{ ...TRAINEES, attempt: 'attempt of first', holder: 'first', until: clock.now() + LEASE_MS },
      ...{ expected: null, edition: null, totals: null, counts: null, failure: null },
    }
    assert.deepEqual([claim, await recorded(TRAINEES), events], [expected, expected, ['claim.made']])
  })

  test('by only one of two concurrent calls', async (t) => {
    const { service } = await place(t)
    const services = await Promise.all(['first', 'second'].map((holder) => service(holder)))
    const claims = await Promise.all(services.map(({ take }) => take(TRAINEES)))
    assert.equal(claims.filter((claim) => claim !== null).length, 1)
  })

  test('once: even if the lease expires, the stage is not sent twice into one generation', async (t) => {
    const { service, changeClaim } = await place(t)
    await taken((await service('first')).take(TRAINEES))
    await changeClaim(TRAINEES, { until: 0 })
    assert.equal(await (await service('second')).take(TRAINEES), null)
  })

  test('again by the same attempt: its claim may have been saved after all', async (t) => {
    const { service } = await place(t)
    const { take } = await service('first')
    await taken(take(TRAINEES, 'a-7'))
    assert.equal((await taken(take(TRAINEES, 'a-7'))).claim.attempt, 'a-7')
    assert.equal(await take(TRAINEES, 'a-8'), null)
  })

  test('not for an unknown run, or for another generation', async (t) => {
    const { take } = await (await place(t)).service('first')
    assert.equal(await take({ ...TRAINEES, run: 'run-0' }), null)
    assert.equal(await take({ ...TRAINEES, generation: 'g-0' }), null)
  })

  for (const state of ENDS) {
    test(`not for a run that is ${state}`, async (t) => {
      const { service } = await place(t, { state })
      assert.equal(await (await service('first')).take(TRAINEES), null)
    })
  }
})

describe('lists can be claimed again', () => {
  const cases: readonly (readonly [string, Partial<Claim>, boolean])[] = [
    ['not while the lease is valid', {}, false],
    ['once the lease expired', { until: 0 }, true],
    ['not once they are done', { until: 0, totals: TOTALS }, false],
    ['not once they failed', { until: 0, failure: { code: 'STORE_FAILED', reason: 'away', transient: true } }, false],
  ]
  for (const [what, differing, may] of cases) {
    test(what, async (t) => {
      const { service, changeClaim } = await place(t)
      await taken((await service('first')).take(LISTS))
      await changeClaim(LISTS, differing)
      assert.equal((await (await service('second')).take(LISTS)) !== null, may)
    })
  }
})

describe('the holder of a claim', () => {
  test('renews it while the run continues', async (t) => {
    const { clock, service, recorded } = await place(t)
    const { signal } = await taken((await service('first')).take(TRAINEES))
    await clock.advance(2_999)
    const begun = (await recorded(TRAINEES))?.until ?? 0
    await clock.advance(60_000)
    const until = (await recorded(TRAINEES))?.until ?? 0
    assert.ok(until > begun && until >= clock.now() + LEASE_MS - 4_000)
    assert.equal(signal.aborted, false)
  })

  test('stops renewing once it has released it', async (t) => {
    const { clock, service, recorded } = await place(t)
    const claim = await taken((await service('first')).take(TRAINEES))
    await claim.release()
    await claim.release()
    const before = await recorded(TRAINEES)
    await clock.advance(60_000)
    assert.deepEqual(await recorded(TRAINEES), before)
    assert.equal(clock.pending, 0)
  })

  for (const [what, differing] of [
    ['is over', { state: 'cancelled' }],
    ['fills another generation', { generation: 'g-2' }],
  ] as const) {
    test(`learns within a second that the run ${what}`, async (t) => {
      const { clock, service, changeRun } = await place(t)
      const { signal } = await taken((await service('first')).take(TRAINEES))
      await changeRun(differing)
      await clock.advance(999)
      assert.equal(signal.aborted, false)
      await clock.advance(1)
      assert.equal((signal.reason as RevalError).code, 'RUN_OVER')
      assert.equal(clock.pending, 0)
    })
  }

  test('learns that another attempt has it, and can no longer end it', async (t) => {
    const { clock, service, changeClaim, recorded } = await place(t)
    const claim = await taken((await service('first')).take(LISTS))
    await changeClaim(LISTS, { attempt: 'another' })
    await assert.rejects(claim.end(TOTALS), { code: 'RUN_OVER', message: 'connection lost its claim of lists' })
    await clock.advance(LEASE_MS)
    assert.equal((claim.signal.reason as RevalError).code, 'RUN_OVER')
    assert.equal((await recorded(LISTS))?.totals, null)
  })

  test('continues after the ledger was away for longer than the lease', async (t) => {
    const { clock, service, recorded } = await place(t)
    let isAway = false
    const { take, troubles: told } = await service('first', (ledger) =>
      altered(ledger, {
        read: (own) => async (kind, id) => {
          if (isAway) throw new RevalError('LEDGER_FAILED', 'away', { transient: true })
          return own(kind, id)
        },
      }),
    )
    const { signal } = await taken(take(TRAINEES))
    isAway = true
    await clock.advance(LEASE_MS * 4)
    assert.equal(told[0], 'renewing a claim: LEDGER_FAILED')
    isAway = false
    await clock.advance(LEASE_MS)
    assert.equal(signal.aborted, false)
    assert.ok(((await recorded(TRAINEES))?.until ?? 0) > clock.now())
  })

  test('gives up once its lease expired and the ledger fails permanently', async (t) => {
    const { clock, service } = await place(t)
    let isBroken = false
    const { take } = await service('first', (ledger) =>
      altered(ledger, {
        read: (own) => async (kind, id) => {
          if (isBroken) throw new RevalError('LEDGER_FAILED', 'broken')
          return own(kind, id)
        },
      }),
    )
    const { signal } = await taken(take(TRAINEES))
    isBroken = true
    await clock.advance(LEASE_MS)
    assert.equal(signal.aborted, false)
    await clock.advance(LEASE_MS)
    assert.equal((signal.reason as RevalError).code, 'LEDGER_FAILED')
  })
})

describe('a claim records', () => {
  test('what was read, and the totals', async (t) => {
    const { service, recorded } = await place(t)
    const { take, context } = await service('first')
    const events = told(context, 'claim.ended', 'claim.failed')
    const claim = await taken(take(LISTS))
    await claim.describe({ expected: 7, edition: '3' })
    await claim.end(TOTALS, { connectedindex: 4 })
    const record = await recorded(LISTS)
    assert.deepEqual(record, claim.claim)
    const { expected, edition, totals, counts, failure } = claim.claim
    assert.deepEqual([expected, edition, totals, counts, failure], [7, '3', TOTALS, { connectedindex: 4 }, null])
    assert.deepEqual(events, ['claim.ended'])
  })

  for (const [what, error, failure] of [
    [
      'a coded fault',
      new RevalError('SOURCE_FAILED', 'gone', { transient: true }),
      { code: 'SOURCE_FAILED', reason: 'gone', transient: true },
    ],
    ['any other', new Error('a bug'), { code: 'INTERNAL', reason: 'a bug', transient: false }],
  ] as const) {
    test(`why it failed: ${what}`, async (t) => {
      const { service, recorded } = await place(t)
      const { take, context } = await service('first')
      const events = told(context, 'claim.ended', 'claim.failed')
      await (await taken(take(TRAINEES))).fail(error)
      assert.deepEqual((await recorded(TRAINEES))?.failure, failure)
      assert.deepEqual(events, ['claim.failed'])
    })
  }
})
