import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as z from 'zod'
import { CONNECTIONS_PAGE, DOCTORS_PAGE } from '../../../src/app/lists/answers.ts'
import { runToEnd } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

const KEYS = {
  doctors: ['countTotal', 'countUnderNotice', 'totalPages', 'totalResults', 'recommendationInfo'],
  doctor:
    'gmcReferenceNumber doctorFirstName doctorLastName submissionDate dateAdded underNotice sanction doctorStatus gmcOutcome admin lastUpdatedDate designatedBody programmeName programmeMembershipType curriculumEndDate notes'.split(
      ' ',
    ),
  connections: ['totalPages', 'totalResults', 'connections'],
  connection:
    'gmcReferenceNumber doctorFirstName doctorLastName submissionDate programmeName programmeMembershipType designatedBody tcsDesignatedBody programmeOwner connectionStatus programmeMembershipStartDate programmeMembershipEndDate tcsPersonId exceptionReason updatedBy lastConnectionDateTime'.split(
      ' ',
    ),
}

const ERROR = z.object({ code: z.string(), detail: z.string() })

test('without a live generation, a list is unavailable, not empty', async (t) => {
  const http = await HttpInstallation.make(t)
  for (const path of ['/api/v1/doctors', '/api/connection/connected', '/api/v1/doctors/autocomplete?fieldName=admin']) {
    const { status, headers, body } = await http.get(path)
    assert.equal(status, 503, JSON.stringify(body))
    assert.equal(headers.get('retry-after'), '30')
    assert.equal(ERROR.parse(body).code, 'NOTHING_LIVE')
  }
})

