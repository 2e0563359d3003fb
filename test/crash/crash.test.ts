import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { expectedDocuments, runToEnd, UNJUDGED, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, assertOneOf, carryOn, child, killedAt, runAnew } from './crashing.ts'

/** Between any two durable steps of a run of the sample: where it is killed, and the n-th of which moment that is. */
const STEPS: readonly (readonly [where: string, moment: string, nth?: number])[] = [
  ['the run is requested and has no record', 'ledger.save installation after'],
  ['its generation has an id but does not exist', 'ledger.save run requested after', 2],
  ['the trainees are claimed and none is sent', 'ledger.save claim trainees after'],
  ['some trainees are in the workspace and not acknowledged', 'workspace.addTrainees after', 2],
  ['all trainees are sent and the claim has not ended', 'ledger.save claim trainees before', 3],
  ['the claim of the trainees has ended', 'ledger.save claim trainees after', 3],
  ['the doctors have started and nothing was sent', 'ledger.save run doctors after'],
  ['some doctors are written and not acknowledged', 'store.write after', 2],
  ['trainees without a doctor are being written', 'workspace.unjoined after', 1],
  ['the claim of the doctors has ended', 'ledger.save claim doctors after', 3],
  ['one of the lists is done', 'ledger.save claim lists after', 4],
  ['the generation catches up', 'ledger.save run catching up after'],
  ['the checks are passed', 'ledger.save run promoting after'],
  ['the ledger says that the aliases are moving', 'store.promote before'],
  ['the aliases have moved', 'store.promote after'],
  ['the ledger says that the aliases have moved', 'ledger.save run live before'],
  ['the run has ended and is still the current one', 'ledger.save run live after'],
  ['the run is no longer current, and the oldest generation exists', 'store.dropGeneration before'],
]

/** And where the lists are tables. */
const STEPS_WITH_TABLES: typeof STEPS = [
  ['the tables are to be filled', 'store.fillTables before'],
  ['the tables are filled, and no record says so', 'store.fillTables after'],
  ['the rows of the tables are counted', 'store.countTables after'],
  ['tables are live', 'store.promote after'],
]
const TABLES = { ...UNJUDGED, REVAL_LISTS: 'tables' }

/** Rounds of killing at a random operation. The seed is printed. */
const ROUNDS = 3
const seed = Math.floor(Math.random() * 1e6)

describe('killed at any moment, the next start ends with correct lists', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  const expected = expectedDocuments()
  /** A generation is live and one is before it; the sample waits in the sources. */
  let base: Workplace
  let former: Documents
  /** How many operations a whole run has, apart from polling. */
  let operations: number

  before(async () => {
    base = await Workplace.make({ after: (clean) => cleanup.push(clean) }, UNJUDGED)
    await base.makeDemo(60)
    const worker = await base.start()
    for (let runs = 0; runs < 2; runs += 1) assert.equal((await runToEnd(worker)).state, 'live')
    await worker.stop()
    former = await base.documents()
    await base.loadSample()
    const whole = await Workplace.copyOf({ after: (clean) => cleanup.push(clean) }, base, UNJUDGED)
    const seen = JSON.parse((await child(whole, 'sync')).output) as { readonly any: number }
    operations = seen.any
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  async function assertRecovers(place: Workplace): Promise<void> {
    await assertOneOf(place, former, expected)
    const { run } = await carryOn(place)
    // Killed before it requested a run; if killed after the end of one, the sample is live already.
    if (run === null && isDeepStrictEqual(await place.documents(), former)) await runAnew(place)
    const [last] = await place.reading(({ ledger }) => ledger.runs(1))
    assert.equal(last?.state, 'live', last?.failure?.reason)
    assert.deepEqual(await place.documents(), expected)
    await assertNothingLeft(place)
  }

  for (const [where, moment, nth] of STEPS) {
    test(where, async (t) => {
      const place = await Workplace.copyOf(t, base, UNJUDGED)
      await killedAt(place, 'sync', moment, nth)
      await assertRecovers(place)
    })
  }

  for (const [where, moment, nth] of STEPS_WITH_TABLES) {
    test(`${where} (tables)`, async (t) => {
      const place = await Workplace.copyOf(t, base, TABLES)
      await killedAt(place, 'sync', moment, nth)
      await assertRecovers(place)
    })
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    // The golden ratio spreads a few numbers well, wherever they start.
    const share = (seed / 1e6 + round * 0.618_034) % 1
    test(`after ${Math.round(share * 100)} % of its operations (seed ${seed}, round ${round})`, async (t) => {
      const place = await Workplace.copyOf(t, base, round % 2 === 0 ? TABLES : UNJUDGED)
      // A run may have fewer operations than another: messages are handled in groups of whatever has arrived.
      await killedAt(place, 'sync', 'any', Math.max(1, Math.floor(share * 0.9 * operations)))
      await assertRecovers(place)
    })
  }
})
