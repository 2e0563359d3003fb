import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { WRITER, type Lease, type RunLedger } from '../../../src/ports/run-ledger.ts'
import { asWriter, type WriterContext } from '../../../src/sync/lease/writer.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { aContext, brokerFor, folderFor, ledgerFor, SETTINGS, troubles } from '../a-context.ts'

/** Renewed every 3 s, trusted for 8.1 s; a standby checks every 2 s. */
const LEASE_MS = 9_000
const AWAY = new RevalError('LEDGER_FAILED', 'the ledger is away', { transient: true })

/** A ledger that a test makes answer, fail, or hang; hanging calls continue once it answers again. */
class UnsteadyLedger {
  state: 'answers' | 'is away' | 'hangs' = 'answers'
  #released = Promise.withResolvers<undefined>()

  of(ledger: RunLedger): RunLedger {
    return altered(ledger, {
      read: (own) => async (kind, id) => {
        await this.#pass()
        return own(kind, id)
      },
      save: (own) => async (kind, id, value, revision, guard) => {
        await this.#pass()
        return own(kind, id, value, revision, guard)
      },
    })
  }

  answer(): void {
    this.state = 'answers'
    this.#released.resolve(undefined)
    this.#released = Promise.withResolvers()
  }

  async #pass(): Promise<void> {
    if (this.state === 'is away') throw AWAY
    if (this.state === 'hangs') await this.#released.promise
  }
}

interface Work {
  readonly writer: WriterContext
  readonly signal: AbortSignal
  /** Ends the work with an error. */
  readonly fail: (error: Error) => void
}

/** A process that tries to become the writer, and its work. */
async function processOn(
  t: TestContext,
  { clock, folder }: { clock: ManualClock; folder: string },
  holder: string,
  serverTime: () => number | null = () => null,
) {
  const unsteady = new UnsteadyLedger()
  const own = await ledgerFor(t, folder)
  const ledger = altered(unsteady.of(own), { serverTime: () => () => Promise.resolve(serverTime()) })
  const settings = { ...SETTINGS, writerLeaseMs: LEASE_MS }
  // Nothing of the store is used: a writer of these tests writes to the ledger only.
  const store = {} as WriterContext['store']
  const context = aContext({ clock, ledger, store, broker: brokerFor(t, clock), holder, settings })
  const events: string[] = []
  for (const name of ['lease.acquired', 'lease.lost', 'lease.expired', 'lease.regained'] as const) {
    context.events.on(name, (event) => events.push(`${name} ${event.holder} ${event.term}`))
  }
  const reasons = new Set<string>()
  context.events.on('warning', ({ error }) => reasons.add(error.message))
  const works: Work[] = []
  const stopping = new AbortController()
  const ended = asWriter(context, stopping.signal, (writer, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    signal.addEventListener('abort', () => resolve(undefined))
    works.push({ writer, signal, fail: reject })
    return promise
  })
  // A test that expects a rejection awaits it.
  ended.catch(() => undefined)
  const stop = () => {
    stopping.abort()
    return ended
  }
  t.after(() => {
    unsteady.answer()
    stopping.abort()
    return ended.catch(() => undefined)
  })
  const lease = async (): Promise<Lease | null> => (await own.read('lease', WRITER))?.value ?? null
  return { unsteady, works, events, stop, ended, lease, reasons, troubles: troubles(context) }
}

/** The work in progress: the last that started, if it has not ended. */
function workOf({ works }: { readonly works: readonly Work[] }): Work {
  const work = works.at(-1)
  assert.ok(work, 'no work has begun')
  return work
}

async function place(t: TestContext) {
  return { clock: new ManualClock(), folder: await folderFor(t) }
}

/** The result of a save by the writer now: the code of its refusal, or `done`. */
async function saving({ writer }: Work, id: string): Promise<string> {
  try {
    await writer.ledger.save('lease', id, { holder: 'x', term: 1, until: 1 }, 'new')
    return 'done'
  } catch (error) {
    assert.ok(error instanceof RevalError)
    return error.code
  }
}

