import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { StoreWrite } from '../../../src/ports/index-store.ts'
import { TODAY } from '../../domain/examples.ts'
import { generation } from '../../contract/index-store/place.ts'
import {
  create,
  filled,
  people,
  remove,
  replace,
  stored,
  traineeRow,
  TWO,
  written,
} from '../../contract/index-store/rows.ts'
import { servers } from '../servers.ts'
import { engineProxy, PASSED, type Answer, type EngineProxy, type Fate, type SeenRequest } from './engine-proxy.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

const isBulk = ({ path }: SeenRequest) => path.includes('/_bulk')
const linesOf = ({ body }: SeenRequest) => body.split('\n').length - 1

/** A store behind a proxy, with an empty generation; each bulk has ten rows. */
async function behindProxy(t: TestContext): Promise<{ place: SearchPlace; proxy: EngineProxy }> {
  const proxy = await engineProxy(t)
  const place = await placeFor(t, { searchUrl: proxy.url, searchBulkRows: 10 })
  await place.store.createGeneration(generation('g1'))
  return { place, proxy }
}

/** Decides about the first bulk, and counts all of them. */
function firstBulk(proxy: EngineProxy, fate: Fate): { count: number } {
  const bulks = { count: 0 }
  proxy.fateOf = (request) => (isBulk(request) && (bulks.count += 1) === 1 ? fate : PASSED)
  return bulks
}

/** Of two digits each: their rows are in the same order. */
const PERSONS = Array.from({ length: 25 }, (_, at) => 10 + at)
const creates = (): StoreWrite[] => PERSONS.map((person) => create(traineeRow(person)))
const REFUSED = { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } }
const BUSY: Answer = {
  status: 429,
  body: '{"error":{"type":"circuit_breaking_exception","reason":"too much"},"status":429}',
}

describe('what an engine that is too busy refuses', () => {
  test('a bulk that is refused as a whole is a transient error, and is not sent again here', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const bulks = firstBulk(proxy, { kind: 'answered', answer: BUSY })
    await assert.rejects(place.store.write('g1', creates()), { code: 'STORE_FAILED', transient: true })
    assert.equal(bulks.count, 3)
    const again = await place.store.write('g1', creates())
    assert.deepEqual(new Set(again.map(({ status }) => status)), new Set(['written', 'exists']))
    await place.store.makeVisible('g1')
    assert.deepEqual(await people(place.store, 'g1'), PERSONS)
  })

  test('single items of a bulk: they alone are sent again', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const sizes: number[] = []
    proxy.fateOf = (request) => {
      if (!isBulk(request)) return PASSED
      sizes.push(linesOf(request) / 2)
      if (sizes.length !== 1) return PASSED
      // The engine is given all rows but the first three, which it is made to look as if it had refused.
      const lines = request.body.split('\n')
      const rest = { ...request, body: lines.slice(6).join('\n') }
      return {
        kind: 'replaced',
        body: rest.body,
        change: ({ status, body }) => {
          const { items } = JSON.parse(body) as { items: object[] }
          return { status, body: JSON.stringify({ items: [...[1, 2, 3].map(() => ({ create: REFUSED })), ...items] }) }
        },
      }
    }
    let asked = 0
    const outcomes = await place.store.write('g1', creates().slice(0, 10), () => {
      asked += 1
    })
    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['written']))
    assert.deepEqual(sizes, [10, 3])
    assert.equal(asked, 2)
    await place.store.makeVisible('g1')
    assert.deepEqual(await people(place.store, 'g1'), PERSONS.slice(0, 10))
  })
})

