import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openLedger, openPlace, type LedgerFactory } from './place.ts'
import { receipt } from './samples.ts'

const NOTHING = { messages: 0, rows: 0, failedRows: 0, ownRows: 0 }

/** The manifest: receipts counted distinct, whatever came twice and in which order. */
export function receipts(factory: LedgerFactory): void {
  test('the manifest of an attempt without receipts is all zero', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.addReceipts([])
    assert.deepEqual(await ledger.manifest('r1', 'trainees', 'a1'), NOTHING)
  })

  test('a manifest counts one run, one stage and one attempt', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.addReceipts([
      receipt(1),
      receipt(2, { rows: 5, failedRows: 0, ownRows: 0 }),
      receipt(1, { attempt: 'a2', rows: 100 }),
      receipt(1, { stage: 'doctors', rows: 200 }),
      receipt(1, { run: 'r2', rows: 400 }),
    ])
    assert.deepEqual(await ledger.manifest('r1', 'trainees', 'a1'), {
      messages: 2,
      rows: 15,
      failedRows: 1,
      ownRows: 2,
    })
    assert.equal((await ledger.manifest('r1', 'trainees', 'a2')).rows, 100)
    assert.equal((await ledger.manifest('r1', 'doctors', 'a1')).rows, 200)
    assert.equal((await ledger.manifest('r2', 'trainees', 'a1')).rows, 400)
  })

  test('a receipt that comes again counts as it was first added', async (t) => {
    const ledger = await openLedger(t, factory)
    await ledger.addReceipts([receipt(1), receipt(1), receipt(1, { rows: 99 })])
    await ledger.addReceipts([receipt(1, { rows: 77 }), receipt(2)])
    assert.deepEqual(await ledger.manifest('r1', 'trainees', 'a1'), {
      messages: 2,
      rows: 20,
      failedRows: 2,
      ownRows: 4,
    })
  })

  test('receipts of several connections are in the manifest as soon as they were added', async (t) => {
    const place = await openPlace(t, factory)
    const [one, other] = [await place.open(), await place.open()]
    for (let sequence = 1; sequence <= 6; sequence += 2) {
      await Promise.all([one.addReceipts([receipt(sequence)]), other.addReceipts([receipt(sequence + 1)])])
      assert.equal((await one.manifest('r1', 'trainees', 'a1')).messages, sequence + 1)
      assert.equal((await other.manifest('r1', 'trainees', 'a1')).messages, sequence + 1)
    }
  })

  test('any order, grouping and repetition of receipts comes to the same manifest', async (t) => {
    const ledger = await openLedger(t, factory)
    let attempts = 0
    const groups = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 10 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(groups, async (sequences) => {
        const attempt = `p${(attempts += 1)}`
        const of = (sequence: number) => receipt(sequence, { attempt, rows: sequence, failedRows: 0, ownRows: 1 })
        for (const group of sequences) await ledger.addReceipts(group.map(of))
        const distinct = [...new Set(sequences.flat())]
        assert.deepEqual(await ledger.manifest('r1', 'trainees', attempt), {
          messages: distinct.length,
          rows: distinct.reduce((sum, each) => sum + each, 0),
          failedRows: 0,
          ownRows: distinct.length,
        })
      }),
      { numRuns: 25 },
    )
  })
}
