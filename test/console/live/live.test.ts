import assert from 'node:assert/strict'
import { before, describe, suite, test } from 'node:test'
import * as z from 'zod'
import type { LiveUpdate } from '../../../src/app/live/hub.ts'
import { happeningsBetween } from '../../../src/app/live/happenings.ts'
import type { Snapshot } from '../../../src/app/live/snapshot.ts'
import { ViewMessages } from '../../../src/console/live/view-messages.ts'
import { revisionOf, type ViewName } from '../../../src/console/live/views.ts'
import type { StageProgress } from '../../../src/ports/run-ledger.ts'
import { EventClient } from '../../app/http/event-client.ts'
import { runToEnd, until } from '../../app/job/workplace.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aChange, anInstallation, aRun, kept, RUN_REQUEST } from '../../sync/examples.ts'
import { ConsoleInstallation } from '../installation.ts'
import { suiteOwner } from '../../app/job/suite-owner.ts'

function aSnapshot(differing: Partial<Snapshot> = {}): Snapshot {
  return {
    ...{ asOf: 1_000, fault: null, installation: anInstallation(), run: null, ended: [] },
    ...{ failedRows: { live: 0, building: 0 }, changes: null, verification: null, lease: null, processes: [] },
    servers: { asOf: 1, servers: [] },
    due: { sync: null, verify: null, reasons: null },
    ...differing,
  }
}

const STAGE: StageProgress = {
  ...{ startedAt: 1_000, finishedAt: null, attempt: null, expected: 20_000, messages: 1, rows: 5_000, failedRows: 0 },
  ...{ withoutTrainee: 0, lateMessages: 0, unjoined: null },
}
const RUNNING = {
  installation: anInstallation({ currentRun: RUN_REQUEST, live: kept(0) }),
  run: aRun({ state: 'doctors', term: 1, stages: { doctors: STAGE } }),
}

function following(view: ViewName, run: string | null, first: Snapshot) {
  const clock = new ManualClock(1_000)
  const messages = new ViewMessages(view, run, clock)
  let before = first
  const hello = messages.hello(first)
  const then = async (milliseconds: number, differing: Partial<Snapshot>) => {
    await clock.advance(milliseconds)
    const now = { ...before, ended: [], ...differing, asOf: clock.now() }
    const update: LiveUpdate = { before, now, happenings: happeningsBetween(before, now, clock.now()) }
    before = now
    return messages.of(update).map(({ event, data }) => [event, data])
  }
  return { hello, then }
}