describe('lists over HTTP', () => {
  const cleaning: (() => Promise<void>)[] = []
  let made: HttpInstallation | null = null
  before(async () => {
    made = await HttpInstallation.make({ after: (clean) => cleaning.push(clean) })
    assert.equal((await runToEnd(made.worker)).state, 'live')
  })
  after(async () => {
    for (const clean of cleaning.toReversed()) await clean()
  })
  const http = (): HttpInstallation => {
    assert.ok(made !== null)
    return made
  }
  const get = (path: string) => http().get(path)

  test('doctors: every field in order, nulls written out, totals', async () => {
    const { status, body, headers } = await get('/api/v1/doctors?sortColumn=submissionDate&sortOrder=asc&pageNumber=0')
    assert.equal(status, 200, JSON.stringify(body))
    const page = DOCTORS_PAGE.parse(body)
    assert.deepEqual(Object.keys(body as object), KEYS.doctors)
    assert.ok(page.recommendationInfo.length > 0)
    for (const row of (body as { recommendationInfo: object[] }).recommendationInfo)
      assert.deepEqual(Object.keys(row), KEYS.doctor)
    assert.equal(page.countTotal, page.totalResults)
    assert.equal(page.totalPages, Math.ceil(page.totalResults / 20))
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('reval-data-day') ?? '', /^\d{4}-\d{2}-\d{2}$/)
    assert.match(headers.get('reval-live-since') ?? '', /^\d{4}-\d{2}-\d{2}T.*Z$/)
    assert.match(headers.get('reval-run') ?? '', /^[0-9a-z-]+$/)
  })

  for (const list of [
    '',
    '/connected',
    '/disconnected',
    '/exception',
    '/discrepancies',
    '/hidden',
    '/discrepancies/hidden',
  ]) {
    test(`/api/connection${list}`, async () => {
      const query =
        'sortColumn=gmcReferenceNumber&sortOrder=asc&pageNumber=0&filter=all&programmeName=&submissionDateFrom='
      const { status, body } = await get(`/api/connection${list}?${query}`)
      assert.equal(status, 200, JSON.stringify(body))
      CONNECTIONS_PAGE.parse(body)
      assert.deepEqual(Object.keys(body as object), KEYS.connections)
      for (const row of (body as { connections: object[] }).connections)
        assert.deepEqual(Object.keys(row), KEYS.connection)
    })
  }

  test('the gateway answers as connection does', async () => {
    for (const list of ['', '/connected', '/disconnected', '/exception', '/discrepancies']) {
      const gateway = await get(`/api/connection${list}`)
      const service = await get(`/api/connections${list}`)
      assert.deepEqual(service.body, gateway.body)
    }
  })

  test('the list of all rows is as long as connected and disconnected together', async () => {
    const total = async (path: string) => CONNECTIONS_PAGE.parse((await get(path)).body).totalResults
    const all = await total('/api/connection')
    assert.ok(all > 0)
    assert.equal(all, (await total('/api/connection/connected')) + (await total('/api/connection/disconnected')))
  })

  test('a page beyond the end is empty, with the totals', async () => {
    const { body } = await get('/api/v1/doctors?pageNumber=499999')
    const page = DOCTORS_PAGE.parse(body)
    assert.deepEqual(page.recommendationInfo, [])
    assert.ok(page.totalResults > 0)
  })

  test('no bodies give no rows; an unknown body is named', async () => {
    const none = await get('/api/v1/doctors?dbcs=')
    assert.deepEqual(none.body, {
      countTotal: 0,
      countUnderNotice: 0,
      totalPages: 0,
      totalResults: 0,
      recommendationInfo: [],
    })
    const { status, headers } = await get(`/api/v1/doctors?dbcs=1-1RSSQ1B,${encodeURIComponent('1-ä,b')}`)
    assert.equal(status, 200)
    assert.equal(headers.get('reval-unknown-bodies'), '1-%C3%A4,b')
    assert.equal((await get('/api/v1/doctors?dbcs=1-1RSSQ1B')).headers.get('reval-unknown-bodies'), null)
  })

  test('faults are answered with 400 and the name of the parameter', async () => {
    for (const [query, name] of [
      ['pageNumber=-1', 'pageNumber'],
      ['sortColumn=wrong', 'sortColumn'],
      ['submissionDateFrom=2025-02-30', 'submissionDateFrom'],
      ['dbcs=a&dbcs=b', 'dbcs'],
      ['format=xml', 'format'],
    ] as const) {
      const { status, body } = await get(`/api/v1/doctors?${query}`)
      assert.equal(status, 400, query)
      const problem = ERROR.parse(body)
      assert.equal(problem.code, 'USAGE')
      assert.match(problem.detail, new RegExp(name))
    }
  })

  test('suggestions are an array of texts', async () => {
    const { status, body } = await get('/api/v1/doctors/autocomplete?fieldName=programmeName&input=&dbcs=undefined')
    assert.equal(status, 200, JSON.stringify(body))
    assert.ok(z.array(z.string()).parse(body).length > 0)
  })

  test('reference data, and lists that no source has rows for', async () => {
    assert.partialDeepStrictEqual((await get('/api/reference/dbcs')).body, [
      { id: 1, dbc: '1-1RUZV1D', name: 'Kent, Surrey and Sussex', abbr: 'KSS', status: 'CURRENT' },
    ])
    assert.deepEqual((await get('/api/admins')).body, [])
    assert.deepEqual((await get('/api/connection/exceptionLog/today?admin=ada@example.nhs.uk')).body, [])
  })

  test('a list as CSV: a line of names, then every row', async () => {
    const total = DOCTORS_PAGE.parse((await get('/api/v1/doctors')).body).totalResults
    const url = `${http().server.address}/api/v1/doctors`
    for (const response of [await fetch(`${url}?format=csv`), await fetch(url, { headers: { accept: 'text/csv' } })]) {
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
      assert.equal(response.headers.get('content-disposition'), 'attachment; filename="doctors.csv"')
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.notEqual(response.headers.get('reval-run'), null)
      const lines = (await response.text()).split('\r\n')
      assert.equal(lines[0], KEYS.doctor.join(','))
      assert.equal(lines.length, total + 2)
    }
  })

  test('the documentation shows the lists', async () => {
    const { body } = await get('/docs/json')
    assert.partialDeepStrictEqual(body, {
      openapi: '3.1.0',
      paths: { '/api/v1/doctors': { get: { tags: ['lists'] } } },
    })
    const page = await fetch(`${http().server.address}/docs/`)
    assert.equal(page.status, 200)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'self'/)
    assert.doesNotMatch(policy, /upgrade-insecure-requests|swagger\.io/)
  })
})
