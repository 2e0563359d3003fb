import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Row } from '../../../src/domain/row.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { postRequest } from '../../../src/sync/lead/writer-request.ts'
import { changeInstallation, readInbox } from '../../../src/sync/records.ts'
import { Resyncs } from '../../../src/sync/resync/resyncs.ts'
import { checkScope } from '../../../src/sync/resync/ask-resync.ts'
import { until } from '../../app/job/workplace.ts'
import { failure } from '../../contract/run-ledger/samples.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { stored } from '../../domain/examples.ts'
import { aContext, brokerFor, ledgerFor, storeFor } from '../a-context.ts'
import { kept } from '../examples.ts'
import { REFRESHED, resyncing } from './resyncing.ts'

const A_ROW: Row = { id: 'tcs-1', parts: { trainee: null, doctor: null, outcome: null, reason: null } }

describe('a resync', () => {
  test('says what changed, what failed without its values, and which keys nobody knows', async (t) => {
    const { ask, goLive, context } = await resyncing(t, () => ({
      changes: [
        { id: 'tcs-1', before: null, after: A_ROW },
        { id: 'gmc-7654321', before: stored(A_ROW), after: null },
        { id: 'tcs-2', before: stored(A_ROW), after: A_ROW },
      ],
      failed: [{ key: 'tcs-9', code: 'ROW_DATE_IMPOSSIBLE', reason: 'dateFrom: "Smith" is not a valid date' }],
      unknown: [
        { kind: 'person', tcsPersonId: 47 },
        { kind: 'document', storedId: '47' },
        { kind: 'person', tcsPersonId: 7654321 },
      ],
    }))
    await goLive()
    assert.deepEqual(await ask({ keys: ['47', '7654321', '47'] }), {
      changed: [
        { id: 'tcs-1', op: 'created' },
        { id: 'gmc-7654321', op: 'deleted' },
        { id: 'tcs-2', op: 'replaced' },
      ],
      written: 3,
      keys: 2,
      unknown: ['47'],
      failed: [{ key: 'tcs-9', code: 'ROW_DATE_IMPOSSIBLE', reason: 'dateFrom: "…" is not a valid date' }],
    })
    // Read, and gone: answers may be long.
    assert.deepEqual((await readInbox(context.ledger)).requests, [])
  })

  test('of a body refreshes the rows whose doctor or trainee has it in live', async (t) => {
    const { ask, goLive, batches } = await resyncing(t)
    await goLive()
    assert.equal((await ask({ body: '1-A' })).keys, 1)
    assert.equal((await ask({ body: '1-B' })).keys, 1)
    assert.equal((await ask({ body: '1-C' })).keys, 0)
    assert.deepEqual(batches, [['tcs-1'], ['gmc-7000002']])
  })

  test('of failed rows refreshes each once, and says which name nobody', async (t) => {
    const { ask, goLive, batches, context } = await resyncing(t)
    await goLive()
    await context.ledger.addFailures(
      [
        failure('tcs-1'),
        failure('tcs-1', { stage: 'doctors' }),
        failure('message 1 of a1'),
        failure('tcs-5', { generation: 'g-2' }),
      ].map((each) => ({ ...each, generation: each.generation === 'g1' ? 'g-1' : each.generation })),
    )
    const { keys, unknown } = await ask({ failed: true })
    assert.deepEqual([batches, keys, unknown], [[['tcs-1']], 2, ['message 1 of a1']])
  })

  test('of a recommendation refreshes its doctor; one that is gone names nobody', async (t) => {
    const { ask, goLive, batches } = await resyncing(t)
    await goLive()
    const { unknown } = await ask({ keys: [], recommendations: ['r1', 'r2'] })
    assert.deepEqual([batches, unknown], [[['gmc-7654321']], ['r2']])
  })

  test('of many keys is carried out in batches, in requests that each fit into the inbox', async (t) => {
    const { ask, goLive, batches } = await resyncing(t)
    await goLive()
    const keys = Array.from({ length: 1_234 }, (_, at) => String(1_000_000 + at))
    assert.equal((await ask({ keys })).keys, 1_234)
    assert.deepEqual(
      batches.map(({ length }) => length),
      [500, 500, 500, 500, 468],
    )
  })

  test('is refused while nothing is live, and with the reason while a source is away for good', async (t) => {
    const { ask, goLive } = await resyncing(t, () => {
      throw new RevalError('SOURCE_MISSING', 'never filled')
    })
    await assert.rejects(ask({ keys: ['1'] }), { code: 'NOTHING_LIVE' })
    await goLive()
    await assert.rejects(ask({ keys: ['1'] }), { code: 'SOURCE_MISSING', message: 'never filled' })
  })

  test('waits for a source that is away for a moment', async (t) => {
    let tries = 0
    const { ask, goLive } = await resyncing(t, () => {
      tries += 1
      if (tries === 1) throw new RevalError('SOURCE_FAILED', 'away', { transient: true })
      return {}
    })
    await goLive()
    assert.equal((await ask({ keys: ['1'] })).keys, 1)
  })

  test('that takes too long, or is no longer waited for, is finished by the writer', async (t) => {
    const { ask, goLive, context, batches } = await resyncing(t)
    await goLive()
    const late = ask({ keys: ['1'] }, { timeoutMs: 0 })
    await assert.rejects(late, { code: 'REQUEST_UNANSWERED', message: /the writer goes on/ })
    await assert.rejects(ask({ keys: ['2'] }, { signal: AbortSignal.abort() }), { code: 'INTERRUPTED' })
    await until(async () => (await readInbox(context.ledger)).requests.every(({ answer }) => answer?.ok === true))
    assert.equal(batches.length, 2)
  })

  test('whose answer cannot be recorded is taken again', async (t) => {
    const { ask, goLive, batches, fail, resyncs } = await resyncing(t)
    await goLive()
    fail(new RevalError('LEASE_EXPIRED', 'not now'))
    assert.equal((await ask({ keys: ['1'] })).keys, 1)
    assert.equal(batches.length, 2)
    const code = () => resyncs.fault?.code
    assert.equal(code(), undefined)
    // For a command that does the work itself: nobody would free space while it waits.
    fail(new RevalError('DISK_FULL', 'the disk is full'))
    assert.equal((await ask({ keys: ['1'] })).keys, 1)
    assert.equal(code(), 'DISK_FULL')
  })
})

