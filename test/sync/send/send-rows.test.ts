import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Run, StageProgress } from '../../../src/ports/run-ledger.ts'
import { claimStage } from '../../../src/sync/lease/claim.ts'
import { changeRecord } from '../../../src/sync/records.ts'
import type { RowSending } from '../../../src/sync/send/read-rows.ts'
import { sendRows } from '../../../src/sync/send/send-rows.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { bytes, jsonBytes, textOf } from '../../messages/bodies.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS } from '../a-context.ts'
import { aRun } from '../examples.ts'

const WORK = { run: 'run-1', generation: 'g-1', stage: 'trainees', service: 'tcs' } as const
const ROWS = ['000001', '000002', '000003', '000004', '000005', '000006']
/** Three messages of one row. */
const SEND_AHEAD_BYTES = 24
const never = new AbortController().signal

const SENDING: RowSending<string, string> = {
  route: 'traineeData',
  open: async () => ({
    expected: ROWS.length,
    edition: null,
    batches: async function* () {
      yield ROWS
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
  read: (row) => row,
  keyOf: (row) => row,
  encode: (row) => jsonBytes(row),
  encodeEnd: () => bytes('end'),
  digestOf: () => 'd',
}

/** A sender at its limit, and the record of its run. */
async function sending(t: TestContext, recorded: Partial<StageProgress>) {
  const clock = new ManualClock()
  const ledger = await ledgerFor(t)
  const sent: string[] = []
  const broker = altered(brokerFor(t, clock), {
    publish:
      () =>
      async (_route, { body }) =>
        void sent.push(textOf(body)),
  })
  const settings = { ...SETTINGS, messageRows: 1, sendAheadBytes: SEND_AHEAD_BYTES }
  const context = aContext({ clock, ledger, broker, settings, store: {} as never })
  const progressOf = (progress: Partial<StageProgress>): Run['stages'] => ({
    trainees: {
      ...{ startedAt: 1, finishedAt: null, attempt: null, expected: null, messages: 0, rows: 0, failedRows: 0 },
      ...{ withoutTrainee: 0, lateMessages: 0, unjoined: null, ...progress },
    },
  })
  const run = aRun({ state: 'trainees', generation: 'g-1', stages: progressOf(recorded) })
  await ledger.save('run', 'run-1', run, 'new')
  const change = (differing: Partial<Run>) =>
    changeRecord(ledger, 'run', 'run-1', (known) => (known === null ? null : { ...known, ...differing }))
  const claim = await claimStage(context, WORK, 'this')
  assert.ok(claim)
  const all = sendRows(context, claim, SENDING, never)
  // The claim waits for its renewal, the sender for the record.
  await clock.untilPending(2)
  return {
    clock,
    claim,
    sent,
    all,
    change,
    record: (progress: Partial<StageProgress>) => change({ stages: progressOf(progress) }),
  }
}

test('what was received of an earlier attempt does not count', async (t) => {
  const { clock, sent, all, record } = await sending(t, { attempt: 'earlier', messages: 6 })
  await clock.advance(10 * SETTINGS.pollMs)
  assert.equal(sent.length, 3)
  await record({ attempt: 'this', messages: 2 })
  await clock.advance(2 * SETTINGS.pollMs)
  assert.equal(sent.length, 5)
  await record({ attempt: 'this', messages: 5 })
  await clock.advance(2 * SETTINGS.pollMs)
  await all
  assert.deepEqual(sent.slice(-2), ['"000006"', 'end'])
})

test('a sender at its limit ends once its run restarts, or is over, and its claim is released', async (t) => {
  for (const differing of [{ generation: 'g-2', stages: {} }, { state: 'cancelled' }] as const) {
    const { clock, claim, sent, all, change } = await sending(t, {})
    await change(differing)
    await clock.advance(2_000)
    await all
    assert.equal(sent.length, 3)
    assert.equal((claim.signal.reason as { code?: unknown }).code, 'RUN_OVER')
    assert.equal(clock.pending, 0)
  }
})
