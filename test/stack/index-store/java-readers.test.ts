import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { IndexName } from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
import { suiteOwner } from '../../app/job/suite-owner.ts'
import { aDoctor, aNumber, aRow, aTrainee } from '../../domain/examples.ts'
import { capturedCalls, LAYOUTS, nameIn, send, type EngineCall } from './java-engine-calls.ts'
import { searchPlace, type SearchPlace } from './search-place.ts'

const FIRST_NAMES = ['Aisha', 'ZOË', 'jean-luc', 'Mary Ann', null, "D'Arcy", 'Li', 'Khan']
const LAST_NAMES = ['Khan', 'KHAN', 'van der Berg', "O'Brien", 'Smith-Jones', 'smith', 'Ng', 'Okonkwo', null]
const PROGRAMMES = ['Cardiology', 'Cardio-thoracic surgery', 'General Practice', 'General Surgery', null]
const BODIES = ['1-1RSSQ1B', '1-1RUZUVB', '1-1RUZV4H', '1-AIIDR8', null]

/** People of every kind: with and without a number, a name, a date; names of several words, in any case. */
const ROWS: readonly Row[] = Array.from({ length: 90 }, (_, nth): Row => {
  const number = aNumber(String(7_001_000 + nth))
  const of = <T>(values: readonly [T, ...T[]] | readonly T[], step: number) =>
    values[Math.floor(nth / step) % values.length] as T
  const trainee = aTrainee({
    tcsPersonId: 5_000 + nth,
    gmcReferenceNumber: nth % 10 === 3 ? 'UNKNOWN' : number,
    doctorFirstName: of(FIRST_NAMES, 1),
    doctorLastName: of(LAST_NAMES, 1),
    programmeName: of(PROGRAMMES, 2),
    programmeMembershipType: nth % 6 === 0 ? 'Visitor' : 'SUBSTANTIVE',
    programmeMembershipEndDate: nth % 4 === 0 ? '2026-01-31' : '2028-07-31',
  })
  const doctor = aDoctor({
    gmcReferenceNumber: number,
    doctorFirstName: of(FIRST_NAMES, 1),
    doctorLastName: of(LAST_NAMES, 1),
    submissionDate: nth % 9 === 4 ? null : `2027-0${1 + (nth % 7)}-1${nth % 10}`,
    underNotice: of(['YES', 'NO', 'ON_HOLD'] as const, 1),
    doctorStatus: of(['DRAFT', 'NOT_STARTED', 'COMPLETED'] as const, 1),
    designatedBodyCode: of(BODIES, 1),
    admin: of(['a.n.other@example.nhs.uk', 'b@example.nhs.uk', null], 1),
  })
  if (nth % 10 === 3) return aRow(`tcs-${5_000 + nth}`, { trainee })
  if (nth % 8 === 5) return aRow(`gmc-${number}`, { doctor })
  const outcome = of(['Under Review', 'Approved', null] as const, 1)
  return aRow(`tcs-${5_000 + nth}`, { trainee, doctor, outcome, reason: nth % 7 === 0 ? 'Missing body' : null })
})

const SEARCHED = ['', 'khan', 'kha', 'smith', 'smith-jones', 'berg', "o'brien", 'zoë', '70010', '7001007', 'nobody']

const OPTIONS =
  '_search?typed_keys=true&ignore_unavailable=false&expand_wildcards=open&allow_no_indices=true&search_type=dfs_query_then_fetch'

interface Search {
  readonly query: object
  readonly sort?: readonly object[]
  readonly from?: number
}

function search(name: IndexName, { query, sort, from = 0 }: Search): EngineCall {
  const body = { from, size: 20, query, version: true, ...(sort && { sort }) }
  return { method: 'POST', url: `/${name}/${OPTIONS}`, body: JSON.stringify(body) }
}

/** As Spring sends the text of `@Query`. */
const wrapped = (query: object) => ({ wrapper: { query: Buffer.from(JSON.stringify(query)).toString('base64') } })

const ascending = (field: string) => ({ [field]: { order: 'asc' } })
const descending = (field: string) => ({ [field]: { order: 'desc' } })

