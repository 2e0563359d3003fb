import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { Gate } from '../../faults/gate.ts'
import { bytes } from '../../messages/bodies.ts'
import { endMessage, message, receiving, withoutHeaders } from './receiving.ts'

const away = (code: 'STORE_FAILED' | 'LEDGER_FAILED') => new RevalError(code, 'away', { transient: true })
const broken = (code: 'DISK_FULL' | 'LEDGER_FAILED' | 'BROKER_FAILED') => new RevalError(code, 'broken')

/** Fails this many times with this error, and then succeeds. */
function failing(times: number, error: Error) {
  let left = times
  return async () => {
    left -= 1
    if (left >= 0) throw error
  }
}

/** A message whose second row cannot be read, and has no key. */
function halfReadable(sequence: number) {
  const { body, attributes } = message(sequence, ['1111111', '2222222'])
  const [first] = JSON.parse(new TextDecoder().decode(body)) as unknown[]
  return { body: bytes(JSON.stringify([first, 7])), attributes }
}
const SECOND_ROW = 'told message 1 of a-1, row 2'

describe('a message is', () => {
  test('written, its failures are recorded, then it is counted, then acknowledged', async (t) => {
    const { log, send, run, ledger } = await receiving(t)
    await send(halfReadable(1))
    await log.until('acknowledged')
    assert.deepEqual(log.entries, ['written 1', 'recorded 1', 'counted 1', SECOND_ROW, 'acknowledged'])
    const account = { sequence: 1, rows: 2, failedRows: 1, withoutTrainee: 1, lostTrainees: 0, digest: 'skipped' }
    assert.deepEqual(run.accounts, [account])
    assert.equal(await ledger.countFailures('g-1'), 1)
  })

  test('written again while the store is away, before anything else is done', async (t) => {
    const { log, send, faults, clock } = await receiving(t)
    faults.write = failing(2, away('STORE_FAILED'))
    await send(message(1, ['1111111']))
    const trouble = 'trouble writing 1 rows of doctorData: STORE_FAILED'
    await clock.untilPending(1)
    await clock.advance(1_000)
    await log.until('acknowledged')
    assert.deepEqual(log.entries, [trouble, trouble, 'written 1', 'counted 1', 'acknowledged'])
  })

  test('not counted before its failures are recorded, and not written again for that', async (t) => {
    const { log, send, faults, clock } = await receiving(t)
    faults.record = failing(1, away('LEDGER_FAILED'))
    await send(halfReadable(1))
    const trouble = 'trouble recording rows of doctorData: LEDGER_FAILED'
    await log.until(trouble)
    await clock.untilPending(1)
    await clock.advance(1_000)
    await log.until('acknowledged')
    assert.deepEqual(log.entries, ['written 1', trouble, 'recorded 1', 'counted 1', SECOND_ROW, 'acknowledged'])
  })

  for (const [what, fail, code, before] of [
    ['its rows cannot be written', 'write', 'DISK_FULL', []],
    ['its failures cannot be recorded', 'record', 'LEDGER_FAILED', ['written 1']],
  ] as const) {
    test(`given back if ${what}: the run is notified, and nothing is counted`, async (t) => {
      const { log, send, faults, clock } = await receiving(t)
      faults[fail] = failing(1, broken(code))
      await send(halfReadable(1))
      await log.until('given back')
      const trouble = `trouble receiving a message from doctorData: ${code}`
      assert.deepEqual(log.entries, [...before, `run failed: ${code}`, trouble, 'given back'])
      await clock.untilPending(1)
      await clock.advance(200)
      await log.until('acknowledged')
      assert.deepEqual(log.entries.slice(-5), ['written 1', 'recorded 1', 'counted 1', SECOND_ROW, 'acknowledged'])
    })
  }

  test('given back if the store is away for longer than a stage may stall', async (t) => {
    const { log, send, faults, clock } = await receiving(t, { settings: { stallMs: 3_000 } })
    faults.write = failing(1_000, away('STORE_FAILED'))
    await send(message(1, ['1111111']))
    await clock.untilPending(1)
    await clock.advance(2_999)
    assert.equal(log.entries.includes('run failed: STORE_FAILED'), false)
    await clock.advance(5_000)
    await log.until('given back')
    assert.equal(log.entries.includes('run failed: STORE_FAILED'), true)
  })

  test('given back if its generation is no longer building, and late when it arrives again', async (t) => {
    const { log, send, faults, run, clock } = await receiving(t)
    const gate = new Gate()
    faults.write = async () => {
      await gate.pass()
      throw away('STORE_FAILED')
    }
    await send(message(1, ['1111111']))
    await gate.reached
    run.target = null
    gate.open()
    await log.until('given back')
    assert.deepEqual(run.accounts, [])
    await clock.untilPending(1)
    await clock.advance(200)
    await log.until('acknowledged')
    assert.deepEqual(log.entries.slice(-2), ['late', 'acknowledged'])
  })

  test('counted once if its acknowledgement is lost and it arrives again', async (t) => {
    const { log, send, faults, run, consumer, broker } = await receiving(t)
    faults.acknowledge = failing(1, broken('BROKER_FAILED'))
    await send(message(1, ['1111111']))
    const trouble = 'trouble acknowledging a message of doctorData: BROKER_FAILED'
    await log.until(trouble)
    assert.deepEqual(log.entries, ['written 1', 'counted 1', trouble])
    await consumer.stop()
    assert.equal((await broker.depth('doctorData')).waiting, 1)
    assert.deepEqual(run.manifest.counts, { messages: 1, rows: 1, failedRows: 0, withoutTrainee: 1 })
  })

  test('late if it belongs to another run: nothing is written', async (t) => {
    const { log, send } = await receiving(t)
    await send(message(1, ['1111111'], { run: 'run-0' }))
    await log.until('acknowledged')
    assert.deepEqual(log.entries, ['late', 'acknowledged'])
  })
})

