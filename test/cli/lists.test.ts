import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import * as z from 'zod'
import { backendsOf, type ReaderBackends } from '../../src/app/backends.ts'
import { AUDIT } from '../../src/app/json/audit.ts'
import { RESULTS } from '../../src/app/json/results.ts'
import { SEARCHED_LISTS } from '../../src/app/lists/find-doctors.ts'
import { listRequestOf } from '../../src/app/lists/list-request.ts'
import { liveLists } from '../../src/app/lists/open-lists.ts'
import type { Parameters } from '../../src/app/lists/parameter.ts'
import { typedRequest } from '../../src/cli/list-options.ts'
import type { ListName } from '../../src/domain/list-query.ts'
import type { IndexName } from '../../src/domain/lists.ts'
import { runToEnd, Workplace } from '../app/job/workplace.ts'
import { at, folder, reval, REVAL, start } from './reval.ts'

const LISTED = RESULTS['reval list --json, GET /api/sync/lists/:list'].schema
const FOUND = RESULTS['reval find --json, GET /api/sync/find'].schema
type Listed = z.infer<typeof LISTED>
type Found = z.infer<typeof FOUND>

const PATHS = { doctors: '/api/v1/doctors', exception: '/api/connection/exception' } as const
const ROWS = z.array(z.record(z.string(), z.unknown()))
const PAGE = z.object({ totalResults: z.int(), recommendationInfo: ROWS.optional(), connections: ROWS.optional() })

const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id)

