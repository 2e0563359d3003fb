import type { RunLedger } from '../ports/run-ledger.ts'
import type { AuditView } from './json/audit.ts'
import { instant } from './json/parts.ts'

/** A page of the audit log, newest first; `before` is the id of the last entry of the page before. */
export async function readAuditView(ledger: RunLedger, limit: number, before?: string): Promise<AuditView> {
  const entries = await ledger.audit(limit, before)
  return {
    entries: entries.map(({ at, result, ...entry }) => ({
      ...entry,
      at: instant(at),
      result: result && { ...result, at: instant(result.at) },
    })),
    next: entries.length === limit ? (entries.at(-1)?.id ?? null) : null,
  }
}
