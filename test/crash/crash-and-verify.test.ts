import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { plantInFile } from '../adapters/index-store/sqlite-planting.ts'
import { DAY, expectedDocuments, runToEnd, UNJUDGED, Workplace, type Documents } from '../app/job/workplace.ts'
import { assertNothingLeft, assertOneOf, carryOn, killedAt, runAnew } from './crashing.ts'

type Doing = 'verify' | 'repairRows' | 'promoteVerified'

/** Between any two durable steps of a verification, and of its repairs. */
const STEPS: Readonly<Record<Doing, readonly (readonly [where: string, moment: string, nth?: number])[]>> = {
  verify: [
    ['it is requested and has no record', 'ledger.save installation after'],
    ['its generation is complete', 'ledger.save run comparing after'],
    ['rows that differ are checked again', 'store.get before', 3],
    ['its result is recorded, and it has not ended', 'ledger.save verification after'],
    ['it has ended and is still the current run', 'ledger.save run verified after'],
  ],
  repairRows: [
    ['rows are repaired and not announced', 'broker.publish masterRowChanged before'],
    ['all rows are repaired, and its result is not recorded', 'ledger.save verification before'],
  ],
  promoteVerified: [
    ['the ledger says that the aliases are moving', 'store.promote before'],
    ['the ledger says that the aliases have moved', 'ledger.save verification before', 2],
  ],
}

describe('killed while verifying, live is as it was or repaired, and nothing is left', { concurrency: 2 }, () => {
  const cleanup: (() => Promise<void>)[] = []
  const right = expectedDocuments()
  /** The sample is live; another program deleted and altered rows. */
  let base: Workplace
  let damaged: Documents

  before(async () => {
    base = await Workplace.make({ after: (clean) => cleanup.push(clean) }, UNJUDGED)
    await base.loadSample()
    const worker = await base.start()
    const { generation } = await runToEnd(worker)
    const rows = await Array.fromAsync(worker.context.store.rows(generation ?? ''))
    const [first, second, third] = rows.flat()
    assert.ok(first && second && third)
    await worker.stop()
    const plant = plantInFile.bind(null, base.directory, generation ?? '')
    await plant(first.id, { change: 'delete' })
    await plant(second.id, { change: 'field', field: 'doctorFirstName', value: 'nobody' })
    await plant(third.id, { change: 'field', field: 'doctorLastName', value: 'nobody' })
    damaged = await base.documents()
    assert.notDeepEqual(damaged, right)
  })
  after(async () => {
    for (const clean of cleanup.toReversed()) await clean()
  })

  for (const [doing, steps] of Object.entries(STEPS)) {
    for (const [where, moment, nth] of steps) {
      test(`${doing}: ${where}`, async (t) => {
        const place = await Workplace.copyOf(t, base, UNJUDGED)
        await killedAt(place, doing, moment, nth)
        if (doing !== 'repairRows') await assertOneOf(place, damaged, right)
        const { run } = await carryOn(place)
        if (run !== null && doing !== 'promoteVerified') {
          assert.ok(run.state === 'verified' || run.failure?.code === 'VERIFY_INTERRUPTED', run.failure?.reason)
        }
        if (doing === 'verify') assert.deepEqual(await place.documents(), damaged)
        if (doing === 'promoteVerified') assert.deepEqual(await place.documents(), right)
        await assertNothingLeft(place)

        const worker = await place.start()
        const again = await runToEnd(worker, DAY, { purpose: 'verify', repair: 'rows' })
        await worker.stop()
        assert.equal(again.state, 'verified', again.failure?.reason)
        assert.equal(again.verification?.repaired?.remaining ?? 0, 0)
        assert.deepEqual(await place.documents(), right)
        assert.equal((await runAnew(place)).state, 'live')
        await assertNothingLeft(place)
      })
    }
  }
})
