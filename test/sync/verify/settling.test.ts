import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { asRevalError } from '../../../src/errors/reval-error.ts'
import { CHANGES, type ChannelStatus } from '../../../src/ports/changes.ts'
import { SecondLook } from '../../../src/sync/verify/second-look.ts'
import { reportableAt, settle } from '../../../src/sync/verify/settling.ts'
import { Mutex } from '../../../src/sync/wait/mutex.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor } from '../a-context.ts'

const NEVER = new AbortController().signal
const QUIET: ChannelStatus = {
  ...{ waiting: 0, oldestAt: null, refreshed: 0, deadLettered: 0 },
  ...{ lastRefreshedAt: null, isBehind: false },
}

/** Live lacks a row; messages are sent as from another process, where they may take a minute to arrive. */
async function place(t: TestContext) {
  const clock = new ManualClock()
  const [ledger, store] = [await ledgerFor(t), await storeFor(t)]
  const broker = altered(brokerFor(t, clock), { capabilities: (own) => ({ ...own, keepsMessages: true }) })
  for (const id of ['live', 'built'])
    await store.createGeneration({ id, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  const parts = { trainee: null, doctor: null, outcome: null, reason: null }
  const write = (generation: string) => store.write(generation, [{ op: 'create', row: { id: 'foo-1', parts } }])
  await write('built')
  const look = new SecondLook(store, new Mutex(), { before: 'live', after: 'built' })
  await look.first(['foo-1'], NEVER)
  const settings = { ...SETTINGS, verifySettleMs: 60_000 }
  const context = aContext({ clock, ledger, broker, settings })
  const run = { id: 'r1', stages: {} }
  const over = settle(context, run, [look], NEVER).then(
    () => look.found.ids,
    (error: unknown) => asRevalError(error).code,
  )
  const saveOldest = async (oldestAt: number, waiting = 1) => {
    const channels = {
      traineeChanged: { ...QUIET, oldestAt, waiting },
      doctorChanged: QUIET,
      recommendationChanged: QUIET,
    }
    const status = { term: 1, savedAt: clock.now(), perSecond: 0, reasonsComparedAt: null, paused: null, channels }
    await ledger.save('changes', CHANGES, status, 'new')
  }
  const announce = () => broker.publish('traineeChanged', { body: Buffer.from('{}'), attributes: {} })
  return { clock, over, write, announce, saveOldest }
}

/** Lets time pass until it has settled; resolves with how long that took, and how. */
async function settled({ clock, over }: Pick<Awaited<ReturnType<typeof place>>, 'clock' | 'over'>) {
  const startedAt = clock.monotonic()
  let result: unknown
  const ended = over.then((value) => (result = value))
  for (;;) {
    await Promise.race([ended, clock.untilPending(1)])
    if (result !== undefined) break
    await clock.advance((clock.nextDue ?? clock.now()) - clock.now())
  }
  return { seconds: Math.round((clock.monotonic() - startedAt) / 1_000), result }
}

describe('a row that differs', () => {
  test('is reported once its change has had time to arrive', async (t) => {
    assert.deepEqual(await settled(await place(t)), { seconds: 60, result: ['foo-1'] })
  })

  test('is not reported if it does not differ any more', async (t) => {
    const here = await place(t)
    await here.clock.untilPending(1)
    await here.write('live')
    const { seconds, result } = await settled(here)
    assert.deepEqual([seconds <= 6, result], [true, []])
  })

  test('makes the verification void if changes wait for more than a minute', async (t) => {
    const here = await place(t)
    await here.announce()
    const { seconds, result } = await settled(here)
    assert.ok(seconds >= 60)
    assert.equal(result, 'VERIFY_VOID')
  })

  test('is reported under a steady flow: those that waited are done once the oldest was sent later', async (t) => {
    const here = await place(t)
    await here.announce()
    await here.saveOldest(here.clock.now() + 3_600_000)
    assert.deepEqual((await settled(here)).result, ['foo-1'])
  })

  test('is not reported under a flow of more than the writer takes at a time: its change may be behind', async (t) => {
    const here = await place(t)
    await here.announce()
    await here.saveOldest(here.clock.now() + 3_600_000, 1_000)
    assert.equal((await settled(here)).result, 'VERIFY_VOID')
  })
})

test('a row is reported so long after it was last read from the sources', () => {
  const at = (...refreshedAt: readonly (number | null)[]) =>
    reportableAt(
      refreshedAt.map((each) => ({ refreshedAt: each })),
      { builtAt: 100, arrivalMs: 60 },
    )
  assert.deepEqual([at(null), at(50), at(150), at(null, 170, 120)], [160, 160, 210, 230])
})