describe('of two processes', () => {
  test('one writes while it renews its lease; the other stands by', async (t) => {
    const here = await place(t)
    const first = await processOn(t, here, 'first')
    await here.clock.advance(1)
    const second = await processOn(t, here, 'second')
    await here.clock.advance(120_000)
    assert.deepEqual([first.events, first.troubles], [['lease.acquired first 1'], []])
    assert.deepEqual([second.events, second.works.length], [[], 0])
    const lease = await first.lease()
    assert.equal(lease?.holder, 'first')
    assert.ok(lease.until - here.clock.now() >= LEASE_MS - 3_000)
    assert.equal(await saving(workOf(first), 'a'), 'done')
  })

  test('the other takes over at once when the first stops', async (t) => {
    const here = await place(t)
    const first = await processOn(t, here, 'first')
    await here.clock.advance(1)
    const second = await processOn(t, here, 'second')
    await here.clock.advance(1)
    const { signal } = workOf(first)
    await first.stop()
    assert.deepEqual([signal.aborted, first.events], [true, ['lease.acquired first 1']])
    assert.equal((await first.lease())?.until, here.clock.now() - 1)
    await here.clock.advance(2_000)
    assert.deepEqual(second.events, ['lease.acquired second 2'])
  })

  test('the other takes over once the lease expires, and the first learns it when the ledger is back', async (t) => {
    const here = await place(t)
    const first = await processOn(t, here, 'first')
    await here.clock.advance(1)
    const second = await processOn(t, here, 'second')
    const work = workOf(first)
    first.unsteady.state = 'is away'
    await here.clock.advance(LEASE_MS - 1_000)
    assert.deepEqual([first.events, second.events], [['lease.acquired first 1'], []])
    // The first tries again within 3 s of the try before, which may have been just before its trust ended.
    await here.clock.advance(3_200)
    assert.deepEqual(first.events, ['lease.acquired first 1', 'lease.expired first 1'])
    assert.deepEqual(second.events, ['lease.acquired second 2'])
    assert.equal(work.signal.aborted, false)
    first.unsteady.answer()
    await here.clock.advance(3_000)
    assert.equal(work.signal.aborted, true)
    assert.equal((work.signal.reason as RevalError).code, 'WRITER_LOST')
    assert.deepEqual(first.events.slice(2), ['lease.lost first 1'])
    assert.equal(await saving(work, 'a'), 'WRITER_LOST')
    await here.clock.advance(60_000)
    assert.deepEqual([first.works.length, second.events], [1, ['lease.acquired second 2']])
  })

  test('the first starts over, in a new term, if the other had the lease and released it', async (t) => {
    const here = await place(t)
    const first = await processOn(t, here, 'first')
    await here.clock.advance(1)
    const second = await processOn(t, here, 'second')
    const { signal } = workOf(first)
    first.unsteady.state = 'is away'
    await here.clock.advance(LEASE_MS + 2_001)
    await second.stop()
    first.unsteady.answer()
    await here.clock.advance(3_000)
    assert.deepEqual(second.events, ['lease.acquired second 2'])
    assert.equal((signal.reason as RevalError).code, 'WRITER_LOST')
    assert.deepEqual(first.events.slice(2), ['lease.lost first 1', 'lease.acquired first 3'])
    assert.equal(first.works.length, 2)
  })

  test('a process that was paused does not write, even before it learns of the takeover', async (t) => {
    const here = await place(t)
    const first = await processOn(t, here, 'first')
    await here.clock.advance(1)
    here.clock.setWallClockBy(LEASE_MS * 2)
    assert.equal(await saving(workOf(first), 'a'), 'LEASE_EXPIRED')
  })
})

describe('a writer whose lease expires', () => {
  test('continues in the same term if no other process had it, and writes nothing in between', async (t) => {
    const here = await place(t)
    const process = await processOn(t, here, 'first')
    await here.clock.advance(1)
    const work = workOf(process)
    process.unsteady.state = 'is away'
    await here.clock.advance(60_000)
    assert.deepEqual(process.events, ['lease.acquired first 1', 'lease.expired first 1'])
    assert.equal(process.troubles[0], `renewing the writer's lease: LEDGER_FAILED`)
    process.unsteady.answer()
    assert.equal(await saving(work, 'a'), 'LEASE_EXPIRED')
    await here.clock.advance(3_000)
    assert.deepEqual(process.events.slice(2), ['lease.regained first 1'])
    assert.equal(await saving(work, 'b'), 'done')
    assert.deepEqual([work.signal.aborted, process.works.length], [false, 1])
  })

  test('reports it once, and again when it expires again', async (t) => {
    const here = await place(t)
    const process = await processOn(t, here, 'first')
    await here.clock.advance(1)
    for (let times = 0; times < 2; times += 1) {
      process.unsteady.state = 'is away'
      await here.clock.advance(30_000)
      process.unsteady.answer()
      await here.clock.advance(5_000)
    }
    assert.deepEqual(process.events.slice(1), [
      'lease.expired first 1',
      'lease.regained first 1',
      'lease.expired first 1',
      'lease.regained first 1',
    ])
  })

  test('learns it although the ledger hangs: it waits for no renewal longer than the lease lasts', async (t) => {
    const here = await place(t)
    const process = await processOn(t, here, 'first')
    await here.clock.advance(1)
    process.unsteady.state = 'hangs'
    await here.clock.advance(8_098)
    assert.deepEqual(process.events, ['lease.acquired first 1'])
    await here.clock.advance(1)
    assert.deepEqual(process.events.slice(1), ['lease.expired first 1'])
    process.unsteady.answer()
    await here.clock.advance(6_000)
    assert.deepEqual(process.events.slice(2), ['lease.regained first 1'])
    assert.equal(workOf(process).signal.aborted, false)
  })
})

