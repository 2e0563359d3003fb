import { asRevalError } from '../../errors/reval-error.ts'
import type { AuditEntry, AuditResult } from '../../ports/audit.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import { changeRecord } from '../records.ts'

export interface AuditContext {
  readonly ledger: RunLedger
  readonly clock: Clock
  readonly newId: () => string
}

/** What is recorded before an action. */
export type Audited = Omit<AuditEntry, 'id' | 'at' | 'result'>

/** How an action ended; `rows` is for downloads. */
export type Ending = Omit<AuditResult, 'at' | 'rows'> & Partial<Pick<AuditResult, 'rows'>>

/** Completes an entry. Rejects if the ledger cannot be reached; the entry then stays without a result. */
export type CompleteAudit = (ending: Ending) => Promise<void>

/** Ids sort by time. Within a millisecond, those of one process sort as they were made; those of several, by chance. */
const idAt = (at: number, rest: string) => `${new Date(at).toISOString().replace(/[-:.]/g, '')}-${rest}`

let made = 0

function nextId(at: number, newId: () => string): string {
  made += 1
  return idAt(at, `${String(made).padStart(9, '0')}-${newId()}`)
}

/** The smallest id that an entry of this time can have. */
export function auditIdAt(at: number): string {
  return idAt(at, '')
}

/** Records an action before it begins. If it rejects, the action must not be carried out. */
export async function beginAudit({ ledger, clock, newId }: AuditContext, audited: Audited): Promise<CompleteAudit> {
  const at = clock.now()
  const entry: AuditEntry = { id: nextId(at, newId), at, ...audited, result: null }
  const revision = await ledger.save('audit', entry.id, entry, 'new')
  return async ({ outcome, code, rows = null }) => {
    const result = { at: clock.now(), outcome, code, rows }
    try {
      await ledger.save('audit', entry.id, { ...entry, result }, revision)
    } catch (error) {
      if (asRevalError(error).code !== 'LEDGER_CONFLICT') throw error
      // An erasure masked it meanwhile.
      await changeRecord(ledger, 'audit', entry.id, (now) => (now?.result === null ? { ...now, result } : null))
    }
  }
}