test('messages that arrive during a write are written together', async (t) => {
  const { log, send, faults, run } = await receiving(t)
  const gate = new Gate()
  faults.write = () => gate.pass()
  await send(message(1, ['1111111']))
  await gate.reached
  faults.write = () => Promise.resolve()
  await send(message(2, ['2222222']), message(3, ['3333333', '4444444']))
  await log.until('counted 3')
  gate.open()
  await log.until('acknowledged', 3)
  assert.deepEqual(
    log.entries.filter((entry) => !entry.startsWith('acknowledged')),
    ['written 3', 'counted 2', 'counted 3', 'written 1', 'counted 1'],
  )
  assert.deepEqual(run.manifest.digests, { compared: 3, different: 0, skipped: 0 })
})

describe('an invalid message is refused', () => {
  test('once the failure of all its rows is recorded', async (t) => {
    const { log, send, run, broker } = await receiving(t)
    await send({ ...message(1, ['1111111', '2222222']), body: bytes('no JSON') })
    await log.until('refused MESSAGE_NOT_JSON')
    assert.deepEqual(log.entries, ['recorded 1', 'counted 1', 'told message 1 of a-1', 'refused MESSAGE_NOT_JSON'])
    const account = { sequence: 1, rows: 2, failedRows: 2, withoutTrainee: 0, lostTrainees: 0, digest: 'skipped' }
    assert.deepEqual(run.accounts, [account])
    assert.equal((await broker.deadLetters('doctorData', 10)).length, 1)
  })

  test('if its rows differ from those in its headers', async (t) => {
    const { log, send, run, broker } = await receiving(t)
    await send(message(1, ['1111111', '2222222'], { rows: 3 }))
    await log.until('refused MESSAGE_INVALID')
    assert.equal(run.accounts[0]?.failedRows, 3)
    const [letter] = await broker.deadLetters('doctorData', 10)
    assert.equal(letter?.reason, 'headers report 3 rows, got 2')
  })

  test('also after an internal error of the decoder: given back, it would arrive forever', async (t) => {
    const decode = () => {
      throw new TypeError('a fault of the program')
    }
    const { log, send, broker } = await receiving(t, { receive: { decode } })
    await send(message(1, ['1111111']))
    await log.until('refused MESSAGE_HANDLER_FAILED')
    assert.deepEqual(log.entries, [
      'recorded 1',
      'counted 1',
      'told message 1 of a-1',
      'refused MESSAGE_HANDLER_FAILED',
    ])
    const [letter] = await broker.deadLetters('doctorData', 10)
    assert.equal(letter?.reason, 'a fault of the program')
  })

  test('not before that is recorded', async (t) => {
    const { log, send, faults, clock } = await receiving(t)
    faults.record = failing(1, away('LEDGER_FAILED'))
    await send({ ...message(1, ['1111111']), body: bytes('no JSON') })
    const trouble = 'trouble recording a message of doctorData: LEDGER_FAILED'
    await log.until(trouble)
    await clock.untilPending(1)
    await clock.advance(1_000)
    await log.until('refused MESSAGE_NOT_JSON')
    const [first, ...others] = log.entries
    assert.deepEqual([first, others.length], [trouble, 4])
  })

  test('if its headers are those of a command', async (t) => {
    const { log, send } = await receiving(t)
    const { body } = message(1, ['1111111'])
    const attributes = { 'reval-kind': 'command', 'reval-run': 'r', 'reval-generation': 'g', 'reval-day': '2026-06-01' }
    await send({ body, attributes })
    await log.until('refused MESSAGE_WITHOUT_RUN')
    assert.deepEqual(log.entries, ['refused MESSAGE_WITHOUT_RUN'])
  })

  test('if it has no headers, and headers are expected', async (t) => {
    const { log, send } = await receiving(t)
    await send({ ...message(1, ['1111111']), attributes: {} })
    await log.until('refused MESSAGE_WITHOUT_RUN')
    assert.deepEqual(log.entries, ['refused MESSAGE_WITHOUT_RUN'])
  })
})

