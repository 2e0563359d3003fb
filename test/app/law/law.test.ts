import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { Chance } from '../../faults/chance.ts'
import { DAYS, HAPPENING } from '../../sync/refresh/happenings.ts'
import { doctor, trainee } from '../../sync/refresh/refreshing.ts'
import { LawPlace } from './law-place.ts'

/** `npm run test:law` asks for more. */
const CASES = Number(process.env.LAW_CASES ?? 20)
/** With the same seed nearly the same happens again; the order of what goes on at once may differ. */
const SEED = Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 1e6))

const installed = LawPlace.forFile(SEED)

/** Something happens, in the midst of what goes on. The odds are those of the numbers. */
async function next(place: LawPlace, chance: Chance): Promise<void> {
  const happening = () => fc.sample(HAPPENING, { numRuns: 1, seed: chance.below(2 ** 31) })[0] ?? assert.fail()
  const what = chance.below(14)
  if (what < 5) await place.happen(Array.from({ length: 1 + chance.below(3) }, happening))
  else if (what < 7) await place.request(DAYS[chance.below(2)] ?? DAYS[0])
  else if (what < 8) await place.ask('rollback')
  else if (what < 9) await place.ask('promote')
  else if (what < 10) place.dieAfter(chance.below(120))
  else if (what < 11) place.dieWriting()
  else if (what < 12) await place.arrive()
  else for (let turns = chance.below(200); turns > 0; turns -= 1) await turn()
}

test(`${CASES} cases (seed ${SEED}): every kept generation equals a rebuild from the final sources`, async (t) => {
  const place = installed()
  const chance = new Chance(SEED)
  await place.happen([trainee(1, '1111111'), doctor('1111111'), doctor('2222222')])
  await place.request(DAYS[0])
  await place.settle()
  for (let at = 1; at <= CASES; at += 1) {
    for (let events = 2 + chance.below(6); events > 0; events -= 1) {
      await next(place, chance)
      await place.ensureAlive()
    }
    await place.settle()
    if (chance.happens(0.5)) await place.arrive()
    try {
      await place.judge()
    } catch (error) {
      throw new Error(`case ${at} of seed ${SEED}`, { cause: error })
    }
  }
  t.diagnostic(JSON.stringify(place.counts))
})
