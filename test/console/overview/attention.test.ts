import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needsAttention } from '../../../src/console/pages/overview/attention.ts'
import type { OverviewFacts } from '../../../src/console/pages/overview/facts.ts'
import type { Verification } from '../../../src/ports/verification.ts'
import { latestVerificationView } from '../../../src/app/verification-view.ts'
import { NEW_INSTALLATION } from '../../../src/sync/records.ts'
import { AT_FIVE, aRun, changesStatus, installationOf, liveRun, NOW } from '../runs/a-run.ts'
import { allIsWell, AWAY, known } from './facts.ts'

const HOUR = 60 * 60_000
const attention = (differing: Partial<OverviewFacts>, now = NOW) =>
  needsAttention(allIsWell(differing), { now, staleMs: 26 * HOUR })

/** The only line that needs attention, and where its link leads. */
function only(differing: Partial<OverviewFacts>, now = NOW): readonly [string, string] {
  const lines = attention(differing, now)
  assert.equal(lines.length, 1, JSON.stringify(lines))
  const [{ text, link } = { text: '', link: { href: '' } }] = lines
  return [text, link.href]
}

const LIVE = liveRun()
const VERIFICATION: Verification = {
  run: 'verified',
  by: 'the schedule',
  live: { generation: 'g-live', run: LIVE.id },
  day: '2026-11-26',
  finishedAt: NOW - HOUR,
  rows: { live: 10_000, built: 10_000 },
  missing: 1,
  surplus: 0,
  different: 12,
  tables: null,
  listed: 13,
  settled: 0,
  repaired: null,
}

test('when all is well, nothing needs attention', () => {
  assert.deepEqual(attention({}), [])
})

test('what is not known needs no attention: its own place on the page says so', () => {
  const unknown = { installation: AWAY, live: AWAY, last: AWAY, changes: AWAY, verification: AWAY, failures: AWAY }
  assert.deepEqual(attention({ ...unknown, deadLetters: AWAY, lease: AWAY, processes: AWAY, next: AWAY }), [])
})

test('nothing is live, and no run is in progress', () => {
  const nothing = { live: known(null), last: known(null) }
  assert.deepEqual(only({ ...nothing, installation: known(NEW_INSTALLATION) }), [
    'Nothing is live yet.',
    '/console/runs/new',
  ])
  assert.deepEqual(attention({ ...nothing, installation: known({ ...NEW_INSTALLATION, currentRun: aRun() }) }), [])
})

test('what is live missed a change', () => {
  const stale = { 'g-live': { reason: 'the disk was full', at: NOW - HOUR } }
  const [text] = only({ installation: known(installationOf(LIVE, { stale })) })
  assert.match(text, /missed a change 10:12am today/)
  assert.deepEqual(attention({ installation: known(installationOf(LIVE, { stale: { other: stale['g-live'] } })) }), [])
})

test('a run is held back, with its reason, or a preview waits for a decision', () => {
  const heldBack = { generation: 'g-2', run: 'held' }
  const failure = { code: 'CHECK_UNLIKE', reason: 'the lists would shrink by 12%', stage: 'checking' } as const
  const run = liveRun({ id: 'held', state: 'held back', failure })
  const installation = known(installationOf(LIVE, { heldBack }))
  assert.deepEqual(only({ installation, last: known(run) }), [
    'A run is held back: the lists would shrink by 12%.',
    '/console/runs/held/preview',
  ])
  const preview = { ...failure, code: 'PREVIEW', reason: 'held back: preview' } as const
  assert.match(only({ installation, last: known({ ...run, failure: preview }) })[0], /^A preview is ready/)
  assert.equal(only({ installation })[0], 'A run is held back.')
  assert.deepEqual(attention({ installation: known(installationOf(LIVE, { heldBack, discarding: 'request' })) }), [])
})

test('the last run failed', () => {
  const failure = { code: 'SOURCE_FAILED', reason: 'the source was away', stage: 'doctors' } as const
  const last = known(liveRun({ id: 'failed', state: 'failed', failure, finishedAt: NOW - 2 * HOUR }))
  assert.deepEqual(only({ last }), ['The last run failed 2 hours ago: the source was away.', '/console/runs/failed'])
})

test('the lists are old, by when their run ended; with 0 hours they never are', () => {
  assert.deepEqual(attention({ lease: AWAY }, AT_FIVE + 26 * HOUR), [])
  const [text] = only({ lease: AWAY }, AT_FIVE + 27 * HOUR)
  assert.match(text, /The lists are old: .* 26 hours ago/)
  assert.deepEqual(needsAttention(allIsWell({ lease: AWAY }), { now: AT_FIVE + 27 * HOUR, staleMs: 0 }), [])
})

