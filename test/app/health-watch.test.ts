import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HealthWatch, type HealthChange } from '../../src/app/health/health-watch.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import { ManualClock } from '../clock/manual-clock.ts'

/** Two servers, of which one can be away. */
function watched() {
  const clock = new ManualClock()
  const asked = { count: 0, isAway: false }
  const ping = () => {
    asked.count += 1
    return asked.isAway ? Promise.reject(new RevalError('SERVER_UNREACHABLE', 'connection refused')) : Promise.resolve()
  }
  const watch = new HealthWatch(
    [
      { name: 'one', ping },
      { name: 'other', ping: () => Promise.resolve() },
    ],
    clock,
  )
  const changes: HealthChange[] = []
  const end = watch.onChange((change) => changes.push(change))
  const first = () => watch.serversView().servers[0]
  /** Time passes, so that what is known is not fresh. */
  const later = async (ms = 5_000) => {
    await clock.advance(ms)
    return (await watch.check()).servers[0]
  }
  return { clock, asked, watch, changes, end, first, later }
}

describe('the health of servers', () => {
  test('is unknown before they answered, and known after that', async () => {
    const { watch, first, clock } = watched()
    assert.deepEqual(first(), { name: 'one', state: 'unknown', since: null, answeredInMs: null, fault: null })
    assert.equal((await watch.check()).asOf, clock.now())
    assert.deepEqual(first(), { name: 'one', state: 'working', since: clock.now(), answeredInMs: 0, fault: null })
  })

  test('is asked for once, however many want to know, and again once it is not fresh', async () => {
    const { watch, asked, later } = watched()
    await Promise.all(Array.from({ length: 200 }, () => watch.check()))
    for (let each = 0; each < 200; each += 1) watch.serversView()
    assert.equal(asked.count, 1)
    await later(2_999)
    assert.equal(asked.count, 1)
    await later(1)
    assert.equal(asked.count, 2)
  })

  test('says since when a server is away, why, and since when it is back', async () => {
    const { clock, asked, later, changes, end } = watched()
    const began = clock.now()
    assert.equal((await later())?.state, 'working')
    asked.isAway = true
    const fault = { code: 'SERVER_UNREACHABLE', reason: 'connection refused' }
    const away = { name: 'one', state: 'away', since: began + 10_000, answeredInMs: null }
    assert.deepEqual(await later(), { ...away, fault: { ...fault, at: began + 10_000 } })
    assert.deepEqual(await later(), { ...away, fault: { ...fault, at: began + 15_000 } })
    asked.isAway = false
    const back = { name: 'one', state: 'working', since: began + 20_000, answeredInMs: 0 }
    assert.deepEqual(await later(), { ...back, fault: { ...fault, at: began + 15_000 } })
    assert.deepEqual(
      changes.map(({ server }) => server.state),
      ['away', 'working'],
    )
    end()
    asked.isAway = true
    await later()
    assert.equal(changes.length, 2)
  })

  test('is news if a server is away at first', async () => {
    const { asked, later, changes } = watched()
    asked.isAway = true
    await later()
    assert.deepEqual(
      changes.map(({ server }) => server.state),
      ['away'],
    )
  })

  test('of one that never answers is away, and it is not asked again meanwhile', async () => {
    const clock = new ManualClock()
    const hanging = Promise.withResolvers<undefined>()
    let asked = 0
    const ping = async () => {
      asked += 1
      await hanging.promise
    }
    const watch = new HealthWatch([{ name: 'one', ping }], clock)
    assert.equal((await watch.check()).servers[0]?.fault?.reason, 'no answer within 2000 ms')
    await clock.advance(5_000)
    const late = watch.check()
    hanging.resolve(undefined)
    assert.deepEqual([(await late).servers[0]?.state, asked], ['working', 1])
  })
})
