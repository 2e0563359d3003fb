import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { listRequestOf, suggestRequestOf } from '../../../src/app/lists/list-request.ts'
import { permittedBodies } from '../../../src/app/lists/requested-bodies.ts'
import { sortColumnsOf } from '../../../src/app/lists/sort-columns.ts'
import { NO_FILTERS, type ListName } from '../../../src/domain/list-query.ts'
import { searchOf } from '../../../src/domain/list-matching.ts'
import { squashed, words } from '../../../src/domain/words.ts'

/** What a server passes on of a query: decoded once. */
const parametersOf = (query: string) => Object.fromEntries(new URLSearchParams(query))
const request = (list: ListName, query: string) => listRequestOf(list, parametersOf(query))
const search = (value: string) => request('doctors', `searchQuery=${value}`).query.search

const NO_BODIES = { bodies: null, tisBodies: null }

describe('the requests that both clients were recorded with', () => {
  test('2022: doctors under notice', () => {
    const query = 'sortColumn=submissionDate&sortOrder=asc&pageNumber=0&underNotice=true&dbcs=1-1RSSQ1B,1-1RUZV1D'
    assert.deepEqual(request('doctors', query), {
      query: {
        list: 'doctors',
        search: null,
        filters: { ...NO_FILTERS, underNotice: true },
        order: { column: 'submissionDate', direction: 'asc' },
      },
      page: 0,
      requested: { bodies: ['1-1RSSQ1B', '1-1RUZV1D'], tisBodies: null },
    })
  })

  test('2022: a search with characters of query languages, and a raw +', () => {
    const query =
      'sortColumn=submissionDate&sortOrder=asc&pageNumber=0&searchQuery=O%27Neil%20%26%20co/2,x:(a)+%C3%A9&underNotice=false&dbcs='
    const { query: read, requested } = request('doctors', query)
    assert.deepEqual(read.search, searchOf("O'Neil & co/2,x:(a) é"))
    assert.deepEqual(read.search?.words, ['oneil', 'co', '2', 'x', 'a', 'e'])
    assert.equal(read.filters.underNotice, false)
    assert.deepEqual(requested.bodies, [])
  })

  const lists = [
    ['all', 'all'],
    ['connected', 'currentConnections'],
    ['disconnected', 'historicConnections'],
    ['exception', 'discrepancies'],
  ] as const
  for (const [list, filter] of lists) {
    test(`2022: ${list}`, () => {
      const query = `sortColumn=gmcReferenceNumber&sortOrder=asc&pageNumber=0&filter=${filter}&dbcs=1-1RSSQ1B`
      assert.deepEqual(request(list, query), {
        query: {
          list,
          search: null,
          filters: NO_FILTERS,
          order: { column: 'gmcReferenceNumber', direction: 'asc' },
        },
        page: 0,
        requested: { bodies: ['1-1RSSQ1B'], tisBodies: null },
      })
    })
  }

  test('now: doctors by statuses and admin', () => {
    const query =
      'sortColumn=gmcOutcome&sortOrder=desc&pageNumber=3&underNotice=true&dbcs=1-1RSSQ1B&programmeName=&gmcStatus=Approved,Under%20Review&tisStatus=DRAFT&admin=ada@example.nhs.uk'
    const read = request('doctors', query)
    assert.deepEqual(read.query.filters, {
      ...NO_FILTERS,
      underNotice: true,
      gmcStatus: ['Approved', 'Under Review'],
      tisStatus: ['DRAFT'],
      admin: squashed('ada@example.nhs.uk'),
    })
    assert.deepEqual(read.query.order, { column: 'gmcStatus', direction: 'desc' })
    assert.equal(read.page, 3)
  })

  test('now: suggestions', () => {
    assert.deepEqual(suggestRequestOf(parametersOf('fieldName=programmeName&input=General&dbcs=1-1RSSQ1B')), {
      query: { field: 'programmeName', phrase: words('general') },
      requested: { bodies: ['1-1RSSQ1B'], tisBodies: null },
    })
  })

  test('now: connections by days', () => {
    const query =
      'sortColumn=lastConnectionDateTime&sortOrder=desc&pageNumber=0&filter=currentConnections&programmeName=&membershipEndDateFrom=&membershipEndDateTo=&submissionDateFrom=2025-09-01&submissionDateTo=&lastConnectionDateTimeFrom=&lastConnectionDateTimeTo=&updatedBy=&dbcs=1-1RSSQ1B'
    const read = request('connected', query)
    assert.deepEqual(read.query.filters, { ...NO_FILTERS, days: { submissionDate: { from: '2025-09-01', to: null } } })
    assert.deepEqual(read.query.order, { column: null, direction: 'desc' })
  })

  test('now: discrepancies', () => {
    const query = 'pageNumber=0&filter=discrepancies&dbcs=1-1RSSQ1B&tisDesignatedBodies=1-1RUZV1D'
    assert.deepEqual(request('discrepancies', query).requested, { bodies: ['1-1RSSQ1B'], tisBodies: ['1-1RUZV1D'] })
  })
})

