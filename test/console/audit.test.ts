import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import { CONSOLE_ROUTES, HTTP_ROUTES } from '../../src/app/http/routes.ts'
import { actionWords, AUDITED_ACTIONS } from '../../src/console/pages/audit/actions.ts'
import type { AuditEntry } from '../../src/ports/audit.ts'
import { auditIdAt } from '../../src/sync/audit/audit.ts'
import { ConsoleInstallation } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const textOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const linkTo = (html: string, text: string) =>
  new RegExp(`href="([^"]*)">${text}`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''

test('every audited route has words', () => {
  const routes = Object.entries({ ...HTTP_ROUTES, ...CONSOLE_ROUTES })
  const without = routes.filter(([route, { audited }]) => audited !== 'never' && actionWords(route) === route)
  assert.deepEqual(
    without.map(([route]) => route),
    [],
    'add them to src/console/pages/audit/actions.ts',
  )
})

test('every audited command has words', () => {
  const folder = join(import.meta.dirname, '../../src/cli')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  const commands = [...sources.matchAll(/what: '(reval [a-z ]+)'/g)].map(([, command = '']) => command)
  assert.ok(commands.length > 10)
  for (const command of [...commands, ...['cancel', 'rollback', 'promote', 'discard'].map((kind) => `reval ${kind}`)])
    assert.notEqual(actionWords(command), command)
})

test('no route or command has two meanings', () => {
  const whats = AUDITED_ACTIONS.flatMap((action) => action.whats)
  assert.deepEqual(whats, [...new Set(whats)])
})

const DAY_MS = 86_400_000
/** Noon of 1 March 2026. */
const NOON = Date.UTC(2026, 2, 1, 12)

const entryAt = (at: number, more: Partial<AuditEntry>): AuditEntry => ({
  id: `${auditIdAt(at)}000000001-test`,
  at,
  who: 'ada@example.org',
  roles: ['operator'],
  from: 'console 10.0.0.7',
  what: 'POST /console/rollback',
  subject: null,
  why: '',
  result: { at: at + 10, outcome: 'done', code: null, rows: null },
  ...more,
})

suite('the audit page', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner)
  })
  const add = async (...entries: AuditEntry[]) => {
    for (const entry of entries) await console.http.worker.context.ledger.save('audit', entry.id, entry, 'new')
  }

  test('says that nothing is on record', async () => {
    const { status, html } = await console.get('/console/audit')
    assert.equal(status, 200)
    assert.match(html, /Nothing is on record yet\./)
    assert.doesNotMatch(html, /Download all/)
  })

  test('says who did what, when, on what, why, from where, and how it ended', async () => {
    const run = '20260301t120000-abcdefgh'
    await add(
      entryAt(NOON, {
        what: 'POST /api/sync/runs/:id/promote',
        subject: `{"id":"${run}"}`,
        why: 'sources checked',
        from: 'HTTP 10.0.0.8',
      }),
      entryAt(NOON + 1_000, {
        what: 'GET /console/doctors/:rowId',
        subject: '{"rowId":"tcs-7","as":"1-1RSSQ1B"}',
        roles: ['support'],
      }),
      entryAt(NOON + 2_000, {
        what: 'reval promote',
        subject: run,
        who: 'root',
        roles: [],
        from: 'command line on host',
        result: null,
      }),
      entryAt(NOON + 3_000, {
        what: 'GET /api/v1/doctors',
        subject: '{"format":"csv"}',
        result: { at: NOON, outcome: 'failed', code: null, rows: 1_234 },
      }),
      entryAt(NOON + 4_000, {
        what: 'POST /console/rollback',
        result: { at: NOON, outcome: 'refused', code: 'NOTHING_TO_ROLL_BACK', rows: null },
      }),
    )
    const { html } = await console.get('/console/audit')
    const text = textOf(html)
    assert.match(
      text,
      /1 March 2026 at 12:00:04pm Who ada@example\.org operator What Rolled back On The installation From Console 10\.0\.0\.7 Result Refused NOTHING_TO_ROLL_BACK/,
    )
    assert.match(
      text,
      /What Searched or downloaded a list On format: csv From Console 10\.0\.0\.7 Result Failed 1,234 rows/,
    )
    assert.match(
      text,
      /Who root What Made a run live On 20260301t120000-abcdefgh From Command line host Result Not known/,
    )
    assert.match(text, /What Looked up a doctor On tcs-7 as seen by: 1-1RSSQ1B/)
    assert.match(
      text,
      /What Made a run live Why: sources checked On 20260301t120000-abcdefgh From API 10\.0\.0\.8 Result Done/,
    )
    assert.match(html, /href="\/console\/doctors\/tcs-7"/)
    assert.equal(html.split(`href="/console/runs/${run}"`).length, 3)
  })

  test('filters by person, action and days', async () => {
    await add(
      entryAt(NOON + DAY_MS, { who: 'ben@example.org' }),
      // Midnight in London is an hour earlier in UTC from the end of March.
      entryAt(Date.UTC(2026, 5, 1, 23, 30), { who: 'early' }),
    )
    const rows = async (query: string) =>
      (await console.get(`/console/audit?${query}`)).html.match(/scope="row"/g)?.length ?? 0
    assert.equal(await rows('who=BEN'), 1)
    assert.equal(await rows('who=nobody'), 0)
    assert.equal(await rows('what=promote'), 2)
    assert.equal(await rows('what=promote&who=root'), 1)
    assert.equal(await rows('from=2026-03-02&to=2026-03-02'), 1)
    assert.equal(await rows('from=2026-03-01&to=2026-03-02'), 6)
    assert.equal(await rows('to=2026-02-28'), 0)
    assert.equal(await rows('from=2026-06-02&to=2026-06-02'), 1)
    assert.equal(await rows('from=2026-06-01&to=2026-06-01'), 0)
    const { html } = await console.get('/console/audit?what=erase')
    assert.match(html, /Nothing of this kind was done in this time/)
    assert.match(html, /<option value="erase" selected>Erased a person/)
    assert.match(html, /<a href="\/console\/audit">Clear<\/a>/)
  })

  test('refuses days that are none, at their field, and filters that do not exist', async () => {
    const { status, html } = await console.get('/console/audit?from=2026-02-30')
    assert.equal(status, 400)
    assert.match(html, /href="#from"/)
    assert.match((await console.get('/console/audit?from=2026-03-02&to=2026-03-01')).html, /href="#to"/)
    for (const query of ['what=nothing', `before=${'x'.repeat(201)}`, 'who=a&who=b'])
      assert.equal((await console.get(`/console/audit?${query}`)).status, 400, query)
    assert.equal((await console.get('/console/audit/download?to=x')).status, 400)
  })

  test('goes through all entries page by page, each once, and back to the newest', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      entryAt(NOON - (index + 1) * 1_000, { who: `person ${index}` }),
    )
    await add(...many)
    const seen: string[] = []
    let path = '/console/audit?who=person'
    for (let page = 0; path !== ''; page += 1) {
      assert.ok(page < 10)
      const { html } = await console.get(path)
      seen.push(...[...html.matchAll(/>Who <\/span><span>\s*(person \d+)/g)].map(([, who = '']) => who))
      if (page > 0) assert.equal(linkTo(html, 'Newest entries'), '/console/audit?who=person')
      path = linkTo(html, 'Older entries')
    }
    assert.deepEqual(
      seen,
      many.map(({ who }) => who),
    )
  })

  test('downloads all entries that match, on record', async () => {
    const { status, headers, html } = await console.get('/console/audit/download?who=person')
    assert.equal(status, 200)
    assert.equal(headers.get('content-disposition'), 'attachment; filename="audit.csv"')
    const lines = html.trim().split('\r\n')
    assert.equal(lines.length, 61)
    assert.equal(lines[0], 'at,who,roles,from,action,what,subject,why,outcome,code,rows,endedAt')
    assert.match(lines[1] ?? '', /^2026-03-01T11:59:59\.000Z,person 0,operator,console 10\.0\.0\.7,Rolled back,/)
    const [latest] = await console.http.worker.context.ledger.audit(1)
    assert.deepEqual([latest?.what, latest?.subject], ['GET /console/audit/download', '{"who":"person"}'])
  })

  test('escapes what entries hold, and cuts what is long', async () => {
    const script = '<script>alert("x")</script>'
    await add(
      entryAt(NOON + 2 * DAY_MS, {
        who: script,
        why: script,
        what: script,
        from: script,
        subject: JSON.stringify({ q: script, keys: ['k'.repeat(500)] }),
      }),
      entryAt(NOON + 2 * DAY_MS + 1, { subject: `{"keys":["${'k'.repeat(400)}`, why: script }),
      entryAt(NOON + 2 * DAY_MS + 2, { subject: script }),
    )
    const { html } = await console.get('/console/audit?from=2026-03-03&to=2026-03-03')
    assert.equal(html.match(/scope="row"/g)?.length, 3)
    assert.doesNotMatch(html, /<script>alert|k{121}/)
  })
})
