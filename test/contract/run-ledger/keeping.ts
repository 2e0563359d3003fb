import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { claimId, type RunLedger } from '../../../src/ports/run-ledger.ts'
import { findingsId } from '../../../src/ports/verification.ts'
import { openLedger, openPlace, type LedgerCapabilities, type LedgerFactory } from './place.ts'
import { CONFLICT } from './records.ts'
import { claim, failure, ONE_OF_EACH, run } from './samples.ts'

const CLAIM_OF_R1 = claim({ run: 'r1', generation: 'g1' })
const CLAIM_OF_R2 = claim({ run: 'r2', generation: 'g2' })

async function twoRuns(ledger: RunLedger): Promise<void> {
  await ledger.save('run', 'r1', run('r1', 1), 'new')
  await ledger.save('run', 'r2', run('r2', 2), 'new')
  for (const each of [CLAIM_OF_R1, CLAIM_OF_R2]) await ledger.save('claim', claimId(each), each, 'new')
  await ledger.addFailures([
    failure('a'),
    failure('a', { generation: 'g1-again' }),
    failure('a', { run: 'r2', generation: 'g2' }),
  ])
}

/** What exists of a run: its record, its claim, and the number of failures of its generations. */
async function kept(ledger: RunLedger, id: 'r1' | 'r2'): Promise<readonly [boolean, boolean, ...number[]]> {
  const claimed = await ledger.read('claim', claimId(id === 'r1' ? CLAIM_OF_R1 : CLAIM_OF_R2))
  const generations = id === 'r1' ? ['g1', 'g1-again'] : ['g2']
  const failures = await Promise.all(generations.map((generation) => ledger.countFailures(generation)))
  return [(await ledger.read('run', id)) !== null, claimed !== null, ...failures]
}

/** What is kept, and what is removed on request. */
export function keeping(factory: LedgerFactory, { listsLag }: LedgerCapabilities): void {
  test('a reopened ledger has everything', async (t) => {
    const place = await openPlace(t, factory)
    const before = await place.open()
    await twoRuns(before)
    const revision = (await before.read('run', 'r1'))?.revision ?? ''
    await before.close()
    const after = await place.open()
    assert.deepEqual(await kept(after, 'r1'), [true, true, 1, 1])
    assert.deepEqual(await after.read('run', 'r1'), { value: run('r1', 1), revision })
    assert.deepEqual(await after.failures('g1', 10), [failure('a')])
    await after.save('run', 'r1', run('r1', 5), revision)
  })

  test('tidying a run removes its claims, not its record, its failures or other runs', async (t) => {
    const ledger = await openLedger(t, factory)
    await twoRuns(ledger)
    for (let time = 1; time <= 2; time += 1) {
      await ledger.tidy('r1')
      assert.deepEqual(await kept(ledger, 'r1'), [true, false, 1, 1])
      assert.deepEqual(await kept(ledger, 'r2'), [true, true, 1])
    }
    await ledger.tidy('never')
  })

  test('the failures of runs are removed in every generation, and nothing else of them', async (t) => {
    const ledger = await openLedger(t, factory)
    await twoRuns(ledger)
    for (let time = 1; time <= 2; time += 1) {
      await ledger.removeFailuresOf(['r1', 'never'])
      assert.deepEqual(await kept(ledger, 'r1'), [true, true, 0, 0])
      assert.deepEqual(await kept(ledger, 'r2'), [true, true, 1])
    }
    await ledger.removeFailuresOf([])
    assert.deepEqual(await kept(ledger, 'r2'), [true, true, 1])
  })

  test('forgetting a run removes everything about it, and nothing else', async (t) => {
    const place = await openPlace(t, factory)
    const ledger = await place.open()
    await twoRuns(ledger)
    const findings = [findingsId('r1', 0), findingsId('r1', 1), findingsId('r11', 0)]
    for (const id of findings) await ledger.save('findings', id, ONE_OF_EACH.findings, 'new')
    for (let time = 1; time <= 2; time += 1) {
      await ledger.forget('r1')
      assert.deepEqual(await kept(ledger, 'r1'), [false, false, 0, 0])
      assert.deepEqual(await kept(ledger, 'r2'), [true, true, 1])
      const found = await Promise.all(findings.map((id) => ledger.read('findings', id)))
      assert.deepEqual(
        found.map((each) => each !== null),
        [false, false, true],
      )
    }
    if (listsLag) await place.listsAreCurrent()
    assert.deepEqual(await ledger.runs(10), [run('r2', 2)])
  })

  test('a record that was removed and created again rejects the old revision', async (t) => {
    const ledger = await openLedger(t, factory)
    const id = claimId(CLAIM_OF_R1)
    const earlier = await ledger.save('claim', id, CLAIM_OF_R1, 'new')
    await ledger.tidy('r1')
    await assert.rejects(ledger.save('claim', id, CLAIM_OF_R1, earlier), CONFLICT)
    const revision = await ledger.save('claim', id, CLAIM_OF_R1, 'new')
    assert.notEqual(revision, earlier)
    await assert.rejects(ledger.save('claim', id, CLAIM_OF_R1, earlier), CONFLICT)
  })

  test('a remote ledger returns its server time', async (t) => {
    const ledger = await openLedger(t, factory)
    const before = Date.now()
    const time = await ledger.serverTime()
    if (time === null) return
    assert.ok(Number.isInteger(time))
    // The test servers' clocks agree with ours.
    assert.ok(time > before - 5_000 && time < Date.now() + 5_000, `${time} is not near ${before}`)
  })

  test('a ledger answers pings until closed; closing twice is allowed', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.ping()
    await ledger.close()
    await ledger.close()
    await refusesAll(t, ledger)
  })
}

async function refusesAll(t: TestContext, ledger: RunLedger): Promise<void> {
  const uses: Readonly<Record<string, () => Promise<unknown>>> = {
    ping: () => ledger.ping(),
    read: () => ledger.read('run', 'r1'),
    save: () => ledger.save('run', 'r1', run('r1'), 'new'),
    addFailures: () => ledger.addFailures([failure('a')]),
    failures: () => ledger.failures('g1', 1),
    removeFailures: () => ledger.removeFailures('g1', ['a']),
    removeFailuresOf: () => ledger.removeFailuresOf(['r1']),
    tidy: () => ledger.tidy('r1'),
  }
  for (const [name, use] of Object.entries(uses)) {
    await t.test(`${name} is refused afterwards`, () => assert.rejects(use(), { code: 'LEDGER_FAILED' }))
  }
}
