import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { retain } from '../../../src/sync/retention/retain.ts'
import { INBOX } from '../../../src/ports/run-ledger.ts'
import { altered } from '../../faults/altered.ts'
import { troubles } from '../a-context.ts'
import { aRequest } from '../examples.ts'
import { failing, ofLive } from '../failures/failing.ts'

/** What is repeated. */
const ACTIONS = 7

test('the writer removes what is too old at once and every hour; a fault is a warning, and the rest is done', async (t) => {
  const { context, ledger, broker, clock } = await failing(t)
  await ledger.addFailures([ofLive('tcs-1', { reason: 'admin: got "Smith"', at: null })])
  const [answered, open] = [
    aRequest({ id: 'q1', at: 1, answer: { ok: true } }),
    aRequest({ id: 'q2', at: 1, answer: null }),
  ]
  await ledger.save('inbox', INBOX, { requests: [answered, open] }, 'new')
  let reads = 0
  const away = altered(broker, {
    deadLetters: () => () => {
      reads += 1
      return Promise.reject(new RevalError('BROKER_FAILED', 'away'))
    },
  })
  const stopping = new AbortController()
  const warnings = troubles(context)
  const expiring = retain({ ...context, broker: away }, (action) => action(), stopping.signal)
  await clock.untilPending(ACTIONS)
  assert.deepEqual(warnings, ['removing old dead letters: BROKER_FAILED'])
  assert.equal((await ledger.failures('g-1', 1))[0]?.reason, 'admin: got "…"')
  await clock.advance(3_600_000)
  await clock.untilPending(ACTIONS)
  assert.equal(reads, 2)
  assert.deepEqual((await ledger.read('inbox', INBOX))?.value.requests, [open])
  stopping.abort()
  await expiring
})
