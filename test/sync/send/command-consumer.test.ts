import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { encodeCommand } from '../../../src/messages/command.ts'
import { encodeHeaders } from '../../../src/messages/headers.ts'
import { consumeCommands } from '../../../src/sync/send/command-consumer.ts'
import { altered } from '../../faults/altered.ts'
import { Gate } from '../../faults/gate.ts'
import { aContext, brokerFor, ledgerFor } from '../a-context.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aRun } from '../examples.ts'

test('a service that stops while it claims a stage waits for the work of the claim to end', async (t) => {
  const clock = new ManualClock()
  const own = await ledgerFor(t)
  await own.save('run', 'run-1', aRun({ state: 'trainees', generation: 'g-1' }), 'new')
  const claiming = new Gate()
  const ledger = altered(own, {
    save: (save) => async (kind, id, value, revision, guard) => {
      if (kind === 'claim') await claiming.pass()
      return save(kind, id, value, revision, guard)
    },
  })
  const broker = brokerFor(t, clock)
  const ended: boolean[] = []
  const consumer = await consumeCommands(aContext({ clock, ledger, broker, store: {} as never }), {
    service: 'tcs',
    stage: 'trainees',
    work: async (claim, _day, signal) => {
      await claim.release()
      ended.push(signal.aborted)
    },
  })
  const headers = { kind: 'command', run: 'run-1', generation: 'g-1', day: '2026-06-01' } as const
  await broker.publish('syncStart', { body: encodeCommand('syncStart'), attributes: encodeHeaders(headers) })
  await claiming.reached
  let hasStopped = false
  const stopping = consumer.stop().then(() => (hasStopped = true))
  await turn()
  assert.equal(hasStopped, false)
  claiming.open()
  await stopping
  assert.deepEqual(ended, [true])
})
