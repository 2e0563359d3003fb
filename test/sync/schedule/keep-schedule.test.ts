import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { Recurrence } from '../../../src/ports/recurrence.ts'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'
import type { SyncContext } from '../../../src/sync/context.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { requestRun } from '../../../src/sync/lead/run-request.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import { keepSchedule, type ScheduledWork } from '../../../src/sync/schedule/keep-schedule.ts'
import { compareDue, startRunDue, type Started } from '../../../src/sync/schedule/start-due.ts'
import { aContext, folderFor, ledgerFor, troubles } from '../a-context.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

const HOURLY: Recurrence = { expression: 'hourly', next: (after) => (Math.floor(after / HOUR) + 1) * HOUR }
/** What the manual clock shows at first. */
const NOON = Date.UTC(2026, 5, 1, 12)

async function scheduling(t: TestContext) {
  const ledger = await ledgerFor(t)
  const context = aContext({ ledger })
  const decided: string[] = []
  context.events.on('schedule.decided', ({ what, outcome: { outcome, dueAt, times, code } }) =>
    decided.push(`${what} ${outcome} ${new Date(dueAt).toISOString().slice(11, 16)} ${times} ${code}`),
  )
  return { ledger, context, decided }
}

const syncs = (context: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>, recurrence: Recurrence | null = HOURLY) =>
  ({ what: 'sync', recurrence, start: (dueAt) => startRunDue(context, 'sync', dueAt) }) satisfies ScheduledWork

/** Keeps a schedule while the action goes on. */
async function whileKeeping(
  context: Parameters<typeof keepSchedule>[0],
  work: ScheduledWork,
  action: () => Promise<unknown>,
): Promise<void> {
  const stopping = new AbortController()
  const keeping = keepSchedule(context, work, stopping.signal)
  await action()
  stopping.abort()
  await keeping
}

async function endRun(ledger: RunLedger): Promise<string | null> {
  let run: string | null = null
  await changeInstallation(ledger, (known) => {
    run = known.currentRun?.id ?? null
    return { ...known, currentRun: null }
  })
  return run
}

const outcomesOf = async (ledger: RunLedger) => (await ledger.read('schedule', 'sync'))?.value.outcomes

describe('a schedule', () => {
  test('starts a run at each due time, and tells when the next is due', async (t) => {
    const { ledger, context, decided } = await scheduling(t)
    const next: number[] = []
    context.events.on('schedule.next', ({ at }) => next.push(at))
    await whileKeeping(context, syncs(context), async () => {
      await context.clock.advance(59 * MINUTE)
      assert.deepEqual(decided, [])
      await context.clock.advance(MINUTE)
      const [run] = await ledger.runs(2)
      assert.deepEqual([run?.requestedBy, run?.purpose, run?.day], ['the schedule', 'sync', '2026-06-01'])
      await endRun(ledger)
      await context.clock.advance(HOUR)
    })
    assert.deepEqual(decided, ['sync started 13:00 1 null', 'sync started 14:00 1 null'])
    assert.deepEqual(next, [NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR])
    assert.equal((await ledger.runs(5)).length, 2)
  })

  test('skips a due time while a run is in progress, and says which', async (t) => {
    const { ledger, context, decided } = await scheduling(t)
    const inProgress = await requestRun(context, { by: 'somebody', day: '2026-06-01' })
    await whileKeeping(context, syncs(context), () => context.clock.advance(HOUR))
    assert.deepEqual(decided, ['sync skipped 13:00 1 RUN_IN_PROGRESS'])
    assert.equal((await outcomesOf(ledger))?.[0]?.run, inProgress.id)
  })

  test('skips a verification while nothing is live', async (t) => {
    const { context, decided } = await scheduling(t)
    const work: ScheduledWork = {
      what: 'verify',
      recurrence: HOURLY,
      start: (dueAt) => startRunDue(context, 'verify', dueAt),
    }
    await whileKeeping(context, work, () => context.clock.advance(HOUR))
    assert.deepEqual(decided, ['verify skipped 13:00 1 NOTHING_LIVE'])
  })

  test('records why something could not be started', async (t) => {
    const { ledger, context, decided } = await scheduling(t)
    const stillSending = [{ stage: 'doctors', run: 'r1', since: 1, hasEnded: false }] as const
    await changeInstallation(ledger, (known) => ({ ...known, stillSending }))
    await whileKeeping(context, syncs(context), () => context.clock.advance(HOUR))
    assert.deepEqual(decided, ['sync failed 13:00 1 SENDER_STILL_SENDING'])
  })

  test('tells of what was missed while no process ran, and does not start it late', async (t) => {
    const { ledger, context, decided } = await scheduling(t)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    await context.clock.advance(2 * HOUR + 45 * MINUTE)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    assert.deepEqual(decided, ['sync missed 13:00 2 null'])
    assert.equal((await ledger.runs(1)).length, 0)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    assert.equal(decided.length, 1)
  })

  test('starts something a little late', async (t) => {
    const { context, decided } = await scheduling(t)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    await context.clock.advance(HOUR + 20 * MINUTE)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    assert.deepEqual(decided, ['sync started 13:00 1 null'])
  })

  test('of a changed expression, or after it was off, promised nothing before', async (t) => {
    const { context, decided } = await scheduling(t)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    await context.clock.advance(5 * HOUR)
    const changed = { ...HOURLY, expression: 'another' }
    await whileKeeping(context, syncs(context, changed), () => context.clock.advance(1))
    await whileKeeping(context, syncs(context, null), () => context.clock.advance(1))
    await context.clock.advance(5 * HOUR)
    await whileKeeping(context, syncs(context, changed), () => context.clock.advance(1))
    assert.deepEqual(decided, [])
  })

  test('goes on after a clock that was a year ahead', async (t) => {
    const { context, decided } = await scheduling(t)
    context.clock.setWallClockBy(365 * 24 * HOUR)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    context.clock.setWallClockBy(-365 * 24 * HOUR)
    await whileKeeping(context, syncs(context), () => context.clock.advance(HOUR))
    assert.deepEqual(decided, ['sync started 13:00 1 null'])
  })

  test('tries again after an error that passes, and after it forgets nothing', async (t) => {
    const { context, decided } = await scheduling(t)
    const warnings = troubles(context)
    let failures = 3
    const { start } = syncs(context)
    const work: ScheduledWork = {
      ...syncs(context),
      start: (dueAt) => {
        failures -= 1
        if (failures >= 0) throw new RevalError('LEDGER_FAILED', 'away', { transient: true })
        return start(dueAt)
      },
    }
    await whileKeeping(context, work, () => context.clock.advance(HOUR + MINUTE))
    assert.deepEqual(decided, ['sync started 13:00 1 null'])
    assert.deepEqual(warnings, Array(3).fill('keeping the schedule of sync: LEDGER_FAILED'))
  })
})