describe('a search', () => {
  test('may be in quotes, encoded twice, or hold invisible characters', () => {
    for (const value of ['%22O%27Neil%22', 'O%2527Neil', '%22O%2527Neil%22', 'O%27Neil%00', '%20O%27Ne%E2%80%8Bil%20'])
      assert.deepEqual(search(value), searchOf("O'Neil"), value)
  })

  test('for blank text or the literal undefined is no search; for a person called Null it is one', () => {
    for (const value of ['', '%20', 'undefined', '%22%22', '%00']) assert.equal(search(value), null, value)
    assert.deepEqual(search('null')?.words, ['null'])
  })

  test('without letters and digits finds nothing', () => {
    for (const value of ['*', '%22', '%7B%7D', '%25']) assert.deepEqual(search(value)?.words, [], value)
  })

  test('keeps per cent signs and quotes that are not an encoding', () => {
    assert.deepEqual(search('100%25')?.words, ['100'])
    assert.deepEqual(search('%25zz')?.words, ['zz'])
    assert.deepEqual(search('%22a%22b%22')?.words, ['a', 'b'])
  })

  test('has at most 256 characters', () => {
    assert.notEqual(search('é'.repeat(256)), null)
    assert.notEqual(search('😀'.repeat(256)), null)
    assert.throws(() => search('é'.repeat(257)), { code: 'USAGE' })
  })
})

describe('an invalid value is a fault that names its parameter', () => {
  const cases: readonly (readonly [list: ListName, query: string, parameter: string])[] = [
    ['doctors', 'pageNumber=-1', 'pageNumber'],
    ['doctors', 'pageNumber=1.5', 'pageNumber'],
    ['doctors', 'pageNumber=1000000000', 'pageNumber'],
    ['doctors', 'pageNumber=500000', 'pageNumber'],
    ['doctors', 'pageNumber=abc', 'pageNumber'],
    ['doctors', 'sortColumn=constructor', 'sortColumn'],
    ['doctors', 'sortColumn=exceptionReason', 'sortColumn'],
    ['connected', 'sortColumn=admin', 'sortColumn'],
    ['doctors', 'sortOrder=up', 'sortOrder'],
    ['doctors', 'underNotice=perhaps', 'underNotice'],
    ['doctors', 'gmcStatus=Approved,Wrong', 'gmcStatus'],
    ['doctors', 'tisStatus=SENT', 'tisStatus'],
    ['connected', 'submissionDateFrom=2025-02-30', 'submissionDateFrom'],
    ['connected', 'lastConnectionDateTimeTo=yesterday', 'lastConnectionDateTimeTo'],
    ['doctors', `dbcs=${Array.from({ length: 51 }, (_, index) => index).join(',')}`, 'dbcs'],
    ['doctors', `dbcs=${'x'.repeat(21)}`, 'dbcs'],
    ['discrepancies', `tisDesignatedBodies=${'x'.repeat(21)}`, 'tisDesignatedBodies'],
    ['doctors', `programmeName=${'x'.repeat(257)}`, 'programmeName'],
  ]
  for (const [list, query, parameter] of cases) {
    test(`${list}: ${query.slice(0, 60)}`, () => {
      assert.throws(() => request(list, query), { code: 'USAGE', details: { parameter } })
    })
  }

  test('a reason quotes at most forty characters', () => {
    assert.throws(
      () => request('doctors', `sortOrder=${'x'.repeat(200)}`),
      ({ message }: Error) => message.includes('x'.repeat(40)) && !message.includes('x'.repeat(41)),
    )
  })

  test('a field without suggestions', () => {
    for (const query of ['', 'fieldName=doctorLastName', 'fieldName=__proto__'])
      assert.throws(() => suggestRequestOf(parametersOf(query)), { code: 'USAGE' })
  })
})

test('each list may be sorted by the columns that it shows', () => {
  const shared = ['gmcReferenceNumber', 'doctorFirstName', 'doctorLastName', 'submissionDate', 'programmeName']
  const doctors = ['curriculumEndDate', 'lastUpdatedDate', 'underNotice', 'tisStatus', 'gmcStatus', 'admin']
  const connections = ['tcsDesignatedBody', 'programmeOwner', 'connectionStatus', 'membershipStartDate']
  const both = [...shared, 'membershipType', 'designatedBody']
  assert.deepEqual(sortColumnsOf('doctors'), [...both, ...doctors])
  for (const list of ['all', 'connected', 'disconnected', 'exception', 'discrepancies'] as const) {
    assert.deepEqual(sortColumnsOf(list), [...both, ...connections, 'membershipEndDate', 'exceptionReason'])
  }
})

