import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readErasures } from '../../src/sync/erase/erasures.ts'
import { readInbox } from '../../src/sync/records.ts'
import { DAY, runToEnd, startRun, until, Workplace } from '../app/job/workplace.ts'
import { assertNothingLeft, carryOn, killedAt } from './crashing.ts'

/** Between any two durable steps of an erasure. */
const STEPS: readonly (readonly [where: string, moment: string, nth: number])[] = [
  ['it is requested', 'ledger.save inbox after', 1],
  ['it is on record and nothing is removed', 'ledger.save erasures after', 1],
  ['the failed rows are removed', 'ledger.removeFailures after', 1],
  ['the records are masked', 'store.write before', 1],
  ['the row of previous is removed', 'store.write after', 1],
  ['the row of live is removed', 'store.write after', 2],
  ['it is done but not answered', 'ledger.save inbox before', 2],
]

describe('killed while erasing tcs-8, the next start has erased everything', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  let base: Workplace

  before(async () => {
    base = await Workplace.make({ after: (clean) => cleanup.push(clean) })
    await base.loadFew()
    const worker = await base.start()
    await runToEnd(worker)
    const { id } = await runToEnd(worker, DAY, { expect: 'without 7000008' })
    const { live } = await base.installation()
    assert.equal(live?.run, id)
    const failed = { run: id, stage: 'trainees', at: 1, code: 'ROW_DATE_IMPOSSIBLE', reason: 'so' } as const
    await worker.context.ledger.addFailures([
      { ...failed, generation: live.generation, key: 'gmc-7000008' },
      { ...failed, generation: live.generation, key: 'tcs-9' },
    ])
    await worker.stop()
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  for (const [where, moment, nth] of STEPS) {
    test(where, async (t) => {
      const place = await Workplace.copyOf(t, base)
      await killedAt(place, 'erase', moment, nth)
      const { requests } = await carryOn(place)
      const erased = { rows: { live: 1, previous: 1, heldBack: 0 }, failedRows: 1, deadLetters: 0, records: 1 }
      const [request] = requests
      assert.deepEqual([requests.length, request?.kind, request?.scope], [1, 'erase', null])
      assert.partialDeepStrictEqual(request?.answer, { ok: true, erasure: { erased } })
      const { live, previous } = await place.installation()
      for (const kept of [live, previous]) {
        const documents = await place.documents(kept?.generation)
        assert.ok(documents.masterdoctorindex.length > 10)
        assert.doesNotMatch(JSON.stringify(documents), /7000008/)
      }
      await place.reading(async ({ ledger }) => {
        const failures = await ledger.failures(live?.generation ?? '', 10)
        assert.deepEqual(
          failures.map(({ key }) => key),
          ['tcs-9'],
        )
        assert.equal((await ledger.read('run', live?.run ?? ''))?.value.expect, 'without …')
        assert.deepEqual(
          (await readErasures(ledger)).map((each) => [each.by, each.why, each.erased]),
          [['child', 'a test', erased]],
        )
      })
      await assertNothingLeft(place)
    })
  }

  test('and if a run is started first, the erasure is finished after it, in the new generation too', async (t) => {
    const place = await Workplace.copyOf(t, base)
    await killedAt(place, 'erase', 'store.write after')
    const worker = await place.start()
    const { id, ended } = await startRun(worker)
    assert.equal((await ended).state, 'live')
    await until(async () =>
      (await readInbox(worker.context.ledger)).requests.every(({ answer }) => answer?.ok === true),
    )
    const { live, previous } = await place.installation()
    assert.equal(live?.run, id)
    for (const kept of [live, previous]) {
      assert.doesNotMatch(JSON.stringify(await place.documents(kept?.generation)), /7000008/)
    }
  })
})
