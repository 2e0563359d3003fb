import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { backendsOf } from '../../../src/app/backends.ts'
import { syncContext } from '../../../src/app/sync-context.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import type { SyncContext } from '../../../src/sync/context.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { Conductor } from '../../../src/sync/lead/conductor.ts'
import { ConductedRun } from '../../../src/sync/lead/receiving-run.ts'
import { momentOf, Trust } from '../../../src/sync/lease/trust.ts'
import { asWriter, type WriterContext } from '../../../src/sync/lease/writer.ts'
import { Workplace, type Owner } from '../../app/job/workplace.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered } from '../../faults/altered.ts'

const HOUR_MS = 3_600_000

/** Two processes of one installation, whose ledger uses the clock of the second. */
async function twoProcesses(t: Owner) {
  const place = await Workplace.make(t)
  const backends = await (await backendsOf(place.config)).openWorker(place.config, SERVICE_NAMES)
  t.after(() => backends.close())
  const clocks = [new ManualClock(), new ManualClock()] as const
  const ledger = altered(backends.ledger, { serverTime: () => async () => clocks[1].now() })
  const process = (clock: ManualClock): SyncContext =>
    syncContext(place.config, { ...backends, ledger, clock, alone: false }, createRunEvents())
  return { first: process(clocks[0]), second: process(clocks[1]), clocks }
}

describe('a writer after a takeover', () => {
  test('learns of it although its clock is an hour wrong', async (t) => {
    const { first, second, clocks } = await twoProcesses(t)
    const stop = new AbortController()
    const lost = new Promise<void>((resolve) => first.events.on('lease.lost', () => resolve()))
    const begun = Promise.withResolvers<undefined>()
    const untilTold = async (_writer: WriterContext, signal: AbortSignal) => {
      begun.resolve(undefined)
      await clocks[0].wait(HOUR_MS, signal)
    }
    const writing = asWriter(first, stop.signal, untilTold)
    await begun.promise
    clocks[0].setWallClockBy(-HOUR_MS)
    await clocks[1].advance(first.settings.writerLeaseMs + 1)
    const taken = new Promise<void>((resolve) => second.events.on('lease.acquired', () => resolve()))
    const following = asWriter(second, stop.signal, async (_writer, signal) => clocks[1].wait(HOUR_MS, signal))
    await taken
    await clocks[0].advance(first.settings.writerLeaseMs)
    await lost
    stop.abort()
    await Promise.all([writing, following])
  })

  test('does not treat messages of its successor as late or without a run', async (t) => {
    const { first, clocks } = await twoProcesses(t)
    const trust = new Trust(clocks[0], { term: 1, leaseMs: 10_000, renewed: momentOf(clocks[0]) })
    const writer: WriterContext = { ...first, term: 1, guard: trust.guard }
    const run = new ConductedRun(writer, new Conductor(writer, null))
    const headers = { run: 'r', generation: 'r-2-1', attempt: 'a' }
    assert.equal(await run.accepts('doctors', headers), false)
    assert.equal(await run.unprovedTarget('doctors'), null)
    await clocks[0].advance(10_000)
    await assert.rejects(run.accepts('doctors', headers), { code: 'LEASE_EXPIRED', transient: true })
    await assert.rejects(run.unprovedTarget('doctors'), { code: 'LEASE_EXPIRED', transient: true })
    trust.end()
    await assert.rejects(run.accepts('doctors', headers), { code: 'WRITER_LOST' })
    await assert.rejects(run.unprovedTarget('doctors'), { code: 'WRITER_LOST' })
  })
})
