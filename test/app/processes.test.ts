import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HealthWatch } from '../../src/app/health/health-watch.ts'
import { Presence } from '../../src/app/processes/presence.ts'
import { processesView, readProcessesView } from '../../src/app/processes/processes-view.ts'
import { processesLines } from '../../src/cli/processes-text.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import { PROCESSES, type ProcessRecord, type SendWithoutRun } from '../../src/ports/processes.ts'
import { WRITER } from '../../src/ports/run-ledger.ts'
import { SendReport } from '../../src/sync/send/send-report.ts'
import { ManualClock } from '../clock/manual-clock.ts'
import { altered } from '../faults/altered.ts'
import { aContext, folderFor, ledgerFor } from '../sync/a-context.ts'

const NOW = Date.UTC(2026, 10, 26, 11)

function aProcess(differing: Partial<ProcessRecord> = {}): ProcessRecord {
  const times = { startedAt: NOW - 60_000, seenAt: NOW - 1_000, stoppedAt: null, sends: [] }
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

describe('a send to a Java integration service', () => {
  const SEND: SendWithoutRun = {
    ...{ stage: 'trainees', startedAt: NOW - 50_000, endedAt: null, failure: null },
    ...{ state: 'sending', rows: 1_500, failedRows: 2, inQueue: null },
  }
  const failure = { code: 'SOURCE_FAILED', reason: 'MySQL is away' }
  const sent = 'sent 1,500 trainees, 2 invalid'
  const cases: readonly (readonly [string, Partial<SendWithoutRun>, Partial<ProcessRecord>, string])[] = [
    ['is in progress', {}, {}, 'sending since 2026-11-26T10:59:10.000Z: 1,500 trainees, 2 invalid so far'],
    [
      'waits for the receiver',
      { state: 'waiting', inQueue: 7 },
      {},
      `${sent}; the end message waits until the queue is empty (7 messages)`,
    ],
    ['has ended', { state: 'sent', endedAt: NOW }, {}, `${sent} and the end message at 2026-11-26T11:00:00.000Z`],
    [
      'has failed',
      { state: 'failed', endedAt: NOW, failure },
      { stoppedAt: NOW },
      'failed after 1,500 trainees, 2 invalid, without an end message: SOURCE_FAILED, MySQL is away',
    ],
    [
      'was interrupted, if its process died',
      {},
      { seenAt: NOW - 60_000 },
      'interrupted after 1,500 trainees, 2 invalid, without an end message',
    ],
  ]
  for (const [what, send, process, line] of cases) {
    test(what, () => {
      const view = processesView([REST, aProcess({ sends: [{ ...SEND, ...send }], ...process })], null, { now: NOW })
      const lines = processesLines(view)
      const at = lines.indexOf('to the Java integration service:')
      assert.equal(lines[at + 1], `  host:1:a: ${line}`)
    })
  }
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

  test('with what it sends to a Java integration service', async (t) => {
    const clock = new ManualClock()
    const context = { ...aContext({ clock, ledger: await ledgerFor(t) }), holder: 'host:1:a' }
    const presence = new Presence(context, ['tcs'], new HealthWatch([], clock))
    await presence.start()
    const report = new SendReport(context, 'trainees')
    report.sent({ rows: 500, failedRows: 1 })
    report.failed(new RevalError('SEND_UNFINISHED', 'tcs is stopping'))
    await presence.stop()
    const { processes } = await readProcessesView(context, { now: clock.now() })
    const at = new Date(clock.now()).toISOString()
    const failure = { code: 'SEND_UNFINISHED', reason: 'tcs is stopping' }
    assert.deepEqual(processes[0]?.sends, [
      {
        ...{ stage: 'trainees', state: 'failed', startedAt: at, endedAt: at },
        ...{ rows: 500, failedRows: 1, inQueue: null, failure },
      },
    ])
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