describe('of a due time there is exactly one start', () => {
  test('by two processes at once', async (t) => {
    const folder = await folderFor(t)
    const { clock, newId } = aContext({})
    const processes = await Promise.all(
      ['a', 'b'].map(async () => ({
        ...aContext({ ledger: await ledgerFor(t, folder), clock, newId }),
        events: createRunEvents(),
      })),
    )
    const decided: string[] = []
    for (const { events } of processes) {
      events.on('schedule.decided', ({ outcome: { outcome, run } }) => decided.push(`${outcome} ${run}`))
    }
    const stopping = new AbortController()
    const keeping = processes.map((each) => keepSchedule(each, syncs(each), stopping.signal))
    const ledger = await ledgerFor(t, folder)
    const ended: (string | null)[] = []
    for (let due = 1; due <= 5; due += 1) {
      await clock.advance(HOUR)
      ended.push(await endRun(ledger))
    }
    stopping.abort()
    await Promise.all(keeping)
    assert.equal(new Set(ended).size, 5)
    assert.deepEqual((await ledger.runs(20)).map(({ id }) => id).sort(), ended.toSorted())
    assert.deepEqual(decided.sort(), ended.map((run) => `started ${run}`).sort())
    assert.equal((await outcomesOf(ledger))?.length, 5)
  })

  test('after a process died before it recorded the start', async (t) => {
    const { ledger, context, decided } = await scheduling(t)
    const dies: ScheduledWork = {
      ...syncs(context),
      start: async (dueAt): Promise<Started> => {
        await startRunDue(context, 'sync', dueAt)
        throw new RevalError('LEDGER_FAILED', 'died', { transient: true })
      },
    }
    await whileKeeping(context, dies, () => context.clock.advance(HOUR))
    const ended = await endRun(ledger)
    await whileKeeping(context, syncs(context), () => context.clock.advance(1))
    assert.deepEqual(decided, ['sync started 13:00 1 null'])
    assert.deepEqual(
      (await ledger.runs(5)).map(({ id }) => id),
      [ended],
    )
  })
})

describe('a comparison of the reasons that is due', () => {
  const outcomeOf = (compare: () => Promise<boolean>) => {
    const context = aContext({})
    return { warnings: troubles(context), outcome: compareDue(context, compare) }
  }

  test('is started, or skipped while nothing is live', async () => {
    const started = await outcomeOf(() => Promise.resolve(true)).outcome
    assert.deepEqual(started, { outcome: 'started', run: null, code: null })
    const skipped = await outcomeOf(() => Promise.resolve(false)).outcome
    assert.deepEqual(skipped, { outcome: 'skipped', run: null, code: 'NOTHING_LIVE' })
  })

  test('fails with a warning; an error of the ledger is not its outcome', async () => {
    const { warnings, outcome } = outcomeOf(() => Promise.reject(new RevalError('SOURCE_FAILED', 'away')))
    assert.deepEqual(await outcome, { outcome: 'failed', run: null, code: 'SOURCE_FAILED' })
    assert.deepEqual(warnings, ['comparing the exception reasons: SOURCE_FAILED'])
    const lost = outcomeOf(() => Promise.reject(new RevalError('WRITER_LOST', 'lost')))
    await assert.rejects(lost.outcome, { code: 'WRITER_LOST' })
  })
})