describe('a process whose clock differs from the server’s', () => {
  for (const [by, shown] of [
    [3_000, '3 s behind'],
    [-3_000, '3 s ahead of'],
  ] as const) {
    test(`by ${by} ms does not acquire the lease, and reports it until that is corrected`, async (t) => {
      const here = await place(t)
      let differing: number = by
      const process = await processOn(t, here, 'first', () => here.clock.now() + differing)
      await here.clock.advance(60_000)
      assert.deepEqual([...new Set(process.troubles)], ['acting as writer: CLOCKS_DIFFER'])
      assert.deepEqual([...process.reasons], [`clock of this machine is ${shown} the search engine's`])
      assert.equal(await process.lease(), null)
      assert.ok(shown)
      differing = 0
      await here.clock.advance(6_000)
      assert.deepEqual(process.events, ['lease.acquired first 1'])
    })
  }

  test('by no more than a part of the lease acquires it', async (t) => {
    const here = await place(t)
    const process = await processOn(t, here, 'first', () => here.clock.now() + LEASE_MS / 4)
    await here.clock.advance(1)
    assert.deepEqual(process.events, ['lease.acquired first 1'])
  })

  test('continues if it holds the lease: no other clock matters for that', async (t) => {
    const here = await place(t)
    let differing = 0
    const process = await processOn(t, here, 'first', () => here.clock.now() + differing)
    await here.clock.advance(1)
    differing = 60_000
    await here.clock.advance(60_000)
    assert.deepEqual([process.events, process.troubles], [['lease.acquired first 1'], []])
  })
})

describe('work that ends', () => {
  test('with a transient error starts again, in the same term', async (t) => {
    const here = await place(t)
    const process = await processOn(t, here, 'first')
    await here.clock.advance(1)
    workOf(process).fail(new RevalError('STORE_FAILED', 'away', { transient: true }))
    await here.clock.advance(1_000)
    assert.deepEqual(process.troubles, ['acting as writer: STORE_FAILED'])
    assert.deepEqual(process.events, ['lease.acquired first 1', 'lease.acquired first 1'])
    assert.equal(process.works.length, 2)
  })

  test('with any other error ends the process’s role as writer', async (t) => {
    const here = await place(t)
    const process = await processOn(t, here, 'first')
    await here.clock.advance(1)
    workOf(process).fail(new RevalError('LEDGER_GONE', 'lost'))
    await assert.rejects(process.ended, { code: 'LEDGER_GONE' })
  })

  for (const code of ['LEDGER_CONFLICT', 'WRITER_LOST'] as const) {
    test(`with ${code}, after a takeover, ends the work and not the process`, async (t) => {
      const here = await place(t)
      const process = await processOn(t, here, 'first')
      await here.clock.advance(1)
      workOf(process).fail(new RevalError(code, 'another was first'))
      await here.clock.advance(1)
      assert.deepEqual(process.troubles, [`writing after another process took over: ${code}`])
      assert.deepEqual(process.events.slice(0, 2), ['lease.acquired first 1', 'lease.lost first 1'])
    })
  }
})

test('a writer that stops while the ledger is away leaves its lease to expire', async (t) => {
  const here = await place(t)
  const process = await processOn(t, here, 'first')
  await here.clock.advance(1)
  process.unsteady.state = 'is away'
  await process.stop()
  assert.deepEqual(process.troubles, [`releasing the writer's lease: LEDGER_FAILED`])
  assert.ok(((await process.lease())?.until ?? 0) > here.clock.now())
})
