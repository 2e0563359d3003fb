import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Chance } from '../../faults/chance.ts'
import { DAYS, HAPPENING } from '../../sync/refresh/happenings.ts'
import { doctor, trainee } from '../../sync/refresh/refreshing.ts'
import type { Happening } from '../../sync/refresh/world.ts'
import type { LawPlace } from './law-place.ts'

export interface Cases {
  readonly count: number
  /** With the same seed nearly the same happens again; the order of what goes on at once may differ. */
  readonly seed: number
  /** What the sources can store of a happening. */
  readonly storable?: (happening: Happening) => Happening
}

/** Cases one after another, each of a few events in the midst of what goes on. After each, all settles and is judged. */
export async function runCases(place: LawPlace, { count, seed, storable = (each) => each }: Cases): Promise<void> {
  const chance = new Chance(seed)
  const happening = () =>
    storable(fc.sample(HAPPENING, { numRuns: 1, seed: chance.below(2 ** 31) })[0] ?? assert.fail())
  await place.happen([trainee(1, '1111111'), doctor('1111111'), doctor('2222222')])
  await place.request(DAYS[0])
  await place.settle()
  for (let at = 1; at <= count; at += 1) {
    for (let events = 2 + chance.below(6); events > 0; events -= 1) {
      await next(place, chance, happening)
      await place.ensureAlive()
    }
    try {
      await place.settle()
      if (chance.happens(0.5)) await place.arrive()
      await place.judge()
    } catch (error) {
      throw new Error(`case ${at} of seed ${seed}`, { cause: error })
    }
  }
}

/** The odds are those of the numbers. */
async function next(place: LawPlace, chance: Chance, happening: () => Happening): Promise<void> {
  const what = chance.below(17)
  if (what < 5) await place.happen(Array.from({ length: 1 + chance.below(3) }, happening))
  else if (what < 7) await place.request(DAYS[chance.below(2)] ?? DAYS[0])
  else if (what < 8) await place.ask('rollback')
  else if (what < 9) await place.ask('promote')
  else if (what < 10) place.dieAfter(chance.below(120))
  else if (what < 11) place.dieWriting()
  else if (what < 12) await place.arrive()
  else if (what < 15) await place.verify()
  else for (let pauses = chance.below(15); pauses > 0; pauses -= 1) await place.pause()
}