describe('an end message', () => {
  test('is acknowledged, and wakes the run', async (t) => {
    const { log, send } = await receiving(t)
    await send(endMessage())
    await log.until('ended')
    assert.deepEqual(log.entries, ['acknowledged', 'ended'])
  })

  test('of another run is only acknowledged', async (t) => {
    const { log, send } = await receiving(t)
    await send(endMessage('run-0'))
    await log.until('acknowledged')
    assert.deepEqual(log.entries, ['acknowledged'])
  })

  test('without headers is recorded before it is acknowledged: there is no other trace of it', async (t) => {
    const { log, send, run, clock } = await receiving(t)
    run.unproved = withoutHeaders(clock, true)
    await send({ ...endMessage(), attributes: {} })
    await log.until('acknowledged')
    assert.deepEqual(log.entries, ['ended without headers', 'acknowledged'])
    assert.equal(run.unproved.sender.hasEnded, true)
  })
})

describe('a message without headers', () => {
  test('is numbered on arrival, and counted', async (t) => {
    const { log, send, run, clock } = await receiving(t)
    run.unproved = withoutHeaders(clock, true)
    for (const [at, number] of ['1111111', '2222222'].entries()) {
      await send({ ...message(1, [number]), attributes: {} })
      await log.until('acknowledged', at + 1)
    }
    assert.deepEqual(
      run.accounts.map(({ sequence, digest }) => [sequence, digest]),
      [
        [1, 'skipped'],
        [2, 'skipped'],
      ],
    )
  })

  test('keeps its sender busy until it is written', async (t) => {
    const { log, send, run, clock, faults } = await receiving(t)
    const { sender } = (run.unproved = withoutHeaders(clock, true))
    const gate = new Gate()
    faults.write = () => gate.pass()
    await send({ ...message(1, ['1111111']), attributes: {} })
    await gate.reached
    await clock.advance(500)
    assert.equal(sender.lastActivityAt, 500)
    gate.open()
    await log.until('acknowledged')
    await clock.advance(500)
    assert.equal(sender.lastActivityAt, 500)
  })

  test('of an ended run is late, and its sender is no longer busy', async (t) => {
    const { log, send, run, clock } = await receiving(t)
    const { sender } = (run.unproved = withoutHeaders(clock, false))
    await send({ ...message(1, ['1111111']), attributes: {} })
    await log.until('acknowledged')
    assert.deepEqual(log.entries, ['late', 'acknowledged'])
    await clock.advance(500)
    assert.equal(sender.lastActivityAt, 0)
  })

  test('that cannot be read is refused, and its sender is no longer busy', async (t) => {
    const { log, send, run, clock } = await receiving(t)
    const { sender } = (run.unproved = withoutHeaders(clock, true))
    await send({ body: bytes('no JSON'), attributes: {} })
    await log.until('refused MESSAGE_NOT_JSON')
    assert.equal(run.accounts[0]?.failedRows, 1)
    await clock.advance(500)
    assert.equal(sender.lastActivityAt, 0)
  })
})

describe('a receiver that is stopped', () => {
  test('acknowledges what it is writing', async (t) => {
    const { log, send, faults, consumer, broker } = await receiving(t)
    const gate = new Gate()
    faults.write = () => gate.pass()
    await send(message(1, ['1111111']))
    await gate.reached
    const stopped = consumer.stop()
    gate.open()
    await stopped
    assert.deepEqual(log.entries, ['written 1', 'counted 1', 'acknowledged'])
    assert.partialDeepStrictEqual(await broker.depth('doctorData'), { waiting: 0, unacknowledged: 0 })
  })

  test('gives back what it cannot write, without notifying the run: the next receiver handles it', async (t) => {
    const { log, send, faults, consumer, clock, broker } = await receiving(t)
    faults.write = failing(1_000, away('STORE_FAILED'))
    await send(message(1, ['1111111']))
    await clock.untilPending(1)
    await consumer.stop()
    assert.deepEqual(log.entries, [
      'trouble writing 1 rows of doctorData: STORE_FAILED',
      'trouble receiving a message from doctorData: BROKER_CLOSED',
      'given back',
    ])
    assert.equal((await broker.depth('doctorData')).unacknowledged, 0)
  })
})