describe('a scope is refused before anything is asked', () => {
  const cases: readonly (readonly [string, Parameters<typeof checkScope>[0], RegExp])[] = [
    ['without keys', { keys: [] }, /no keys/],
    ['with a key that nothing can have', { keys: ['1', '\ud835'] }, /neither a number nor an id/],
    [
      'with too many keys',
      { keys: Array.from({ length: 10_001 }, (_, at) => String(at)) },
      /10001 keys: at most 10,000/,
    ],
    ['with a blank body', { body: ' ' }, /blank/],
  ]
  for (const [what, scope, message] of cases) {
    test(what, () => assert.throws(() => checkScope(scope), { code: 'USAGE', message }))
  }

  test('unless it can be carried out', () => {
    for (const scope of [{ keys: ['1'] }, { body: '1-A' }, { failed: true }] as const) checkScope(scope)
  })
})

test('a resync that its writer left half done is started over by the next, which announces all its rows', async (t) => {
  const clock = new ManualClock()
  const [store, ledger] = [await storeFor(t), await ledgerFor(t)]
  await changeInstallation(ledger, (known) => ({ ...known, live: kept(1) }))
  const context = {
    ...aContext({ clock, ledger, store, broker: brokerFor(t, clock) }),
    term: 1,
    guard: () => undefined,
  }
  const request = async () => (await readInbox(ledger)).requests[0] ?? assert.fail('no request')
  const doctorsOf = () => Promise.resolve(new Map<string, string>())
  const erase = () => Promise.reject(new Error('not asked for'))
  const keys = Array.from({ length: 600 }, (_, at) => `tcs-${at}`)
  await postRequest(context, { kind: 'resync', scope: { keys }, by: 'test', why: '' })

  const dying = new Resyncs(context, {
    doctorsOf,
    erase,
    refresh: async () => {
      void dying.stop()
      return REFRESHED
    },
  })
  dying.take(await request())
  await dying.idle()
  assert.equal((await request()).answer, null)

  await clock.advance(1)
  const announced: unknown[] = []
  const next = new Resyncs(context, {
    doctorsOf,
    erase,
    refresh: async (_keys, announce) => {
      announced.push(announce)
      return REFRESHED
    },
  })
  next.take(await request())
  next.take(await request())
  await next.idle()
  assert.deepEqual(announced, ['all', 'all', 'all'])
  assert.partialDeepStrictEqual((await request()).answer, { ok: true, resync: { keys: 600 } })
})
