import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { LIST_NAMES } from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
import { aDoctor, aNumber, aRow, aTrainee } from '../../domain/examples.ts'
import { assertTables, PEOPLE } from '../../contract/index-store/table-rows.ts'
import {
  capturedCalls,
  LAYOUTS,
  nameIn,
  send,
  shownBy,
  type EngineAnswer,
  type EngineCall,
} from './java-engine-calls.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

/** The doctor of the captures: connected, and an exception by a reason, which the message of the change did not carry. */
const CHANGED = aRow('tcs-1799', {
  trainee: aTrainee({ tcsPersonId: 1799, gmcReferenceNumber: '1142631' }),
  doctor: aDoctor({ gmcReferenceNumber: aNumber('1142631'), designatedBodyCode: '1-1RSSQ2H' }),
  reason: 'Missing body',
})
const ROWS: readonly Row[] = [CHANGED, ...PEOPLE]

async function placeWith(t: TestContext, layout: keyof typeof LAYOUTS): Promise<SearchPlace> {
  const place = await placeFor(t)
  await LAYOUTS[layout](place, ROWS)
  return place
}

/** Deletes an index, or creates one: what the Java services do on `getMaster`, and where a name is free. */
const changesName = ({ method, url }: EngineCall) => /^\/[a-z]+(\?|$)/.test(url) && ['DELETE', 'PUT'].includes(method)

interface Body {
  readonly deleted?: number
  readonly result?: string
  readonly hits?: { readonly total: { readonly value: number }; readonly hits: readonly { readonly _id: string }[] }
}

/** The calls in order, one answer each. A document is written under the id that the last search found, as the service does. */
async function* replayed(place: SearchPlace, calls: readonly EngineCall[]): AsyncGenerator<[EngineCall, EngineAnswer]> {
  let foundId: string | undefined
  for (const call of calls) {
    const url = call.url.replace(/\/_doc\/[^?]+/, `/_doc/${encodeURIComponent(foundId ?? '')}`)
    const answer = await send(place, { ...call, url })
    foundId = (answer.body as Body | null)?.hits?.hits[0]?._id ?? foundId
    yield [call, answer]
  }
}

/** What of an answer a Java service goes by. */
function meaning({ status, body }: EngineAnswer): object {
  const { deleted, result, hits } = (body ?? {}) as Body
  return { status, deleted, result, total: hits?.total.value }
}

for (const service of ['recommendation', 'connection'] as const) {
  describe(`what a Java ${service} was seen to ask the engine for`, () => {
    test('is answered by tables as by its own indexes, changes the same lists, and never the master', async (t) => {
      const [own, tables] = [await placeWith(t, 'java'), await placeWith(t, 'tables')]
      const calls = (await capturedCalls(service)).filter((call) => nameIn(call) !== null)
      const { masterdoctorindex } = await shownBy(tables)
      // Its own indexes would be gone; names of tables are covered below.
      const answers = replayed(
        own,
        calls.filter((call) => !changesName(call)),
      )
      for await (const [call, answer] of replayed(tables, calls)) {
        if (changesName(call)) assert.equal(answer.status, 400, call.url)
        else {
          const expected = (await answers.next()).value as [EngineCall, EngineAnswer]
          assert.deepEqual(meaning(answer), meaning(expected[1]), `${call.method} ${call.url}`)
        }
        await shownBy(own)
        assert.deepEqual((await shownBy(tables)).masterdoctorindex, masterdoctorindex, `${call.method} ${call.url}`)
      }
      const [left, expected] = [await shownBy(tables), await shownBy(own)]
      for (const list of LIST_NAMES) assert.deepEqual(left[list], expected[list], list)
    })
  })
}

