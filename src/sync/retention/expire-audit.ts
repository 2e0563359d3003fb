import { auditIdAt } from '../audit/audit.ts'
import type { WriterContext } from '../lease/writer.ts'

/** Removes the entries of the audit log that are too old. */
export async function expireAudit({ ledger, clock, settings }: WriterContext): Promise<void> {
  await ledger.removeAudit(auditIdAt(clock.now() - settings.retention.auditMs))
}
