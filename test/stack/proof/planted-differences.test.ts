import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runToEnd } from '../../app/job/workplace.ts'
import { verifiesPlanted } from '../../app/proof/planted-differences.ts'
import { askEngine } from '../index-store/search-place.ts'
import { plantIn, SEARCH_KEYS } from '../index-store/search-planting.ts'
import { servers } from '../servers.ts'
import { workerOnServers } from './worker-on-servers.ts'

const cases = Number(process.env.PLANTED_CASES ?? 5)
const seed = Number(process.env.PLANTED_SEED ?? Math.floor(Math.random() * 1e6))

test(`${cases} cases (seed ${seed}) of differences in live: a verification names and repairs exactly those`, async (t) => {
  // The sources do not change, so no message is on its way.
  const { worker, namespace } = await workerOnServers(t, { REVAL_VERIFY_SETTLE_SECONDS: '0' })
  const { state, failure } = await runToEnd(worker)
  assert.equal(state, 'live', failure?.reason)
  const ask = (method: string, path: string, body?: object) => askEngine(servers.search.url, method, path, body)
  const plant = plantIn({ ask, searchPrefix: `${namespace.prefix}-` })
  const counts = await verifiesPlanted({ worker, plant, keys: Object.keys(SEARCH_KEYS) }, { cases, seed })
  t.diagnostic(JSON.stringify(counts))
})
