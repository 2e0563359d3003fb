import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backendsOf } from '../../../src/app/backends.ts'
import { fillWithDemo } from '../../../src/app/demo/fill-with-demo.ts'
import { startWorkerOn } from '../../../src/app/worker.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { runToEnd, UNJUDGED } from '../../app/job/workplace.ts'
import { verifiesPlanted } from '../../app/proof/planted-differences.ts'
import { askEngine } from '../index-store/search-place.ts'
import { plantIn, SEARCH_KEYS } from '../index-store/search-planting.ts'
import { newNamespace } from '../job/namespace.ts'
import { servers } from '../servers.ts'

const cases = Number(process.env.PLANTED_CASES ?? 5)
const seed = Number(process.env.PLANTED_SEED ?? Math.floor(Math.random() * 1e6))

test(`${cases} cases (seed ${seed}) of differences in live: a verification names and mends exactly those`, async (t) => {
  const namespace = await newNamespace()
  t.after(() => namespace.remove())
  const config = readConfig({
    ...environment(),
    ...namespace.environment,
    ...UNJUDGED,
    REVAL_POLL_MS: '10',
    REVAL_SQS_WAIT_SECONDS: '1',
    // The sources do not change, so no message is on its way.
    REVAL_VERIFY_SETTLE_SECONDS: '0',
  })
  const set = await backendsOf(config)
  const filling = await set.openFilling(config, { force: false })
  await fillWithDemo(filling.sources, { doctors: 40, seed: 1 })
  await filling.close()
  const worker = await startWorkerOn(await set.openWorker(config, SERVICE_NAMES), config)
  t.after(() => worker.stop())
  const { state, failure } = await runToEnd(worker)
  assert.equal(state, 'live', failure?.reason)
  const ask = (method: string, path: string, body?: object) => askEngine(servers.search.url, method, path, body)
  const plant = plantIn({ ask, searchPrefix: `${namespace.prefix}-` })
  const counts = await verifiesPlanted({ worker, plant, keys: Object.keys(SEARCH_KEYS) }, { cases, seed })
  t.diagnostic(JSON.stringify(counts))
})