/** How a Java recommendation orders: by any of four columns, then by last name. */
const ORDERS = ['submissionDate', 'doctorFirstName', 'doctorLastName', 'gmcReferenceNumber'].flatMap((column) =>
  [ascending, descending].map((direction) => [
    direction(column),
    ...(column === 'doctorLastName' ? [] : [ascending('doctorLastName')]),
  ]),
)

const BODIES_ASKED = '1rssq1b,1ruzuvb,1ruzv4h'

function startsWith(text: string): readonly object[] {
  const columns = ['doctorFirstName', 'doctorLastName', 'gmcReferenceNumber']
  return columns.map((column) => ({ wildcard: { [column]: { value: `${text}*` } } }))
}

/** The queries of RecommendationElasticSearchRepository, in September 2022 and in June 2026. */
function recommendationSearches(): readonly EngineCall[] {
  const calls: EngineCall[] = []
  const common = [{ match: { designatedBody: BODIES_ASKED } }, { match: { existsInGmc: 'true' } }]
  const underNotice = { match: { underNotice: 'YES' } }
  SEARCHED.forEach((text, nth) => {
    const should = [...startsWith(text), { match_phrase_prefix: { programmeName: { query: text } } }]
    const hidden = { match: { gmcReferenceNumber: nth % 2 === 0 ? '[]' : '[7001007, 7001010]' } }
    const queries = [
      { bool: { must_not: hidden, filter: [...common, { bool: { should } }] } },
      { bool: { filter: [underNotice, ...common, { bool: { should } }] } },
    ]
    const orders = text === '' ? ORDERS : ORDERS.filter((_, each) => each % SEARCHED.length === nth % ORDERS.length)
    for (const query of queries) {
      for (const sort of orders) calls.push(search('recommendationindex', { query: wrapped(query), sort }))
      calls.push(search('recommendationindex', { query: wrapped(query), sort: orders[0] ?? [], from: 20 }))
    }
  })
  for (const [programme, gmcStatus, tisStatus, admin] of [
    ['', '', '', ''],
    ['general practice', '', '', ''],
    ['', 'under review', 'draft not_started', ''],
    ['', '', '', 'a.n.other@example.nhs.uk'],
  ] as const) {
    const every = (kind: 'match' | 'match_phrase', field: string, query: string) => ({
      [kind]: { [field]: { query, zero_terms_query: 'all' } },
    })
    const filter = [
      ...common,
      { bool: { should: startsWith('') } },
      every('match_phrase', 'programmeName', programme),
      every('match', 'gmcStatus', gmcStatus),
      every('match', 'tisStatus', tisStatus),
      every('match_phrase', 'admin', admin),
    ]
    const sort = [ascending('gmcReferenceNumber')]
    calls.push(search('recommendationindex', { query: wrapped({ bool: { filter } }), sort }))
  }
  for (const input of ['gen', 'general s', 'card']) {
    const suggested = { match_phrase_prefix: { programmeName: { query: input } } }
    const filter = [underNotice, { match: { designatedBody: BODIES_ASKED } }, suggested]
    calls.push(search('recommendationindex', { query: wrapped({ bool: { filter } }) }))
  }
  return calls
}

/** The queries of the three services of a Java connection, and those of its repository of the master index. */
function connectionSearches(): readonly EngineCall[] {
  const calls: EngineCall[] = []
  const people = ['gmcReferenceNumber', 'doctorFirstName', 'doctorLastName', 'programmeName', 'tcsDesignatedBody']
  for (const name of ['connectedindex', 'disconnectedindex', 'exceptionindex'] as const) {
    // Its own index has no field that no row of the list has, and refuses to sort by it; ours has every field.
    const columns = name === 'disconnectedindex' ? people : [...people, 'designatedBody']
    SEARCHED.forEach((text, nth) => {
      const should = [
        { match: { gmcReferenceNumber: { query: text } } },
        ...['doctorFirstName', 'doctorLastName'].map((field) => ({ wildcard: { [field]: { wildcard: `*${text}*` } } })),
      ]
      const query = { bool: { must: [{ bool: text === '' ? {} : { should } }] } }
      const asked = text === '' ? columns : [columns[nth % columns.length] ?? '']
      for (const column of asked) {
        for (const direction of [ascending, descending])
          calls.push(search(name, { query, sort: [direction(`${column}.keyword`)] }))
      }
    })
    // Refused by its own indexes too: a date has no keyword.
    calls.push(search(name, { query: { match_all: {} }, sort: [ascending('submissionDate.keyword')] }))
  }
  return calls
}

