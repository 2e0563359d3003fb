import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { HAPPENING, HELLO } from '../../../src/app/json/events.ts'
import { PROBLEM } from '../../../src/app/json/problem.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { altered } from '../../faults/altered.ts'
import { runToEnd } from '../job/workplace.ts'
import { EventClient } from './event-client.ts'
import { HttpInstallation } from './installation.ts'

const PATH = '/api/sync/events'

async function listening(
  t: TestContext,
  http: HttpInstallation,
  headers: Readonly<Record<string, string>> = {},
  query = '',
) {
  const client = await EventClient.open(http.server.address + PATH + query, headers)
  t.after(() => client.leave())
  return client
}

describe('the stream of events', () => {
  test('says hello, then what happens in a run, in order, in the documented form', async (t) => {
    const http = await HttpInstallation.make(t)
    const client = await listening(t, http)
    assert.match(client.headers.get('content-type') ?? '', /^text\/event-stream/)
    const first = await client.next()
    assert.deepEqual([first?.event, first?.retry], ['hello', 5_000])
    const { isKnown, live, current } = HELLO.parse(first?.data)
    assert.deepEqual([isKnown, live, current], [true, null, null])
    const run = await runToEnd(http.worker)
    assert.equal(run.state, 'live')
    await client.until('run.ended')
    const happened = client.messages.slice(1).map(({ event, data }) => {
      const happening = HAPPENING.parse(data)
      assert.equal(happening.event, event)
      return happening
    })
    const about = happened.filter((each) => each.run === run.id)
    assert.deepEqual(
      [about[0]?.event, about.at(-1)?.event, about.at(-1)?.state],
      ['run.requested', 'run.ended', 'live'],
    )
    const stages = about.filter(({ event }) => event === 'stage.finished').map(({ state }) => state)
    assert.deepEqual(stages.slice(0, 4), ['requested', 'trainees', 'doctors', 'lists'])
    assert.equal(about.at(-2)?.event, 'aliases.changed')
    // Counts only: no key of a row.
    assert.doesNotMatch(JSON.stringify(happened), /tcs-|gmc-|\b\d{7}\b/)
  })

  test('says the same to all, and goes on for the others if one leaves', async (t) => {
    const http = await HttpInstallation.make(t)
    const [one, other, left] = [await listening(t, http), await listening(t, http), await listening(t, http)]
    for (const each of [one, other, left]) await each.until('hello')
    left.leave()
    await runToEnd(http.worker)
    for (const each of [one, other]) await each.until('run.ended')
    const names = ({ messages }: EventClient) => messages.map(({ event }) => event)
    assert.deepEqual(names(one), names(other))
  })

  test('ends after the seconds that were asked for, and says when to connect again', async (t) => {
    const client = await listening(t, await HttpInstallation.make(t), {}, '?seconds=0')
    await client.until('hello')
    assert.deepEqual((await client.until('bye')).data, { again: 0 })
    assert.ok(await client.isAtEnd())
    const refused = await listening(t, await HttpInstallation.make(t), {}, '?seconds=1801')
    assert.equal(refused.status, 400)
  })

  test('ends with the server, which does not wait for its readers', async (t) => {
    const http = await HttpInstallation.make(t)
    const clients = await Promise.all(Array.from({ length: 10 }, () => listening(t, http)))
    for (const client of clients) await client.until('hello')
    await http.server.stop()
    for (const client of clients) {
      await client.until('bye')
      assert.ok(await client.isAtEnd())
    }
  })

  test('is refused beyond sixty in a process, and free again when one leaves', async (t) => {
    const http = await HttpInstallation.make(t)
    const clients = await Promise.all(Array.from({ length: 60 }, () => listening(t, http)))
    for (const client of clients) await client.until('hello')
    const refused = await http.get(PATH)
    assert.deepEqual([refused.status, PROBLEM.parse(refused.body).code], [503, 'TOO_MANY_STREAMS'])
    assert.equal(refused.headers.get('retry-after'), '5')
    clients[0]?.leave()
    let again = await http.get(`${PATH}?seconds=0`)
    while (again.status === 503) again = await http.get(`${PATH}?seconds=0`)
    assert.equal(again.status, 200)
  })

  test('is refused beyond six for one person, and needs a token', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_OPERATOR_TOKEN: 'secret token of operators' })
    const headers = { authorization: 'Bearer secret token of operators' }
    const clients = await Promise.all(Array.from({ length: 6 }, () => listening(t, http, headers)))
    for (const client of clients) await client.until('hello')
    assert.equal((await listening(t, http, headers)).status, 503)
    assert.equal((await listening(t, http)).status, 401)
  })

  test('stays open while the ledger is away, and says so', async (t) => {
    let isAway = false
    const http = await HttpInstallation.make(t, (backends) => ({
      ...backends,
      ledger: altered(backends.ledger, {
        ping: (own) => async () => {
          if (isAway) throw new RevalError('LEDGER_FAILED', 'away', { transient: true })
          await own()
        },
      }),
    }))
    const client = await listening(t, http)
    await client.until('hello')
    isAway = true
    await client.until('health.changed', (data) => HAPPENING.parse(data).text.includes('Data directory is away'))
  })
})
