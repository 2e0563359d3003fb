import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { processesView } from '../../src/app/processes/processes-view.ts'
import { queuesModel } from '../../src/console/pages/system/queues-model.ts'
import { scheduleModel } from '../../src/console/pages/system/schedule-model.ts'
import { systemModel } from '../../src/console/pages/system/servers-model.ts'
import { settingsModel } from '../../src/console/pages/system/settings-model.ts'
import { bytes } from '../../src/console/words/bytes.ts'
import { shownSettings } from '../../src/config/shown-settings.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { runToEnd } from '../app/job/workplace.ts'
import { ConsoleInstallation } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

suite('the system pages', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner, {
      REVAL_SCHEDULE_SYNC: '0 5 * * *',
      REVAL_MYSQL_PASSWORD: 'a-secret-of-16-characters',
    })
    await runToEnd(console.http.worker)
  })

  test('show servers, processes and generations', async () => {
    const { status, html } = await console.get('/console/system')
    assert.equal(status, 200)
    const text = textOf(html)
    assert.match(text, /All \d servers are working\./)
    assert.match(text, /Live now/)
    assert.match(text, /free/)
    assert.match(html, /href="\/console\/verify"/)
  })

  test('check everything', async () => {
    const page = await console.get('/console/system')
    const checked = await console.submit(page, '/console/system/check')
    assert.equal(checked.status, 200)
    assert.match(checked.html, /<h1>Everything checked<\/h1>/)
    assert.match(textOf(checked.html), /Checked \d+ things?: /)
    const [entry] = await console.http.worker.context.ledger.audit(1)
    assert.partialDeepStrictEqual(entry, { what: 'POST /console/system/check', result: { outcome: 'done' } })
  })

  test('show the queues, with links to their dead letters', async () => {
    const { status, html } = await console.get('/console/system/queues')
    assert.equal(status, 200)
    assert.match(html, /No messages are waiting\./)
    for (const [, href = ''] of html.matchAll(/href="(\/console\/dead-letters\/[^"]+)"/g))
      assert.equal((await console.get(href)).status, 200, href)
  })

  test('show the schedule in words', async () => {
    const { status, html } = await console.get('/console/schedule')
    assert.equal(status, 200)
    assert.match(textOf(html), /Every day at 5am, London time\./)
    assert.match(textOf(html), /5am (today|tomorrow)/)
  })

  test('show settings, but never the value of a secret', async () => {
    const { status, html } = await console.get('/console/system/settings')
    assert.equal(status, 200)
    assert.doesNotMatch(html, /a-secret-of-16/)
    assert.match(textOf(html), /REVAL_MYSQL_PASSWORD Value Set/)
    assert.match(textOf(html), /REVAL_OPERATOR_TOKEN Value Not set/)
  })
})

test('a server that is away comes first, with what to do; what does not answer is not known', () => {
  const model = systemModel({
    servers: {
      asOf: 5,
      servers: [
        { name: 'RabbitMQ', state: 'working', since: 1, answeredInMs: 3, fault: null },
        {
          name: 'MongoDB',
          state: 'away',
          since: 1,
          answeredInMs: null,
          fault: { code: 'SERVER_UNREACHABLE', reason: 'refused', at: 2 },
        },
      ],
    },
    processes: { known: false, code: 'LEDGER_FAILED', reason: 'no answer within 2 seconds' },
    generations: {
      asOf: 5,
      generations: [],
      free: null,
      roomFor: null,
      fault: { code: 'LEDGER_FAILED', reason: 'away' },
    },
    check: { known: false, code: 'SERVER_UNREACHABLE', reason: 'no answer within 10 seconds' },
    now: 10_000,
  })
  assert.equal(model.sentence, '1 of 2 servers is away: MongoDB. Runs wait. What is live stays live.')
  assert.equal(model.servers.rows[0]?.[0]?.text, 'MongoDB')
  assert.match(model.servers.rows[0][4]?.lines?.[1] ?? '', /Check the address/)
  assert.match(model.notes[0] ?? '', /Which processes there are is not known/)
  assert.equal(model.room, 'How much space is free is not known (away, LEDGER_FAILED).')
  assert.match(model.check?.sentence ?? '', /could not be completed/)
})