const DERIVED = { type: 'best_fields', default_operator: 'and', fuzziness: 'AUTO', escape: false, boost: 1 }

/** What Spring makes of the name of a method: of a number, of a person, of both. */
function derivedSearches(): readonly EngineCall[] {
  const by = (field: string, query: string) => ({ query_string: { query, fields: [`${field}^1.0`], ...DERIVED } })
  const number = by('gmcReferenceNumber', '7001007')
  const person = by('tcsPersonId', '5007')
  return [
    search('masterdoctorindex', { query: { bool: { must: [number] } } }),
    search('masterdoctorindex', { query: { bool: { must: [person] } } }),
    search('masterdoctorindex', { query: { bool: { must: [number, person] } } }),
    search('masterdoctorindex', { query: { bool: { must: [number] } }, sort: [descending('submissionDate')] }),
    search('recommendationindex', { query: { bool: { must: [by('gmcReferenceNumber', 'UNKNOWN')] } } }),
    search('recommendationindex', { query: { bool: { must: [number] } } }),
  ]
}

interface Found {
  readonly hits: {
    readonly total: { readonly value: number }
    readonly hits: readonly {
      readonly sort?: readonly unknown[]
      readonly _source: Readonly<Record<string, unknown>>
    }[]
  }
}

/** Who was found, by what they are sorted by. Those that are equal may come in any order, as on any index. */
function inGroups({ hits: { hits } }: Found): readonly (readonly [string, readonly string[]])[] {
  const named = hits.map(({ sort = [], _source: { tcsPersonId, gmcReferenceNumber } }) => ({
    by: JSON.stringify(sort),
    who: `${String(tcsPersonId)} ${String(gmcReferenceNumber)}`,
  }))
  return [...Map.groupBy(named, ({ by }) => by)].map(([by, group]) => [by, group.map(({ who }) => who).sort()])
}

/** The answer to a search as it is sent, and whom it finds on all its pages together. */
async function answered(place: SearchPlace, call: EngineCall): Promise<object> {
  const { status, body } = await send(place, call)
  if (status !== 200) return { status }
  const all = { ...(JSON.parse(call.body) as object), from: 0, size: 1_000 }
  const whole = await send(place, { ...call, body: JSON.stringify(all) })
  const { hits } = body as Found
  return {
    total: hits.total.value,
    page: hits.hits.map(({ sort }) => sort ?? null),
    all: inGroups(whole.body as Found),
  }
}

describe('a Java service that reads', { concurrency: 1 }, () => {
  const owner = suiteOwner()
  const places = {} as Record<keyof typeof LAYOUTS, SearchPlace>
  before(async () => {
    for (const layout of ['java', 'tables', 'views'] as const) {
      const place = await searchPlace()
      owner.after(() => place.dispose())
      await LAYOUTS[layout](place, ROWS)
      places[layout] = place
    }
  })

  const searches = {
    'recommendation, of its API': () => Promise.resolve(recommendationSearches()),
    'connection, of its API': () => Promise.resolve(connectionSearches()),
    'both, derived from the names of methods': () => Promise.resolve(derivedSearches()),
    'recommendation, as captured': async () => (await capturedCalls('recommendation')).filter(isSearch),
    'connection, as captured': async () => (await capturedCalls('connection')).filter(isSearch),
  }
  for (const [what, calls] of Object.entries(searches)) {
    test(`${what}: finds the same doctors in the same order, with the same totals, in tables, in views, and in its own indexes`, async () => {
      let found = 0
      for (const call of await calls()) {
        const expected = await answered(places.java, call)
        for (const layout of ['tables', 'views'] as const) {
          assert.deepEqual(await answered(places[layout], call), expected, `${layout}: ${call.url} ${call.body}`)
        }
        found += 'total' in expected ? (expected.total as number) : 0
      }
      assert.ok(found > 0, 'no search found anything')
    })
  }
})

function isSearch(call: EngineCall): boolean {
  return nameIn(call) !== null && call.url.includes('/_search')
}
