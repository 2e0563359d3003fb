import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plantInFile, SQLITE_KEYS } from '../../adapters/index-store/sqlite-planting.ts'
import { runToEnd, UNJUDGED, Workplace } from '../job/workplace.ts'
import { verifiesPlanted } from './planted-differences.ts'

const cases = Number(process.env.PLANTED_CASES ?? 25)
const seed = Number(process.env.PLANTED_SEED ?? Math.floor(Math.random() * 1e6))

test(`${cases} cases (seed ${seed}) of differences in live: a verification names and repairs exactly those`, async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  await place.makeDemo(40)
  const worker = await place.start()
  const { state, failure } = await runToEnd(worker)
  assert.equal(state, 'live', failure?.reason)
  const counts = await verifiesPlanted(
    {
      worker,
      plant: (generation, id, planted) => plantInFile(place.directory, generation, id, planted),
      keys: Object.keys(SQLITE_KEYS),
    },
    { cases, seed },
  )
  t.diagnostic(JSON.stringify(counts))
})