test('what a process sends to a Java integration service is shown with how it ended', () => {
  const process = {
    ...{
      name: 'host:1:a',
      services: ['tcs'] as const,
      version: '1',
      startedAt: 0,
      seenAt: 0,
      stoppedAt: null,
      away: [],
    },
    sends: [
      {
        ...({ stage: 'trainees', startedAt: 0, state: 'sending', rows: 1_500, failedRows: 2, inQueue: null } as const),
        ...{ endedAt: null, failure: null },
      },
    ],
  }
  const model = (now: number) =>
    systemModel({
      servers: { asOf: now, servers: [] },
      processes: { known: true, value: processesView([process], null, { now }) },
      generations: { asOf: now, generations: [], free: null, roomFor: null, fault: null },
      ...{ check: null, now },
    }).sends?.rows[0]
  const [what, state, rows, invalid] = model(1_000) ?? []
  assert.deepEqual(
    [what?.text, state?.tags?.[0]?.word, rows?.text, invalid?.text],
    ['Trainees', 'Sending', '1,500', '2'],
  )
  const [, died] = model(60_000) ?? []
  assert.deepEqual(
    [died?.tags?.[0]?.word, died?.lines],
    ['Interrupted', ['The process stopped. No end message was sent']],
  )
})

test('queues that do not answer are not known; approximate counts say so', () => {
  const { sentence, queues } = queuesModel({
    asOf: 0,
    queues: [
      {
        queue: 'doctorData',
        name: 'q',
        state: {
          ...{ waiting: 12, unacknowledged: 0, deadLetters: 1, consumers: null },
          ...{ isApproximate: true, seesAllDeliveries: true },
        },
        fault: null,
      },
      { queue: 'syncStart', name: 'syncStart', state: null, fault: { code: 'BROKER_FAILED', reason: 'away' } },
    ],
  })
  assert.equal(sentence, 'About 12 messages are waiting, as far as it is known: 1 queue did not answer.')
  assert.deepEqual(
    queues.rows[0]?.map(({ text }) => text),
    ['doctorData', 'about 12', 'about 0', 'Not known', 'about 1'],
  )
  assert.deepEqual(queues.rows[1]?.[0]?.lines, ['away (BROKER_FAILED)'])
})

test('due times say what came of them', () => {
  const { things } = scheduleModel(
    [
      {
        what: 'sync',
        expression: '0 5 * * *',
        words: 'Every day at 5am',
        next: [],
        outcomes: [
          { outcome: 'missed', dueAt: 1, decidedAt: null, times: 3, run: null, code: null },
          { outcome: 'skipped', dueAt: 1, decidedAt: 1, times: 1, run: 'r1', code: null },
        ],
      },
      { what: 'verify', expression: null, words: null, next: [], outcomes: [] },
    ],
    0,
  )
  assert.deepEqual(
    things[0]?.outcomes?.rows.map((row) => row[2]),
    [
      { text: 'No process could start it in time', lines: ['Stands for 3 due times'] },
      { text: 'A run was in progress', href: '/console/runs/r1', lines: [] },
    ],
  )
  assert.equal(things[1]?.sentence, 'No schedule is set. Checks start by hand.')
})

test('settings: no secret has a value, no address a login; changed ones come first', () => {
  const secret = Object.values(SETTINGS).flatMap((each): string[] => ('secret' in each ? [each.variable] : []))
  assert.ok(secret.length > 3)
  const environment = Object.fromEntries(
    Object.values(SETTINGS).map(({ variable }) => [variable, 'mysql://u:p4ss@h/x']),
  )
  for (const { variable, value } of shownSettings(SETTINGS, environment)) {
    if (secret.includes(variable)) assert.equal(value, null, variable)
    assert.doesNotMatch(value ?? '', /p4ss/)
  }
  const { changed, others } = settingsModel(shownSettings(SETTINGS, { REVAL_STALL_SECONDS: '60', REVAL_PORT: '8088' }))
  assert.deepEqual(
    changed?.rows[0]?.slice(0, 3).map(({ text }) => text),
    ['REVAL_STALL_SECONDS', '60 seconds', '120 seconds'],
  )
  assert.equal(changed.rows.length, 1)
  assert.equal(others.rows.length, Object.keys(SETTINGS).length - 1)
})

test('bytes in words', () => {
  const cases = [
    [null, 'Not known'],
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_500, '1.5 kB'],
    [999_600, '1 MB'],
    [12_345_678, '12 MB'],
    [1_234_000_000, '1.2 GB'],
  ] as const
  for (const [value, text] of cases) assert.equal(bytes(value), text)
})
