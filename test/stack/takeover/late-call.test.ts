import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RunView } from '../../../src/app/run-view.ts'
import { engineProxy, PASSED, type Answer, type SeenRequest } from '../index-store/engine-proxy.ts'
import { Installation } from '../job/installation.ts'
import { assertNextLeavesNothing, assertWhole, IS_OVERTAKEN, IS_WRITER } from './writers.ts'

interface LateCall {
  readonly what: string
  readonly isIt: (request: SeenRequest) => boolean
  /** Runs that are live before it. */
  readonly runs: number
  /** What the engine makes of it once two other runs are live. */
  readonly assertHarmless: (answer: Answer) => void
}

const isOfGeneration = (method: string) => (request: SeenRequest) =>
  request.method === method && /reval-generation-[^/]+-1(\?|$)/.test(request.path)

const CALLS: readonly LateCall[] = [
  {
    what: 'a bulk',
    isIt: ({ path }) => /reval-generation-[^/]+\/_bulk\b/.test(path),
    runs: 1,
    assertHarmless: ({ body }) => {
      const { items } = JSON.parse(body) as { items: readonly Readonly<Record<string, { status: number }>>[] }
      assert.ok(items.length > 0)
      for (const item of items) for (const { status } of Object.values(item)) assert.equal(status, 404)
    },
  },
  {
    what: 'the alias call',
    isIt: ({ path }) => path.startsWith('/_aliases'),
    runs: 1,
    assertHarmless: ({ status, body }) => assert.ok(status === 400 || status === 404, body),
  },
  {
    // What comes into being is on no record, and cleared away with the next run.
    what: 'making the generation',
    isIt: isOfGeneration('PUT'),
    runs: 1,
    assertHarmless: ({ status, body }) => assert.equal(status, 200, body),
  },
  {
    // The other has dropped it long ago, and nothing else has its name.
    what: 'dropping a generation',
    isIt: isOfGeneration('DELETE'),
    runs: 2,
    assertHarmless: ({ status, body }) => assert.equal(status, 404, body),
  },
  {
    what: 'a record of the run',
    isIt: ({ method, path }) => method === 'PUT' && /reval-ledger-records\/_doc\/run%3A/.test(path),
    runs: 1,
    assertHarmless: ({ status, body }) => assert.equal(status, 409, body),
  },
]

describe('a call of the writer that stays in flight until two other runs are live', { concurrency: 3 }, () => {
  for (const { what, isIt, runs, assertHarmless } of CALLS) {
    test(`${what}: it changes nothing that is needed`, async (t) => {
      const proxy = await engineProxy(t)
      const place = await Installation.make(t, { REVAL_WRITER_LEASE_SECONDS: '6', REVAL_MESSAGE_ROWS: '200' })
      await place.loadSample()
      const paused = await place.start('integration', { REVAL_SEARCH_URL: proxy.url })
      await paused.log('the lease', IS_WRITER)
      await place.startTogether(['tcs', 'recommendation', 'connection'])
      for (let run = 0; run < runs; run += 1) await place.sync()
      const other = await place.start('integration')

      const arrival = Promise.withResolvers<undefined>()
      const answered = Promise.withResolvers<Answer>()
      const left = Promise.withResolvers<undefined>()
      let isHeld = false
      proxy.fateOf = (request) => {
        if (isHeld || !isIt(request)) return PASSED
        isHeld = true
        paused.kill('SIGSTOP')
        left.resolve(undefined)
        return { kind: 'delayed', until: arrival.promise, answered: answered.resolve }
      }
      const sync = place.run(['sync', '--json'])
      await left.promise
      await other.log('the lease', IS_WRITER)
      assert.equal((await sync.end()).code, 0, sync.complaints)
      const run = JSON.parse(sync.output) as RunView
      await assertWhole(place)
      const next = await place.sync()
      assert.notEqual(next.id, run.id)
      await assertWhole(place)

      arrival.resolve(undefined)
      assertHarmless(await answered.promise)
      await assertWhole(place)
      paused.kill('SIGCONT')
      await paused.log('the loss of the lease', IS_OVERTAKEN)
      await assertNextLeavesNothing(place, other)
    })
  }
})