describe('on views', () => {
  test('nothing that a Java recommendation was seen to ask for changes anything', async (t) => {
    const views = await placeWith(t, 'views')
    const before = await shownBy(views)
    const refused: string[] = []
    for await (const [call, { status }] of replayed(views, await capturedCalls('recommendation'))) {
      if (status >= 400) refused.push(`${call.method} ${nameIn(call) ?? ''}`)
    }
    assert.deepEqual(await shownBy(views), before)
    assert.deepEqual(refused, ['DELETE recommendationindex', 'PUT recommendationindex', 'PUT recommendationindex'])
  })

  test('one call of a Java connection deletes a doctor from the master: it is why integration refuses views beside it', async (t) => {
    const views = await placeWith(t, 'views')
    const lossy: EngineCall[] = []
    let { masterdoctorindex: before } = await shownBy(views)
    for await (const [call] of replayed(views, await capturedCalls('connection'))) {
      const { masterdoctorindex: after } = await shownBy(views)
      if (after.length < before.length) lossy.push(call)
      else assert.deepEqual(after, before)
      before = after
    }
    assert.equal(lossy.length, 1)
    assert.match(`${lossy[0]?.url} ${lossy[0]?.body}`, /^\/exceptionindex\/_delete_by_query.*"query":"1142631"/)
    const { store } = views
    assert.deepEqual(await store.get('g1', [CHANGED.id]), [])
    assert.equal(
      (
        await store.get(
          'g1',
          PEOPLE.map(({ id }) => id),
        )
      ).length,
      PEOPLE.length,
    )
  })
})

test('a doctor disconnected by hand in a Java connection is in one list, once, as soon as our change comes', async (t) => {
  const place = await placeWith(t, 'tables')
  const calls = await capturedCalls('connection')
  const { masterdoctorindex } = await shownBy(place)
  // It finds the row in the master, cannot save it there, and goes on with its lists.
  const saved = JSON.stringify({ tcsPersonId: 1799, gmcReferenceNumber: '1142631', connectionStatus: 'No' })
  const refused = await send(place, { method: 'PUT', url: `/masterdoctorindex/_doc/${CHANGED.id}`, body: saved })
  assert.equal(refused.status, 400)
  const made = await send(place, { method: 'POST', url: '/disconnectedindex/_doc?refresh=true', body: saved })
  assert.equal(made.status, 201)
  for (const call of calls.filter(({ url }) => url.startsWith('/exceptionindex/_delete_by_query'))) {
    const url = call.url.replace('exceptionindex', 'connectedindex')
    assert.equal((await send(place, { ...call, url })).status, 200)
  }
  assert.deepEqual((await shownBy(place)).masterdoctorindex, masterdoctorindex)

  // What the writer does at the change that MongoDB then announces.
  const { store } = place
  const [found] = await store.get('g1', [CHANGED.id])
  assert.ok(found && CHANGED.parts.doctor)
  const doctor = { ...CHANGED.parts.doctor, designatedBodyCode: null }
  const row = { ...CHANGED, parts: { ...CHANGED.parts, doctor } }
  await store.write('g1', [{ op: 'replace', row, token: found.token }])
  await store.mendTables('g1', [CHANGED.id])
  await assertTables(store, 'g1', [row, ...PEOPLE])
})

describe('the name of the master index', () => {
  for (const layout of ['tables', 'views'] as const) {
    test(`cannot be written, deleted or created by a Java service (${layout})`, async (t) => {
      const place = await placeWith(t, layout)
      const before = await shownBy(place)
      const document = JSON.stringify({ gmcReferenceNumber: '1142631', tcsPersonId: 1799 })
      for (const [method, path, body] of [
        ['POST', '/_doc', document],
        ['PUT', `/_doc/${CHANGED.id}`, document],
        ['DELETE', '', ''],
        ['PUT', '', '{"settings":{},"aliases":{}}'],
      ] as const) {
        const { status } = await send(place, { method, url: `/masterdoctorindex${path}`, body })
        assert.equal(status, 400, `${method} ${path}`)
      }
      assert.deepEqual(await shownBy(place), before)
    })
  }
})
