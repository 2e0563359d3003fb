import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Stage } from '../../../src/ports/run-ledger.ts'
import type { RunView } from '../../../src/app/run-view.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { expectedDocuments } from '../../app/job/workplace.ts'
import { engineProxy, PASSED } from '../index-store/engine-proxy.ts'
import { Installation } from './installation.ts'

const LEASE_SECONDS = 2
/** Longer than a command takes to see that its run is over. */
const CLEARING_MS = 3_000
/** The aliases move in the last stage, so that the engine stalls while what became of them is not known. */
const STAGES: readonly Stage[] = ['trainees', 'doctors', 'lists', 'promoting']

describe('an engine that stalls for longer than the lease, without a takeover', () => {
  test(`in each stage (${STAGES.join(', ')}): the lease is regained and the run goes on`, async (t) => {
    const proxy = await engineProxy(t)
    const place = await Installation.make(t, {
      REVAL_SEARCH_URL: proxy.url,
      REVAL_WRITER_LEASE_SECONDS: String(LEASE_SECONDS),
      // The senders stall as well, and are not thought dead for it.
      REVAL_LEASE_SECONDS: '30',
      REVAL_MESSAGE_ROWS: '100',
    })
    await place.loadSample()
    const integration = await place.start('integration')
    await place.startTogether(['tcs', 'recommendation', 'connection'])
    const sync = place.run(['sync', '--json'])
    const losses = (msg: RegExp) => integration.logged.filter((line) => msg.test(line.msg)).length
    for (const [at, stage] of STAGES.entries()) {
      await integration.log(stage, (line) => line.msg === 'stage started' && line.stage === stage)
      const gate = Promise.withResolvers<undefined>()
      proxy.fateOf = () => ({ kind: 'delayed', until: gate.promise })
      await integration.until('the end of its trust', () => (losses(/lease expired/) > at ? true : null))
      // Long enough that another process would have taken over by now.
      await pause(LEASE_SECONDS * 1_000)
      proxy.fateOf = () => PASSED
      gate.resolve(undefined)
      await integration.until('the lease', () => (losses(/lease renewed/) > at ? true : null))
    }
    assert.equal((await sync.end()).code, 0, sync.complaints)
    const run = JSON.parse(sync.output) as RunView
    assert.deepEqual(run.restarts, [])
    assert.equal(losses(/another process is now the writer/), 0)
    assert.deepEqual(await place.documents(), expectedDocuments())
  })
})

test('reval sync ends once the writer has made way for the next command, however long that takes', async (t) => {
  const proxy = await engineProxy(t)
  const place = await Installation.make(t)
  await place.loadSample()
  await place.start('integration', { REVAL_SEARCH_URL: proxy.url })
  await place.startTogether(['tcs', 'recommendation', 'connection'])
  // Claims of the run are removed when it is over, before the installation lets go of it.
  proxy.fateOf = ({ path }) =>
    path.includes('_delete_by_query') ? { kind: 'delayed', until: pause(CLEARING_MS) } : PASSED
  await place.sync()
  const { currentRun } = await place.reading(({ ledger }) => readInstallation(ledger))
  assert.equal(currentRun, null)
})
