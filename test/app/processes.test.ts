import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HealthWatch } from '../../src/app/health/health-watch.ts'
import { Presence } from '../../src/app/processes/presence.ts'
import { processesView, readProcessesView } from '../../src/app/processes/processes-view.ts'
import { processesLines } from '../../src/cli/processes-text.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import { PROCESSES, type ProcessRecord } from '../../src/ports/processes.ts'
import { WRITER } from '../../src/ports/run-ledger.ts'
import { ManualClock } from '../clock/manual-clock.ts'
import { altered } from '../faults/altered.ts'
import { aContext, folderFor, ledgerFor } from '../sync/a-context.ts'

const NOW = Date.UTC(2026, 10, 26, 11)

function aProcess(differing: Partial<ProcessRecord> = {}): ProcessRecord {
  const times = { startedAt: NOW - 60_000, seenAt: NOW - 1_000, stoppedAt: null }
  return { name: 'host:1:a', services: ['tcs'], version: '1.0.0', ...times, away: [], ...differing }
}

const REST = aProcess({ name: 'host:2:b', services: ['integration', 'recommendation', 'connection'] })

describe('a process', () => {
  const cases = [
    ['is ready', {}, 'ready'],
    ['is ready before it knows its servers', { away: null }, 'ready'],
    ['is not ready without a server', { away: ['MySQL'] }, 'not ready'],
    ['is not seen after three missed records', { seenAt: NOW - 30_001 }, 'not seen'],
    ['is seen until then', { seenAt: NOW - 30_000 }, 'ready'],
    ['is seen if its clock is ahead', { seenAt: NOW + 600_000 }, 'ready'],
    ['is stopped', { stoppedAt: NOW - 500, seenAt: NOW - 500 }, 'stopped'],
  ] as const
  for (const [what, differing, state] of cases) {
    test(what, () => {
      const { processes } = processesView([aProcess(differing)], null, { now: NOW })
      assert.equal(processes[0]?.state, state)
    })
  }

  test('writes while it holds the lease', () => {
    const writing = (holder: string, until: number) => {
      const { processes } = processesView([aProcess()], { holder, term: 1, until }, { now: NOW })
      return [processes[0]?.writes, processes[0]?.leaseUntil]
    }
    assert.deepEqual(writing('host:1:a', NOW + 1), [true, '2026-11-26T11:00:00.001Z'])
    assert.deepEqual(writing('host:1:a', NOW), [false, null])
    assert.deepEqual(writing('host:2:b', NOW + 1), [false, null])
  })
})

describe('a service without a process is missing', () => {
  test('since it was last seen', () => {
    const gone = aProcess({ seenAt: NOW - 180_000 })
    const view = processesView([gone, REST, aProcess({ name: 'x', seenAt: NOW - 400_000 })], null, { now: NOW })
    assert.deepEqual(view.missing, [{ service: 'tcs', unseenSeconds: 180 }])
    assert.equal(processesLines(view).at(-1), 'No process of tcs has been seen for 3 minutes.')
  })

  test('also if none was seen for an hour, but not if it is a Java service', () => {
    const view = processesView([REST], null, { now: NOW })
    assert.deepEqual(view.missing, [{ service: 'tcs', unseenSeconds: null }])
    assert.equal(processesLines(view).at(-1), 'No process of tcs has been seen in the last hour.')
    assert.deepEqual(processesView([REST], null, { now: NOW, elsewhere: ['tcs'] }).missing, [])
  })
})

describe('a process records itself', () => {
  test('at once, every ten seconds, and when it stops', async (t) => {
    const clock = new ManualClock()
    const folder = await folderFor(t)
    const saved = Promise.withResolvers<undefined>()
    let records = 0
    const ledger = altered(await ledgerFor(t, folder), {
      save: (own) => async (kind, id, value, revision, guard) => {
        const next = await own(kind, id, value, revision, guard)
        records += 1
        if (records === 2) saved.resolve(undefined)
        return next
      },
    })
    const context = { ...aContext({ clock, ledger }), holder: 'host:1:a' }
    await ledger.save('lease', WRITER, { holder: 'host:1:a', term: 1, until: clock.now() + 60_000 }, 'new')
    records = 0
    const old = aProcess({ name: 'old', seenAt: clock.now() - 3_600_001 })
    const other = aProcess({ name: 'other', seenAt: clock.now() - 3_500_000 })
    await ledger.save('processes', PROCESSES, { processes: [old, other] }, 'new')
    records = 0
    const away = () => Promise.reject(new RevalError('SERVER_UNREACHABLE', 'refused'))
    const presence = new Presence(context, ['integration'], new HealthWatch([{ name: 'MySQL', ping: away }], clock))
    await presence.start()
    await clock.untilPending(1)
    await clock.advance(10_000)
    await saved.promise
    const view = await readProcessesView({ ledger }, { now: clock.now() })
    const [own] = view.processes
    assert.deepEqual(
      [view.processes.map(({ name }) => name), own?.state, own?.away, own?.writes],
      [['host:1:a', 'other'], 'not ready', ['MySQL'], true],
    )
    await presence.stop()
    const stopped = await readProcessesView({ ledger }, { now: clock.now() })
    assert.equal(stopped.processes[0]?.state, 'stopped')
  })

  test('without failing if the ledger is away, also when it stops', async (t) => {
    const clock = new ManualClock()
    const refusing = altered(await ledgerFor(t), {
      read: () => () => Promise.reject(new RevalError('LEDGER_FAILED', 'away', { transient: true })),
    })
    const context = aContext({ clock, ledger: refusing })
    const warned = Promise.withResolvers<string>()
    context.events.on('warning', ({ doing }) => warned.resolve(doing))
    const presence = new Presence(context, ['tcs'], new HealthWatch([], clock))
    await presence.start()
    assert.equal(await warned.promise, 'recording that this process runs')
    await presence.stop()
  })
})