test('a server is away', () => {
  const { servers } = allIsWell()
  const [first, ...others] = servers.servers
  assert.ok(first !== undefined)
  const away = { ...servers, servers: [{ ...first, state: 'away', since: NOW - 14 * 60_000 } as const, ...others] }
  assert.deepEqual(only({ servers: away }), [
    '1 server is away: Broker (since 10:58am today). What is live stays live.',
    '/console/system',
  ])
})

test('no integration process writes', () => {
  const expired = { holder: 'integration-1', term: 1, until: NOW - 1 }
  for (const lease of [known(null), known(expired)]) assert.match(only({ lease })[0], /^No integration process/)
})

test('a service has no process, where processes record themselves', () => {
  const missing = [{ service: 'tcs', unseenSeconds: 180 }] as const
  const one = {
    name: 'integration-1',
    services: ['integration'],
    version: '1.0.0',
    startedAt: '',
    seenAt: '',
    state: 'ready',
    away: [],
    writes: true,
    sends: [],
    leaseUntil: null,
  } as const
  assert.match(only({ processes: known({ processes: [one], missing }) })[0], /^No process of tcs is running/)
  assert.deepEqual(attention({ processes: known({ processes: [], missing }) }), [])
})

test('a sender of an earlier run may still be sending', () => {
  const stillSending = [{ stage: 'trainees', run: 'earlier', since: NOW, hasEnded: false }] as const
  assert.deepEqual(only({ installation: known(installationOf(LIVE, { stillSending })) }), [
    'No run can start: the sender of trainees may still be sending for an earlier run.',
    '/console/runs/earlier',
  ])
})

test('changes do not come in, or come in late', () => {
  const paused = { code: 'SOURCE_FAILED', reason: 'the source is away' } as const
  assert.equal(only({ changes: known(changesStatus({ paused })) })[0], 'Changes do not come in: the source is away.')
  const { channels } = changesStatus()
  const doctorChanged = { ...channels.doctorChanged, isBehind: true, waiting: 1_200 }
  assert.match(
    only({ changes: known(changesStatus({ channels: { ...channels, doctorChanged } })) })[0],
    /^Changes come in late: 1,200/,
  )
})

test('a verification found that live differs from the sources', () => {
  const view = latestVerificationView(VERIFICATION, installationOf(LIVE), NOW)
  assert.deepEqual(only({ verification: known(view) }), [
    '13 live rows differ from the sources, as found 60 minutes ago.',
    '/console/verify/verified',
  ])
  const ofTables = { missing: 0, different: 0, tables: { missing: 1, surplus: 1, different: 0 } }
  const drifted = latestVerificationView({ ...VERIFICATION, ...ofTables }, installationOf(LIVE), NOW)
  assert.match(only({ verification: known(drifted) })[0], /^2 rows of tables differ from the master index, as found/)
  const ofEarlier = latestVerificationView(
    { ...VERIFICATION, live: { generation: 'g', run: 'earlier' } },
    installationOf(LIVE),
    NOW,
  )
  assert.deepEqual(attention({ verification: known(ofEarlier) }), [])
})

test('a scheduled run was missed', () => {
  const next = known({ at: NOW + HOUR, words: 'Every day at 5am', missedAt: AT_FIVE })
  assert.deepEqual(only({ next }), ['The run due at 5:04am today was not started.', '/console/schedule'])
})

test('failures are open, and dead letters wait', () => {
  assert.match(only({ failures: known(1) })[0], /^1 failure is open/)
  assert.match(only({ failures: known(3) })[0], /^3 failures are open/)
  assert.deepEqual(only({ deadLetters: known(2) }), ['2 messages are in the dead letters.', '/console/dead-letters'])
})

test('the most urgent comes first: wrong lists, then what keeps runs and changes away, then single rows', () => {
  const { servers } = allIsWell()
  const all = attention({
    installation: known(installationOf(LIVE, { heldBack: { generation: 'g-2', run: 'held' } })),
    servers: { ...servers, servers: servers.servers.map((each) => ({ ...each, state: 'away' as const })) },
    lease: known(null),
    failures: known(3),
    deadLetters: known(2),
  })
  assert.deepEqual(
    all.map(({ text }) => text.split(' ').slice(0, 3).join(' ')),
    ['A run is', '2 servers are', 'No integration process', '3 failures are', '2 messages are'],
  )
})
