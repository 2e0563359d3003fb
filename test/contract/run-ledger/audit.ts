import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditEntry } from '../../../src/ports/audit.ts'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'
import { openLedger, type LedgerFactory } from './place.ts'
import { auditEntry } from './samples.ts'

const ID = (at: number) => `20261126t04${String(at).padStart(4, '0')}-x`

/** The audit log: entries that are written once and completed once, newest first. */
export function audit(factory: LedgerFactory): void {
  test('an audit log without entries is empty', async (t) => {
    const ledger = await openLedger(t, factory)
    assert.deepEqual(await ledger.audit(10), [])
    await ledger.removeAudit(ID(1))
  })

  test('an entry is completed once, by the revision it was written with', async (t) => {
    const ledger = await openLedger(t, factory)
    const entry = auditEntry(ID(1))
    const done: AuditEntry = { ...entry, result: { at: 2, outcome: 'done', code: null, rows: null } }
    const written = await ledger.save('audit', entry.id, entry, 'new')
    assert.deepEqual(await ledger.audit(10), [entry])
    await assert.rejects(ledger.save('audit', entry.id, entry, 'new'), { code: 'LEDGER_CONFLICT' })
    await ledger.save('audit', entry.id, done, written)
    await assert.rejects(ledger.save('audit', entry.id, entry, written), { code: 'LEDGER_CONFLICT' })
    assert.deepEqual(await ledger.audit(10), [done])
    assert.deepEqual((await ledger.read('audit', entry.id))?.value, done)
  })

  test('entries are paged, newest first, and the oldest are removed', async (t) => {
    const ledger = await openLedger(t, factory)
    const entries = Array.from({ length: 25 }, (_, at) => auditEntry(ID(at)))
    await Promise.all(entries.map((entry) => ledger.save('audit', entry.id, entry, 'new')))
    const newestFirst = entries.toReversed()
    for (const size of [1, 7, 25, 100]) assert.deepEqual(await paged(ledger, size), newestFirst)
    assert.deepEqual(await ledger.runs(10), [])
    for (let time = 1; time <= 2; time += 1) {
      await ledger.removeAudit(ID(20))
      assert.deepEqual(await ledger.audit(100), newestFirst.slice(0, 5))
    }
  })
}

async function paged(ledger: RunLedger, size: number): Promise<AuditEntry[]> {
  const all: AuditEntry[] = []
  for (;;) {
    const page = await ledger.audit(size, all.at(-1)?.id)
    assert.ok(page.length <= size)
    if (page.length === 0) return all
    all.push(...page)
  }
}