describe('reval list and reval find', { concurrency: 2 }, () => {
  let place: Workplace
  let reader: ReaderBackends
  const cleaning: (() => Promise<void>)[] = []
  after(async () => {
    for (const clean of cleaning) await clean()
  })

  before(async () => {
    place = await Workplace.make({ after: (clean) => cleaning.push(clean) })
    await place.loadSample()
    const worker = await place.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    await worker.stop()
    reader = await (await backendsOf(place.config)).openReader(place.config)
    cleaning.unshift(() => reader.close())
  })

  /** The ids that a search finds in a list; blank: all. */
  async function idsOf(list: ListName, searchQuery: string): Promise<readonly string[]> {
    const every = { bodies: null, tisBodies: null }
    const { answer } = await liveLists(place.config, reader).all(listRequestOf(list, { searchQuery }), every)
    return (await Array.fromAsync(answer)).flatMap(ids)
  }

  const run = (...args: readonly string[]) => reval([...args, ...at(place.directory)])

  async function listed(list: ListName | IndexName, ...args: readonly string[]): Promise<Listed> {
    const { code, out, err } = await run('list', list, '--json', ...args)
    assert.deepEqual([code, err], [0, ''])
    return LISTED.parse(JSON.parse(out))
  }

  async function found(...args: readonly string[]): Promise<Found> {
    const { code, out, err } = await run('find', '--json', ...args)
    const view = FOUND.parse(JSON.parse(out))
    assert.deepEqual([code, err], [view.doctors.length > 0 ? 0 : 1, ''])
    return view
  }

  test('a page and the download match HTTP, beside a running service', async () => {
    const serving = start(['start', '--port', '0', ...at(place.directory)])
    try {
      const [, address = ''] = await serving.says(/at (http:\/\/127\.0\.0\.1:\d+)/)
      const search = ['--search', 'jones', '--sort', 'doctorFirstName', '--descending']
      const query = 'searchQuery=jones&sortColumn=doctorFirstName&sortOrder=desc&dbcs=1-1RUZUSF,1-1RSSQ1B'
      for (const list of ['doctors', 'exception'] as const) {
        const url = `${address}${PATHS[list]}?${query}`
        const served = PAGE.parse(await (await fetch(url)).json())
        const { rows, totalResults } = await listed(list, ...search, '--body', '1-1RUZUSF,1-1RSSQ1B')
        assert.ok(totalResults > 0)
        assert.equal(served.totalResults, totalResults)
        assert.deepEqual(
          (served.recommendationInfo ?? served.connections)?.map((row, index) => ({ id: rows[index]?.id, ...row })),
          rows,
        )
        const { code, out, err } = await run('list', list, '--csv', ...search, '--body=1-1RUZUSF', '--body=1-1RSSQ1B')
        assert.deepEqual([code, out], [0, await (await fetch(`${url}&format=csv`)).text()])
        assert.match(err, /^data of 2026-06-01, live since \S+Z, run \S+\n$/)
      }
    } finally {
      serving.child.kill('SIGTERM')
      await serving.ended
    }
  })

  test('pages joined together are the list; one beyond the end is empty, with the totals', async () => {
    const whole = await listed('exception', '--size', '1000', '--sort', 'membershipEndDate')
    const joined: string[] = []
    for (const page of ['1', '2', '3']) {
      const { rows, totalPages } = await listed(
        'exception',
        '--size',
        '30',
        '--sort',
        'membershipEndDate',
        '--page',
        page,
      )
      assert.equal(totalPages, 3)
      joined.push(...ids(rows))
    }
    assert.deepEqual(joined, ids(whole.rows))
    assert.deepEqual(
      await listed('exceptionindex', '--size', '1000', '--sort', 'membershipEndDate'),
      whole,
      'by the name of the index',
    )
    const beyond = await listed('exception', '--page', '500000')
    assert.deepEqual([beyond.rows, beyond.totalResults, beyond.page], [[], whole.totalResults, 500_000])
    const { out } = await run('list', 'exception', '--page', '5')
    assert.match(out, /^exception: \d+ rows, \d+ under notice; page 5 is beyond the last, 4\ndata of 2026-06-01, .*\n$/)
  })

  test('as text: totals, which data, a table without colours', async () => {
    const { out } = await run(
      'list',
      'doctors',
      '--search',
      "o'brien zoe",
      '--filter',
      'underNotice=true',
      '--size',
      '2',
    )
    const [totals, live, header, ...rows] = out.trimEnd().split('\n')
    assert.match(totals ?? '', /^doctors: \d+ match "o'brien zoe", of [\d,]+ rows, [\d,]+ under notice; page 1 of \d+$/)
    assert.match(live ?? '', /^data of 2026-06-01, live since \S+Z, run \S+$/)
    assert.match(
      header ?? '',
      /^ {2}row +GMC number +last name +first names +submission +under notice +status +outcome +body +admin +programme$/,
    )
    assert.equal(rows.length, 2)
    for (const row of rows) assert.match(row, /^ {2}\S+ +\d{7} +O'BRIEN +ZOË +\d{4}-\d\d-\d\d +YES /)
    assert.ok(!out.includes('\x1b'))
  })

  test('unknown bodies are named', async () => {
    const { code, out, err } = await run('list', 'connected', '--body', 'NOWHERE')
    assert.equal(code, 0)
    assert.match(out, /^connected: 0 rows, 0 under notice\ndata of /)
    assert.equal(err, 'warning: designated body NOWHERE is neither configured nor in the data\n')
    assert.deepEqual((await found('smith', '--body', 'NOWHERE,1-1RUZUSF')).unknownBodies, ['NOWHERE'])
  })

  test('find shows what each list finds, each doctor once, by name, with the lists that they are in', async () => {
    const all = await found('smith', '--limit', '900')
    assert.ok(all.isComplete)
    const members = new Map<string, ReadonlySet<string>>()
    const matching = new Set<string>()
    for (const list of SEARCHED_LISTS) {
      members.set(list, new Set(await idsOf(list, '')))
      const matches = await idsOf(list, 'smith')
      assert.equal(all.totals[list], matches.length)
      for (const id of matches) matching.add(id)
    }
    assert.deepEqual(new Set(ids(all.doctors)), matching)
    assert.equal(all.doctors.length, matching.size)
    for (const { id, lists } of all.doctors) {
      assert.deepEqual(
        lists,
        SEARCHED_LISTS.filter((list) => members.get(list)?.has(id)),
      )
    }
    const first = await found('smith', '--limit', '7')
    assert.deepEqual([first.doctors, first.isComplete], [all.doctors.slice(0, 7), false])
    const only = await found('smith', '--list', 'disconnected', '--list', 'exception', '--limit', '900')
    assert.deepEqual(Object.keys(only.totals), ['disconnected', 'exception'])
    assert.ok(only.doctors.every(({ lists }) => lists.includes('disconnected') || lists.includes('exception')))
  })

  test('find as text and as CSV; none found is 1', async () => {
    const text = await run('find', '7131824')
    assert.match(text.out, /^1 doctor matches "7131824"; found by searching doctors \(1\), connected \(1\)/)
    assert.match(text.out, /^ {2}row +GMC number +last name +first names +lists +body +owner's body +programme$/m)
    assert.match(text.out, /^ {2}tcs-1001 +7131824 .* doctors, connected(, discrepancies)? {2}/m)
    const csv = await run('find', '713', '1824', '--csv')
    assert.match(csv.out, /^id,gmcReferenceNumber,.*,lists\r\ntcs-1001,7131824,.*,doctors connected[^,\r]*\r\n$/)
    assert.match(csv.err, /^1 doctor matches "713 1824"\ndata of 2026-06-01/)
    const none = await run('find', '***')
    assert.deepEqual([none.code, none.err], [1, ''])
    assert.match(none.out, /^0 doctors match "\*\*\*"\ndata of 2026-06-01, /)
  })

  test('invalid input is refused', async () => {
    const refused: readonly (readonly [args: readonly string[], error: RegExp])[] = [
      [['list', 'nowhere'], /error USAGE: list: expected one of doctors, all, connected, .*; got "nowhere"/],
      [['list', 'doctors', '--sort', 'x'], /error USAGE: --sort: "x" is not a column .* gmcReferenceNumber, /],
      [['list', 'doctors', '--filter', 'x=1'], /error USAGE: --filter: "x" is not a filter .* programmeName, /],
      [['list', 'doctors', '--page', '0'], /Expected a whole number from 1/],
      [['list', 'doctors', '--csv', '--page', '2'], /'--csv' cannot be used with option '--page/],
      [['find', ' '], /error USAGE: text: expected a name/],
      [['find', 'smith', '--list', 'all'], /Allowed choices are doctors, connected, /],
    ]
    for (const [args, error] of refused) {
      const { code, out, err } = await run(...args)
      assert.deepEqual([code, out], [2, ''], args.join(' '))
      assert.match(err, error)
    }
  })

  test('before anything is live', async (t) => {
    const where = at(await folder(t))
    await reval(['demo-data', '--doctors', '1', ...where])
    for (const args of [
      ['list', 'all'],
      ['list', 'all', '--csv'],
      ['find', 'smith'],
    ]) {
      const { code, out, err } = await reval([...args, ...where])
      assert.deepEqual([code, out], [1, ''])
      assert.match(err, /^error NOTHING_LIVE: /)
    }
  })

  test('look-ups and downloads are recorded with numbers and rows, without names', async (t) => {
    const own = await Workplace.make(t)
    await own.loadFew()
    const where = at(own.directory)
    await reval(['sync', ...where])
    await reval(['list', 'all', ...where])
    await reval(['list', 'all', '--search', 'few', '--size', '2', '--sort', 'gmcReferenceNumber', ...where])
    await reval(['list', 'doctors', '--csv', '--body', '1-1RUZUSF', ...where])
    await reval(['find', '700 00-06', '--list', 'doctors', ...where])
    await reval(['find', 'nobody', ...where])
    await reval(['export', 'connectedindex', ...where])
    const erased = await reval(['erase', '7000006', '--why', 'a test', ...where])
    assert.equal(erased.code, 0, erased.err)
    const { entries } = AUDIT.parse(JSON.parse((await reval(['audit', '--json', ...where])).out))
    assert.deepEqual(
      entries.map(({ what, subject, result }) => [what, subject, result?.outcome, result?.rows]).slice(1, -1),
      [
        ['reval export', '{"index":"connectedindex","generation":"live"}', 'done', 10],
        ['reval find', '{"rows":[]}', 'done', null],
        ['reval find', '{"number":"…","lists":["doctors"],"rows":["tcs-…"]}', 'done', null],
        ['reval list', '{"list":"doctors","bodies":["1-1RUZUSF"],"format":"csv"}', 'done', 10],
        ['reval list', '{"list":"all","rows":["tcs-1","tcs-2"]}', 'done', null],
      ],
    )
  })

  test('a reader that leaves early ends it quietly', async () => {
    for (const args of [
      ['list', 'all', '--csv'],
      ['find', 'a', '--limit', '900'],
    ]) {
      const child = spawn(REVAL, [...args, ...at(place.directory)], { stdio: ['ignore', 'pipe', 'pipe'] })
      const ended = once(child, 'close')
      let errors = ''
      child.stderr.on('data', (some: Buffer) => (errors += some.toString()))
      await once(child.stdout, 'readable')
      child.stdout.destroy()
      assert.deepEqual(await ended, [0, null])
      assert.doesNotMatch(errors, /error|EPIPE/)
    }
  })
})

test('parameters that cannot be read are named by their options', () => {
  const longest = 'x'.repeat(256)
  const refused: readonly (readonly [parameters: Parameters, message: string])[] = [
    [{ searchQuery: `${longest}x` }, '--search: longer than 256 characters'],
    [{ dbcs: 'x'.repeat(21) }, '--body: a code is longer than 20 characters'],
    [{ submissionDateTo: 'x' }, '--filter submissionDateTo: expected a day (YYYY-MM-DD), got "x"'],
  ]
  for (const [parameters, message] of refused)
    assert.throws(() => typedRequest('doctors', parameters), { code: 'USAGE', message })
  assert.throws(
    () => typedRequest('doctors', { searchQuery: `${longest}x` }, { searchQuery: 'text' }),
    /^RevalError: text: /,
  )
  assert.equal(typedRequest('doctors', { searchQuery: longest }).query.search?.phrase, longest)
  // The clients' values in quotes or encoded are other texts here.
  assert.equal(typedRequest('doctors', { searchQuery: '%53mith' }).query.search?.phrase, '53mith')
  assert.equal(typedRequest('doctors', { searchQuery: 'undefined' }).query.search?.phrase, 'undefined')
})