describe('where a connection is cut', () => {
  test('before the engine has the bulk, the batch is refused and can be sent again', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const bulks = firstBulk(proxy, { kind: 'lost' })
    await assert.rejects(place.store.write('g1', creates()), { code: 'STORE_FAILED', transient: true })
    assert.equal(bulks.count, 3)
    await place.store.write('g1', creates())
    await place.store.makeVisible('g1')
    assert.deepEqual(await people(place.store, 'g1'), PERSONS)
  })

  test('after the engine has carried it out, the rows are found to be there', async (t) => {
    const { place, proxy } = await behindProxy(t)
    firstBulk(proxy, { kind: 'unanswered' })
    const away = { code: 'STORE_FAILED', transient: true }
    await assert.rejects(place.store.write('g1', creates().slice(0, 10)), away)
    const again = await place.store.write('g1', creates().slice(0, 10))
    assert.deepEqual(new Set(again.map(({ status }) => status)), new Set(['exists']))
    const { token } = await stored(place.store, 'tcs-11')
    firstBulk(proxy, { kind: 'unanswered' })
    await assert.rejects(place.store.write('g1', [replace(traineeRow(11, TWO), token)]), away)
    // Nobody knows whether it was done: the token is spent, and the row is read again.
    assert.deepEqual(await place.store.write('g1', [replace(traineeRow(11, TWO), token)]), [{ status: 'conflict' }])
    assert.deepEqual((await stored(place.store, 'tcs-11')).row, traineeRow(11, TWO))
  })

  test('while a generation is created, it may have been created', async (t) => {
    const { place, proxy } = await behindProxy(t)
    let times = 0
    proxy.fateOf = ({ method }) => (method === 'PUT' && (times += 1) === 1 ? { kind: 'unanswered' } : PASSED)
    const away = { code: 'STORE_FAILED', transient: true }
    await assert.rejects(place.store.createGeneration(generation('g2')), away)
    await assert.rejects(place.store.createGeneration(generation('g2')), { code: 'GENERATION_EXISTS' })
  })

  test('while the aliases are moved, the next call finds them moved', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const isMove = ({ method, path }: SeenRequest) => method === 'POST' && path === '/_aliases'
    proxy.fateOf = (request) => (isMove(request) ? { kind: 'unanswered' } : PASSED)
    const away = { code: 'STORE_FAILED', transient: true }
    await assert.rejects(place.store.promote('g1', null), away)
    const changes: string[] = []
    proxy.fateOf = (request) => {
      if (request.method !== 'GET') changes.push(request.path)
      return PASSED
    }
    await place.store.promote('g1', null)
    assert.deepEqual(changes, [])
    assert.equal((await place.store.liveAliases())?.masterdoctorindex, 'g1')
  })

  test('in the middle of the documents, the reader gets an error instead of half of them', async (t) => {
    const { place, proxy } = await behindProxy(t)
    const many = Array.from({ length: 1_500 }, (_, person) => person)
    await filled(place.store, 'g2', ...many)
    proxy.fateOf = ({ method, path }) => (method === 'POST' && path.includes('/scroll') ? { kind: 'lost' } : PASSED)
    const reading = Array.fromAsync(place.store.documents('g2', 'masterdoctorindex', TODAY))
    await assert.rejects(reading, { code: 'STORE_FAILED', transient: true })
  })
})

describe('a guard that is called when a request is sent', () => {
  const over = new Error('the lease is over')

  test('blocks waiting bulks, and sends no item again', async (t) => {
    const proxy = await engineProxy(t)
    const place = await placeFor(t, { searchUrl: proxy.url, searchBulkRows: 10, searchBulks: 1 })
    await place.store.createGeneration(generation('g1'))
    let bulks = 0
    proxy.fateOf = (request) => {
      if (!isBulk(request)) return PASSED
      bulks += 1
      const items = [...Array.from({ length: 10 }, () => ({ create: REFUSED }))]
      return { kind: 'answered', answer: { status: 200, body: JSON.stringify({ items }) } }
    }
    const guard = () => {
      if (bulks > 0) throw over
    }
    await assert.rejects(place.store.write('g1', creates(), guard), (error) => error === over)
    assert.equal(bulks, 1)
  })

  test('keeps the aliases in place when the lease ends between the two calls of a promotion', async (t) => {
    const { place, proxy } = await behindProxy(t)
    let prepared = false
    proxy.fateOf = ({ path }) => {
      if (path.endsWith('/_settings')) prepared = true
      return PASSED
    }
    const guard = () => {
      if (prepared) throw over
    }
    await assert.rejects(place.store.promote('g1', null, guard), (error) => error === over)
    assert.ok(prepared)
    assert.equal(await place.store.liveAliases(), null)
  })
})