test('columns have aliases', () => {
  const column = (list: ListName, name: string) => request(list, `sortColumn=${name}`).query.order.column
  assert.equal(column('doctors', 'doctorStatus'), 'tisStatus')
  assert.equal(column('doctors', 'programmeMembershipType'), 'membershipType')
  assert.equal(column('connected', 'programmeMembershipEndDate'), 'membershipEndDate')
  assert.equal(column('connected', 'updatedBy'), null)
})

test('without an order: doctors by submission date, connections by number, descending', () => {
  assert.deepEqual(request('doctors', '').query.order, { column: 'submissionDate', direction: 'asc' })
  assert.deepEqual(request('exception', 'sortColumn=undefined').query.order, {
    column: 'gmcReferenceNumber',
    direction: 'desc',
  })
  assert.deepEqual(request('exception', 'sortOrder=ASC').query.order.direction, 'asc')
})

test('statuses by name or text; UNKNOWN, null and an empty item mean none', () => {
  const { filters } = request(
    'doctors',
    'gmcStatus=UNDER_REVIEW,approved,UNKNOWN,null,&tisStatus=ready_to_review',
  ).query
  assert.deepEqual(filters.gmcStatus, ['Under Review', 'Approved', null])
  assert.deepEqual(filters.tisStatus, ['READY_TO_REVIEW'])
})

test('a filter by values that no row has', () => {
  for (const query of ['updatedBy=ada', 'lastConnectionDateTimeFrom=2025-09-01'])
    assert.equal(request('connected', query).query.filters.connectedBy, true, query)
})

describe('bodies', () => {
  const dbcs = (value: string) => request('doctors', `dbcs=${value}`).requested.bodies

  test('absent, none, several, repeated', () => {
    assert.deepEqual(request('doctors', '').requested, NO_BODIES)
    assert.equal(dbcs('undefined'), null)
    assert.deepEqual(dbcs(''), [])
    assert.deepEqual(dbcs(',%20,'), [])
    assert.deepEqual(dbcs('A,%20B,A'), ['A', 'B'])
  })

  test('a caller gets those requested, or all that are permitted', () => {
    assert.deepEqual(permittedBodies(NO_BODIES, null), NO_BODIES)
    assert.deepEqual(permittedBodies(NO_BODIES, ['A', 'B']), { bodies: ['A', 'B'], tisBodies: null })
    assert.deepEqual(permittedBodies({ bodies: [], tisBodies: null }, ['A']), { bodies: [], tisBodies: null })
    assert.deepEqual(permittedBodies({ bodies: ['A'], tisBodies: null }, ['A', 'B']), {
      bodies: ['A'],
      tisBodies: null,
    })
    assert.deepEqual(permittedBodies({ bodies: ['X'], tisBodies: ['Y'] }, null), { bodies: ['X'], tisBodies: ['Y'] })
  })

  test('a body that is not permitted is refused, not left out', () => {
    for (const requested of [
      { bodies: ['A', 'C'], tisBodies: null },
      { bodies: ['A'], tisBodies: ['C'] },
      { bodies: null, tisBodies: ['C'] },
    ])
      assert.throws(() => permittedBodies(requested, ['A', 'B']), { code: 'BODY_FORBIDDEN' })
  })
})

describe('invisible characters', () => {
  const refused = (query: string) =>
    assert.throws(() => request('doctors', query), { code: 'USAGE' }, JSON.stringify(query))

  test('are dropped from texts, but count towards their length', () => {
    assert.deepEqual(search('%00%C2%84Si%C2%ADan '), searchOf('sian'))
    assert.equal(search('%E2%80%8B'), null)
    const connections = `lastConnectionDateTimeTo=2025-01-01&updatedBy=${'a'.repeat(257)}`
    assert.throws(() => request('connected', connections), { code: 'USAGE' })
    refused(`searchQuery=${'a'.repeat(256)}%00`)
  })

  test('make a choice invalid', () => {
    for (const name of ['pageNumber', 'sortOrder', 'sortColumn', 'underNotice', 'gmcStatus', 'submissionDateFrom']) {
      for (const value of ['%00', '%C2%84', '%C2%A0', '%20']) {
        if (name === 'gmcStatus' && value === '%20') continue
        refused(`${name}=${value}`)
      }
      assert.doesNotThrow(() => request('doctors', `${name}=`))
      assert.doesNotThrow(() => request('doctors', `${name}=undefined`))
    }
    refused('pageNumber=1%00')
    assert.equal(request('doctors', 'pageNumber=%221%22').page, 1)
  })

  test('belong to the code of a body', () => {
    refused(`dbcs=${'x'.repeat(20)}%00`)
    refused(`dbcs=${'%20'.repeat(21)}`)
    refused(`dbcs=${'x,'.repeat(51)}`)
    assert.deepEqual(request('doctors', `dbcs=,,%20x%00,${','.repeat(60)}`).requested.bodies, ['x'])
  })
})
