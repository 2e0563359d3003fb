import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { tableBody } from '../../../src/adapters/index-store/opensearch/tables/table-index.ts'
import { withTables } from '../../contract/index-store/place.ts'
import { create, traineeRow } from '../../contract/index-store/rows.ts'
import { assertTables, whole } from '../../contract/index-store/table-rows.ts'
import { engineProxy, PASSED, type EngineProxy, type SeenRequest } from './engine-proxy.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

const ROWS = Array.from({ length: 300 }, (_, at) => traineeRow(at + 1, null))

const startsCopying = ({ path }: SeenRequest) => path.startsWith('/_reindex')
const asksForTask = ({ method, path }: SeenRequest) => method === 'GET' && path.startsWith('/_tasks/')
/** The call that makes new indexes the tables. */
const finishes = ({ path, body }: SeenRequest) => path === '/_aliases' && body.includes('@Filling')

/** A store behind a proxy, with rows to fill tables from. */
async function behindProxy(t: TestContext): Promise<{ place: SearchPlace; proxy: EngineProxy }> {
  const proxy = await engineProxy(t)
  const place = await placeFor(t, { searchUrl: proxy.url })
  await place.store.createGeneration(withTables('g1'))
  await place.store.write('g1', ROWS.map(create))
  await place.store.makeVisible('g1')
  return { place, proxy }
}

/** A request that the engine gets only after a step, and when it was seen. */
function delayed(proxy: EngineProxy, which: (request: SeenRequest) => boolean, step: () => Promise<unknown>): void {
  let isFirst = true
  proxy.fateOf = (request) => {
    if (!isFirst || !which(request)) return PASSED
    isFirst = false
    return { kind: 'delayed', until: step() }
  }
}

async function indexNames({ ask, settings }: SearchPlace): Promise<string[]> {
  return Object.keys((await ask('GET', `/${settings.searchPrefix}*`)) as object)
}

describe('half a filling', () => {
  test('is told when the task was cancelled, and leaves nothing', async (t) => {
    const { place, proxy } = await behindProxy(t)
    let cancelling: Promise<unknown> | undefined
    proxy.fateOf = (request) => {
      if (startsCopying(request) && request.body.includes('recommendationindex')) {
        // Row by row, so that it is still running when it is cancelled.
        const body = JSON.parse(request.body) as { source: object }
        return {
          kind: 'replaced',
          body: JSON.stringify({ ...body, source: { ...body.source, size: 1 } }),
          change: (answer) => {
            const { task } = JSON.parse(answer.body) as { task: string }
            cancelling ??= place.ask('POST', `/_tasks/${task}/_cancel`)
            return answer
          },
        }
      }
      return asksForTask(request) && cancelling !== undefined ? { kind: 'delayed', until: cancelling } : PASSED
    }
    const told = { code: 'STORE_FAILED', message: /^filling a table failed/ }
    await assert.rejects(place.store.fillTables('g1', whole()), told)
    proxy.fateOf = () => PASSED
    assert.equal((await indexNames(place)).length, 1)
    await place.store.fillTables('g1', whole())
    await assertTables(place.store, 'g1', ROWS)
  })

  test('is told when a row or an index is refused, with the reason', async (t) => {
    const { place, proxy } = await behindProxy(t)
    for (const [properties, message] of [
      [{ tcsPersonId: { type: 'long' } }, /strict_dynamic_mapping_exception/],
      [{ tcsPersonId: { type: 'no type' } }, /mapper_parsing_exception/],
    ] as const) {
      proxy.fateOf = (request) => {
        if (request.method !== 'PUT' || !request.path.includes('reval-list-recommendationindex')) return PASSED
        const body = JSON.parse(request.body) as { mappings: object }
        const mappings = { ...body.mappings, dynamic: 'strict', properties }
        return { kind: 'replaced', body: JSON.stringify({ ...body, mappings }), change: (answer) => answer }
      }
      await assert.rejects(place.store.fillTables('g1', whole()), { code: 'STORE_FAILED', message })
      assert.equal((await indexNames(place)).length, 1)
    }
  })

  test('is told when the engine forgets the task, or goes away', async (t) => {
    const { place, proxy } = await behindProxy(t)
    proxy.fateOf = (request) =>
      asksForTask(request)
        ? { kind: 'answered', answer: { status: 404, body: '{"error":{"type":"resource_not_found_exception"}}' } }
        : PASSED
    const told = { code: 'STORE_FAILED', transient: true }
    await assert.rejects(place.store.fillTables('g1', whole()), told)
    proxy.fateOf = (request) => (asksForTask(request) ? { kind: 'lost' } : PASSED)
    await assert.rejects(place.store.fillTables('g1', whole()), told)
    assert.equal((await indexNames(place)).length, 1)
  })
})

describe('a writer whose term ends while it fills', () => {
  for (const [moment, which] of [
    ['creates an index', ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('reval-list-')],
    ['starts a task', startsCopying],
    ['waits for a task', asksForTask],
    ['names the tables', finishes],
  ] as const) {
    test(`when it ${moment}: nothing of it stays, and the next one fills them`, async (t) => {
      const { place: early, proxy } = await behindProxy(t)
      const late = await early.openWriter?.()
      assert.ok(late)
      await early.store.takeOver(['g1'], 1)
      delayed(proxy, which, () => late.takeOver(['g1'], 2))
      await assert.rejects(early.store.fillTables('g1', whole()), { code: 'WRITER_LOST' })
      await late.fillTables('g1', whole())
      await assertTables(late, 'g1', ROWS)
      await late.takeOver(['g1'], 3)
      const names = await indexNames(early)
      assert.equal(names.length, 5, names.join())
    })
  }
})

test('a task that goes on after its writer and generation are gone creates no index', async (t) => {
  const { place } = await behindProxy(t)
  const { ask, settings, store } = place
  const index = `${settings.searchPrefix}reval-list-recommendationindex-g1-dead`
  const destination = `${index}@Filling`
  const body = tableBody({ generation: 'g1', list: 'recommendationindex' }, { aliases: [destination], searchShards: 1 })
  await ask('PUT', `/${index}`, body)
  const copying = {
    source: { index: `${settings.searchPrefix}reval-generation-g1`, size: 10, _source: ['doctorLastName'] },
    dest: { index: destination },
  }
  const query = 'wait_for_completion=false&require_alias=true&requests_per_second=20'
  const { task } = (await ask('POST', `/_reindex?${query}`, copying)) as { task: string }
  await store.dropGeneration('g1')
  // The pause between two batches is half a second.
  await ask('POST', `/_reindex/${task}/_rethrottle?requests_per_second=-1`)
  const ended = (await ask('GET', `/_tasks/${task}?wait_for_completion=true&timeout=60s`)) as {
    response?: { failures: readonly { cause: { type: string } }[] }
  }
  assert.equal(ended.response?.failures[0]?.cause.type, 'invalid_index_name_exception')
  assert.deepEqual(await indexNames(place), [])
})