test('a promotion that another one overtakes changes nothing', async (t) => {
  const { place, proxy } = await behindProxy(t)
  await place.store.createGeneration(generation('g2'))
  await place.store.createGeneration(generation('g3'))
  const beside = await place.open({ searchUrl: servers.search.url })
  // Before there was any promotion, and after it.
  for (const { from, early, late } of [
    { from: null, early: 'g1', late: 'g2' },
    { from: 'g1', early: 'g2', late: 'g3' },
  ]) {
    const overtaking = Promise.withResolvers<undefined>()
    proxy.fateOf = ({ path }) => {
      if (!path.endsWith('/_settings')) return PASSED
      beside.promote(early, from).then(() => overtaking.resolve(undefined), overtaking.reject)
      return { kind: 'delayed', until: overtaking.promise }
    }
    await assert.rejects(place.store.promote(late, from), { code: 'ALIASES_MOVED' })
    assert.deepEqual(new Set(Object.values((await beside.liveAliases()) ?? {})), new Set([early]))
  }
})

describe('a request that was on its way when another writer took over', () => {
  /** A writer of term 1 behind a proxy, with a row, and its successor. */
  async function twoWriters(t: TestContext) {
    const { place, proxy } = await behindProxy(t)
    const early = place.store
    await early.takeOver(['g1'], 1)
    await written(early, create(traineeRow(1)))
    return { early, proxy, late: await place.open({ searchUrl: servers.search.url }) }
  }

  test('a bulk is refused, and changes nothing', async (t) => {
    const { early, proxy, late } = await twoWriters(t)
    const { token } = await stored(early, 'tcs-1')
    proxy.fateOf = (request) => (isBulk(request) ? { kind: 'delayed', until: late.takeOver(['g1'], 2) } : PASSED)
    for (const write of [create(traineeRow(2)), replace(traineeRow(1, TWO), token), remove('tcs-1', token)]) {
      await assert.rejects(early.write('g1', [write]), { code: 'WRITER_LOST' })
    }
    assert.equal((await stored(late, 'tcs-1')).token, token)
    assert.deepEqual(await late.get('g1', ['tcs-2']), [])
  })

  test('its own taking over does not end that of its successor', async (t) => {
    const { early, proxy, late } = await twoWriters(t)
    const isMove = ({ path }: SeenRequest) => path === '/_aliases'
    proxy.fateOf = (request) => (isMove(request) ? { kind: 'delayed', until: late.takeOver(['g1'], 3) } : PASSED)
    await early.takeOver(['g1'], 2).catch(() => undefined)
    await written(late, create(traineeRow(2)))
  })

  test('taking over whose answer was lost can be repeated', async (t) => {
    const { early, proxy } = await twoWriters(t)
    let moves = 0
    proxy.fateOf = ({ path }) => (path === '/_aliases' && (moves += 1) === 1 ? { kind: 'unanswered' } : PASSED)
    await assert.rejects(early.takeOver(['g1'], 2), { code: 'STORE_FAILED', transient: true })
    await early.takeOver(['g1'], 2)
    await written(early, create(traineeRow(2)))
    assert.equal(moves, 1)
  })
})

test('a bulk that is too long for a proxy is halved until it fits', async (t) => {
  const { place, proxy } = await behindProxy(t)
  proxy.fateOf = (request) =>
    isBulk(request) && linesOf(request) > 6 ? { kind: 'answered', answer: { status: 413, body: '{}' } } : PASSED
  await written(place.store, ...creates())
  proxy.fateOf = (request) => (isBulk(request) ? { kind: 'answered', answer: { status: 413, body: '{}' } } : PASSED)
  const [outcome] = await place.store.write('g1', [create(traineeRow(99))])
  assert.equal(outcome?.status, 'failed')
})

test('if the engine refuses writes for lack of disk space, the batch is refused as DISK_FULL', async (t) => {
  const place = await placeFor(t)
  await place.store.createGeneration(generation('g1'))
  const index = `/${place.settings.searchPrefix}reval-generation-g1-1`
  // What the engine itself sets when the disk passes its flood stage.
  await place.ask('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': true })
  await assert.rejects(place.store.write('g1', creates()), { code: 'DISK_FULL' })
  await place.ask('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': null })
  await written(place.store, ...creates())
})
