import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { openSearchListReader } from '../../../src/adapters/list-reader/opensearch/open.ts'
import { listOf } from '../../../src/domain/list-matching.ts'
import { words } from '../../../src/domain/words.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { TODAY } from '../../domain/examples.ts'
import { listQuery } from '../../contract/list-reader/asking.ts'
import { FIXTURE, personRow } from '../../contract/list-reader/fixture.ts'
import { filledWith, type Filled } from '../../contract/list-reader/place.ts'
import { engineProxy, PASSED, type Answer, type EngineProxy } from '../index-store/engine-proxy.ts'
import { searchListPlace } from './list-place.ts'

const PLACE = { offset: 0, size: 20 }
const QUERY = listQuery({ list: 'doctors', search: 'jones' })

const SUGGESTING = {
  field: 'programmeName',
  phrase: words('gen'),
  bodies: null,
  tisBodies: null,
  unconnected: 'everybody',
} as const

/** A filled generation, and a reader behind a proxy, whose searches reach so far. */
async function behindProxy(
  t: TestContext,
  { window = 100, written = FIXTURE.slice(0, 50) } = {},
): Promise<Filled & { readonly proxy: EngineProxy }> {
  const place = await searchListPlace(100)
  t.after(() => place.dispose())
  const { id, rows } = await filledWith(place, 'g1', written)
  const proxy = await engineProxy(t)
  const reader = await openSearchListReader({ settings: { ...place.settings, searchUrl: proxy.url }, window })
  t.after(() => reader.close())
  return { id, rows, reader, proxy }
}

/** What a reader does with an answer of the engine in place of the right one, and then with the right one. */
async function assertRefused({ reader, proxy }: Awaited<ReturnType<typeof behindProxy>>, answer: Answer | null) {
  const calls = [
    () => reader.page('g1', QUERY, TODAY, PLACE),
    () => reader.counts('g1', QUERY, TODAY),
    () => reader.suggest('g1', SUGGESTING, TODAY),
  ]
  const fateOf: EngineProxy['fateOf'] = ({ path }) => {
    if (!path.includes('_search')) return PASSED
    return answer === null ? { kind: 'lost' } : { kind: 'answered', answer }
  }
  for (const call of calls) {
    proxy.fateOf = fateOf
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof RevalError)
      assert.deepEqual([error.code, error.transient], ['STORE_FAILED', true])
      return true
    })
    proxy.fateOf = () => PASSED
    await call()
  }
  const all = async () => (await Array.fromAsync(reader.all('g1', QUERY, TODAY))).flat()
  proxy.fateOf = fateOf
  await assert.rejects(all, { code: 'STORE_FAILED' })
  proxy.fateOf = () => PASSED
  assert.ok((await all()).length > 0)
}

const EMPTY = { hits: { total: { value: 0 }, hits: [] }, aggregations: {} }

describe('a list is never shorter than it should be', () => {
  test('an answer that ran out of time is an error', async (t) => {
    const body = JSON.stringify({ timed_out: true, _shards: { failed: 0 }, ...EMPTY })
    await assertRefused(await behindProxy(t), { status: 200, body })
  })

  test('so is one without a shard', async (t) => {
    const body = JSON.stringify({ timed_out: false, _shards: { failed: 1 }, ...EMPTY })
    await assertRefused(await behindProxy(t), { status: 200, body })
  })

  test('and what the engine fails at', async (t) => {
    const body = '{"error":{"type":"search_phase_execution_exception","reason":"Time exceeded"},"status":500}'
    await assertRefused(await behindProxy(t), { status: 500, body })
  })

  test('and a lost connection', async (t) => {
    await assertRefused(await behindProxy(t), null)
  })

  test('each search asks for all of it within a time', async (t) => {
    const { reader, proxy } = await behindProxy(t)
    const searches: string[] = []
    proxy.fateOf = ({ path, body }) => {
      if (path.includes('_search')) searches.push(path + body)
      return PASSED
    }
    await reader.page('g1', QUERY, TODAY, PLACE)
    await reader.counts('g1', QUERY, TODAY)
    assert.equal(searches.length, 2)
    for (const search of searches) assert.match(search, /allow_partial_search_results=false.*"timeout":"5s"/)
  })
})

/** All that a reader may send: each needs no right but to read the index, or to continue and end its own scroll. */
const READING = [
  'GET /',
  'GET /<generation>',
  'POST /<generation>/_search',
  'POST /_search/scroll',
  'DELETE /_search/scroll',
]

test('whatever is read, only requests are sent that need rights to read, and to no index but that of the generation', async (t) => {
  // More than a batch of a whole list has.
  const written = Array.from({ length: 1_050 }, (_, at) => personRow(at, { first: 'Ann', last: `Archer ${at}` }))
  const { reader, proxy } = await behindProxy(t, { window: 200, written })
  const sent = new Set<string>()
  proxy.fateOf = ({ method, path }) => {
    const [address = ''] = path.split('?')
    sent.add(`${method} ${address.replace(/[^/]*reval-generation-g1(?=\/|$)/, '<generation>')}`)
    return PASSED
  }
  const query = listQuery()
  // From the beginning, from the end, and in hops.
  for (const offset of [0, 1_040, 500]) await reader.page('g1', query, TODAY, { offset, size: 5 })
  await reader.counts('g1', query, TODAY)
  for (const field of ['programmeName', 'admin'] as const) await reader.suggest('g1', { ...SUGGESTING, field }, TODAY)
  await Array.fromAsync(reader.all('g1', query, TODAY))
  await reader.ping()
  assert.deepEqual([...sent].toSorted(), READING.toSorted())
})

test('the lists of an index with several shards are in the same order', async (t) => {
  const place = await searchListPlace(100, { searchShards: 3 })
  t.after(() => place.dispose())
  const { rows, reader } = await filledWith(place, 'g1', FIXTURE)
  for (const direction of ['asc', 'desc'] as const) {
    const query = listQuery({ order: { column: 'submissionDate', direction } })
    const expected = listOf(rows, query, TODAY).map(({ id }) => id)
    for (const offset of [0, 90, 200, 370]) {
      const page = await reader.page('g1', query, TODAY, { offset, size: 20 })
      assert.deepEqual(
        page.rows.map(({ id }) => id),
        expected.slice(offset, offset + 20),
      )
    }
  }
})

test('a version of a generation is asked for once, and a dropped one is unknown', async (t) => {
  const place = await searchListPlace(100)
  t.after(() => place.dispose())
  const { reader } = await filledWith(place, 'g1', FIXTURE.slice(0, 3))
  assert.equal((await reader.counts('g1', listQuery(), TODAY)).total, 3)
  await place.store.dropGeneration('g1')
  await assert.rejects(reader.counts('g1', listQuery(), TODAY), { code: 'GENERATION_UNKNOWN' })
  await assert.rejects(Array.fromAsync(reader.all('g1', listQuery(), TODAY)), { code: 'GENERATION_UNKNOWN' })
})
