import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { expectedDocuments, runToEnd, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, carryOnOrRun, child } from './crashing.ts'

/**
 * One process for another is killed between every two durable steps, or in strides where there are many: `share` is
 * where among all of that moment, from 0 to 1.
 */
const POINTS: readonly (readonly [moment: string, share: number])[] = [
  ...[0, 0.3, 0.75, 0.9, 0.95, 1].map((share) => ['ledger.save before', share] as const),
  ...[0.1, 0.92].map((share) => ['ledger.save after', share] as const),
  ['store.createGeneration after', 0],
  ['store.write after', 0.8],
  ['store.write before', 1],
  ['ledger.addReceipts after', 0.5],
  ['ledger.addReceipts after', 1],
  // Between a sender's claim and its end: its first message, and the last, which is the end message or the command.
  ['broker.publish after', 0],
  ['broker.publish before', 1],
  ['store.makeVisible after', 0.5],
  ['store.makeVisible after', 1],
  ['store.count before', 1],
  ['store.promote before', 0],
  ['store.promote after', 0],
  ['ledger.tidy before', 0],
]

describe('killed at any moment, the next start ends with the right lists', { concurrency: 2, timeout: 100_000 }, () => {
  let cleanup: (() => Promise<void>)[] = []
  let base: Workplace
  let former: Documents
  let times: Record<string, number>

  before(async () => {
    const owner = { after: (clean: () => Promise<void>) => cleanup.push(clean) }
    base = await Workplace.make(owner)
    await base.makeDemo(60)
    const worker = await base.start()
    assert.equal((await runToEnd(worker)).state, 'live')
    await worker.stop()
    former = await base.documents()
    await base.loadSample()
    const counted = await Workplace.copyOf(owner, base)
    const { output } = await child(counted, 'sync')
    times = JSON.parse(output) as Record<string, number>
    assert.deepEqual(await counted.documents(), expectedDocuments())
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
    cleanup = []
  })

  for (const [moment, share] of POINTS) {
    test(`${moment}, ${share * 100} % of the way`, async (t) => {
      const place = await Workplace.copyOf(t, base)
      const all = times[moment] ?? 0
      assert.ok(all > 0, `there is no such moment: ${Object.keys(times).join(', ')}`)
      const { signal } = await child(place, 'sync', moment, String(1 + Math.round(share * (all - 1))))
      assert.equal(signal, 'SIGKILL')
      // Between the crash and the next start, readers see one whole set: the former or the new one.
      const meanwhile = await place.documents()
      const whole = [former, expectedDocuments()].filter((each) => JSON.stringify(each) === JSON.stringify(meanwhile))
      assert.equal(whole.length, 1, 'what is live is neither the former lists nor the new ones')
      const run = await carryOnOrRun(place)
      assert.equal(run.state, 'live', run.failure?.reason)
      assert.deepEqual(await place.documents(), expectedDocuments())
      await assertNothingLeft(place)
    })
  }
})
