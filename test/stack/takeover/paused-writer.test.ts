import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { RunView } from '../../../src/app/run-view.ts'
import { engineProxy, PASSED, type SeenRequest } from '../index-store/engine-proxy.ts'
import { Installation } from '../job/installation.ts'
import { MOMENTS, type Moment } from './moments.ts'
import {
  assertNextLeavesNothing,
  assertWhole,
  BEGAN,
  happened,
  IS_OVERTAKEN,
  IS_WRITER,
  runOf,
  startChild,
} from './writers.ts'

const LEASE_SECONDS = 6

const SETTINGS = {
  REVAL_WRITER_LEASE_SECONDS: String(LEASE_SECONDS),
  REVAL_MESSAGE_ROWS: '200',
  // So that there is something to clear up.
  REVAL_KEEP_RUNS: '1',
}

/** What a process sends to the engine, through a proxy of its own. */
async function overheard(t: TestContext) {
  const proxy = await engineProxy(t)
  const seen: SeenRequest[] = []
  proxy.fateOf = (request) => {
    seen.push(request)
    return PASSED
  }
  return { url: proxy.url, seen }
}

/** Whether a request would change what is stored; a refresh only shows it. */
function changes({ method, path }: SeenRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return !/_(search|mget|count|refresh|pit)\b/.test(path)
}

/**
 * What may still be sent after the pause: failures and clearings are about what nobody else needs, and are asked for
 * before and not in the tick in which they are sent.
 */
function mayStillSend({ moment }: Moment, { path }: SeenRequest): boolean {
  return /^ledger\.(addFailures|tidy|forget)/.test(moment) && path.includes('reval-ledger-')
}

describe('a writer that is paused for longer than its lease', { concurrency: 3 }, () => {
  for (const each of MOMENTS) {
    const { stage, where, moment, runs, found } = each
    test(`${stage}, ${where} (${moment}): the other's run is live, and the paused one changes nothing any more`, async (t) => {
      const place = await Installation.make(t, SETTINGS)
      await place.loadSample()
      const { url, seen } = await overheard(t)
      const happening = { ...each, what: 'SIGSTOP' }
      const paused = startChild(place, happening, { REVAL_SEARCH_URL: url })
      await paused.log('the lease', IS_WRITER)
      await place.startTogether(['tcs', 'recommendation', 'connection'])
      for (let run = 0; run < runs; run += 1) await place.sync()

      const other = await place.start('integration')
      const sync = place.run(['sync', '--json'])
      await happened(paused, happening)
      await other.log('the lease', IS_WRITER)
      assert.equal((await sync.end()).code, 0, sync.complaints)
      const run = JSON.parse(sync.output) as RunView
      assert.equal(run.state, 'live')
      assert.deepEqual(
        run.restarts.map(({ cause }) => cause),
        BEGAN[found],
      )
      const term = (await runOf(place, run.id)).term ?? 0
      assert.equal(term, found === 'finishes' ? 1 : 2)
      await assertWhole(place)

      const before = seen.length
      paused.kill('SIGCONT')
      await paused.log('the loss of the lease', IS_OVERTAKEN)
      await assertWhole(place)
      const next = await assertNextLeavesNothing(place, other)
      assert.deepEqual(next.restarts, [])
      assert.equal(other.logged.filter(IS_OVERTAKEN).length, 0, 'the other lost its lease')
      const sent = seen.slice(before).filter((request) => changes(request) && !mayStillSend(each, request))
      assert.deepEqual(sent, [])
      assert.ok(seen.length > before, 'it stands by, and looks at the lease')
    })
  }
})
