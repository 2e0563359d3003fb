import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { SendWithoutRun } from '../../../src/ports/processes.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import type { RowSending } from '../../../src/sync/send/read-rows.ts'
import { sendWithoutRun } from '../../../src/sync/send/send-without-run.ts'
import { Inbox, textOf } from '../../contract/broker/inbox.ts'
import { SETTINGS } from '../../sync/a-context.ts'
import { SqsPlace } from './sqs-place.ts'

/** A minute passes in three seconds. */
const quickClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 20,
  wait: (milliseconds, signal) => systemClock.wait(milliseconds / 20, signal),
}

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

const ROWS = Array.from({ length: 40 }, (_, row) => row)

const sending: RowSending<number, number> = {
  route: 'doctorData',
  open: () =>
    Promise.resolve({
      edition: null,
      expected: ROWS.length,
      batches: async function* () {
        yield await Promise.resolve(ROWS)
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  read: (row) => row,
  keyOf: String,
  encode: (row) => bytes({ row }),
  encodeEnd: () => bytes({ syncEnd: true }),
  digestOf: () => '',
}

test('to a receiver with ten threads, the end message is sent once no row is in flight any more', async (t) => {
  const place = new SqsPlace()
  t.after(() => place.dispose())
  const events = createRunEvents()
  const progress: SendWithoutRun[] = []
  const waits = Promise.withResolvers<undefined>()
  events.on('send.progress', ({ send }) => {
    progress.push(send)
    // Most are finished, and those that are left are in flight.
    if (send.state === 'waiting' && send.inQueue === 10) waits.resolve(undefined)
  })
  const ended = Promise.withResolvers<SendWithoutRun>()
  events.on('send.ended', ({ send }) => ended.resolve(send))
  const context = { clock: quickClock, events, settings: SETTINGS, broker: await place.open() }
  const sent = sendWithoutRun(context as never, 'doctors', sending, new AbortController().signal)
  t.after(() => sent)

  const inbox = await Inbox.open(await place.open(), 'doctorData', 10)
  for (let taken = 0; taken < 30; taken += 1) await (await inbox.take()).acknowledge()
  const held = await inbox.takeAll(10)
  await waits.promise
  assert.deepEqual(
    inbox.begun.map(textOf).filter((body) => JSON.stringify(body).includes('syncEnd')),
    [],
  )
  for (const row of held) await row.acknowledge()
  const end = await inbox.take()
  assert.deepEqual(textOf(end), { syncEnd: true })
  await end.acknowledge()
  const { state, rows, failedRows } = await ended.promise
  assert.deepEqual({ state, rows, failedRows }, { state: 'sent', rows: 40, failedRows: 0 })
})