describe('a live page', () => {
  test('gets figures that moved, formatted, and no others', async () => {
    const { hello, then } = following('run', 'run-1', aSnapshot(RUNNING))
    assert.equal(hello.event, 'hello')
    const moved = await then(1_000, { run: { ...RUNNING.run, stages: { doctors: { ...STAGE, rows: 12_400 } } } })
    const figures = z.record(z.string(), z.unknown()).parse(moved[0]?.[1])
    assert.partialDeepStrictEqual(figures, {
      'stage-doctors-rows': '12,400',
      'stage-doctors-bar': 62,
      'stage-doctors-percent': '62%',
    })
    assert.ok(!('stage-doctors-expected' in figures))
    assert.equal(moved.length, 1)
  })

  test('gets nothing of another run', async () => {
    const { then } = following('run', 'run-0', aSnapshot(RUNNING))
    assert.deepEqual(
      await then(1_000, { run: { ...RUNNING.run, stages: { doctors: { ...STAGE, rows: 12_400 } } } }),
      [],
    )
  })

  test('fetches its regions when a stage ends, and is told in words', async () => {
    const { then } = following('run', 'run-1', aSnapshot(RUNNING))
    const done = {
      ...RUNNING.run,
      state: 'lists' as const,
      stages: { doctors: { ...STAGE, rows: 20_000, finishedAt: 2_000 } },
    }
    const told = await then(1_000, { run: done })
    const now = aSnapshot({ ...RUNNING, run: done, asOf: 2_000 })
    const ids = ['head', 'stages', 'checks', 'counts', 'failures', 'timeline']
    assert.deepEqual(told.slice(1), [
      ['regions', { revision: revisionOf('run', now, 'run-1'), ids }],
      ['say', { text: 'Doctors finished: 20,000 rows.', urgent: false }],
    ])
  })

  test('is spoken to at most once in twenty seconds, and then of the newest', async () => {
    const { then } = following('overview', null, aSnapshot())
    const said = (messages: readonly (readonly unknown[])[]) =>
      messages.filter(([event]) => event === 'say').map(([, data]) => data)
    const server = (state: 'working' | 'away') => ({ name: 'MongoDB', state, since: 1, answeredInMs: 1, fault: null })
    const servers = (state: 'working' | 'away') => ({ servers: { asOf: 1, servers: [server(state)] } })
    assert.deepEqual(said(await then(1_000, servers('away'))), [{ text: 'MongoDB is away.', urgent: false }])
    assert.deepEqual(said(await then(1_000, servers('working'))), [])
    assert.deepEqual(said(await then(1_000, servers('away'))), [])
    assert.deepEqual(said(await then(17_000, {})), [])
    assert.deepEqual(said(await then(1_000, {})), [{ text: 'MongoDB is away.', urgent: false }])
    assert.deepEqual(said(await then(60_000, {})), [])
  })

  test('hears of each quarter of a stage that lasts', async () => {
    const { then } = following('run', 'run-1', aSnapshot(RUNNING))
    const at = (rows: number) => ({ run: { ...RUNNING.run, stages: { doctors: { ...STAGE, rows } } } })
    const said = (messages: readonly (readonly unknown[])[]) =>
      messages.filter(([event]) => event === 'say').map(([, data]) => data)
    assert.deepEqual(said(await then(10_000, at(6_000))), [])
    assert.deepEqual(said(await then(25_000, at(10_000))), [{ text: 'Doctors: half done.', urgent: false }])
  })

  test('of any kind learns that the lists moved', async () => {
    const { then } = following('page', null, aSnapshot({ installation: anInstallation({ live: kept(1) }) }))
    const history = [aChange({ kind: 'rollback', to: kept(0) })]
    const told = await then(1_000, { installation: anInstallation({ live: kept(0), history }) })
    assert.deepEqual(
      told.map(([event]) => event),
      ['regions', 'say'],
    )
  })

  test('has another revision once a region would look different, and the same while only figures move', () => {
    const moving = aSnapshot({ ...RUNNING, run: { ...RUNNING.run, stages: { doctors: { ...STAGE, rows: 7 } } } })
    assert.equal(revisionOf('overview', aSnapshot(RUNNING)), revisionOf('overview', moving))
    const failing = aSnapshot({ ...RUNNING, failedRows: { live: 1, building: 0 } })
    assert.notEqual(revisionOf('overview', aSnapshot(RUNNING)), revisionOf('overview', failing))
  })
})

suite('the stream of the console', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })

  test('has the revision of the page, and says when the page is out of date', async () => {
    const { health, live } = console.http.worker
    await health.check()
    await until(async () => (await live.snapshot()).lease !== null)
    const { html } = await console.get('/console')
    const [, revision] = /data-revision="([^"]+)"/.exec(html) ?? []
    const client = await EventClient.open(`${console.http.server.address}/console/events?view=overview`)
    const HELLO = z.object({ revision: z.string(), asOf: z.string() })
    const hello = await client.until('hello')
    assert.equal(HELLO.parse(hello.data).revision, revision)
    assert.equal(hello.retry, 5_000)
    await runToEnd(console.http.worker)
    await client.until('regions', (data) => JSON.stringify(data).includes('"freshness"'))
    const said = client.messages.find(({ event }) => event === 'say') ?? (await client.until('say'))
    assert.match(JSON.stringify(said.data), /A run has started|The run is live/)
    client.leave()
  })

  test('of an unknown view has what every page has', async () => {
    const client = await EventClient.open(`${console.http.server.address}/console/events?view=constructor`)
    assert.equal((await client.next())?.event, 'hello')
    client.leave()
  })
})
