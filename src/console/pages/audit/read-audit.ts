import { isDay, londonDay, type Day } from '../../../domain/day.ts'
import type { AuditEntry } from '../../../ports/audit.ts'
import type { RunLedger } from '../../../ports/run-ledger.ts'
import { auditIdAt } from '../../../sync/audit/audit.ts'
import { whatsOf } from './actions.ts'
import type { AuditAddress } from './audit-address.ts'

export const ENTRIES_PER_PAGE = 25
/** How many entries are read at once while looking for those that match. */
const BATCH = 500
/** How many entries a page looks through at most. */
const MOST_READ = 20_000
const DAY_MS = 86_400_000

export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  /** `before` of the next page; null if there are no other entries. */
  readonly next: string | null
  /** Whether the page stopped looking before it was full. */
  readonly isCut: boolean
}

/** The entries of a page, newest first. The ledger knows no filters, so entries are read until the page is full. */
export async function readAudit(ledger: Pick<RunLedger, 'audit'>, address: AuditAddress): Promise<AuditPage> {
  const entries: AuditEntry[] = []
  let read = 0
  const isFiltered = address.who !== '' || address.what !== ''
  for await (const entry of allEntries(ledger, address, isFiltered ? BATCH : ENTRIES_PER_PAGE + 1)) {
    read += 1
    if (matches(entry, address)) {
      if (entries.length === ENTRIES_PER_PAGE) return { entries, next: entries.at(-1)?.id ?? null, isCut: false }
      entries.push(entry)
    }
    if (read === MOST_READ) return { entries, next: entry.id, isCut: true }
  }
  return { entries, next: null, isCut: false }
}

/** All entries that match, newest first, in batches. */
export async function* matchingEntries(
  ledger: Pick<RunLedger, 'audit'>,
  address: AuditAddress,
): AsyncGenerator<readonly AuditEntry[]> {
  let batch: AuditEntry[] = []
  for await (const entry of allEntries(ledger, address)) {
    if (matches(entry, address)) batch.push(entry)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** The entries of the days, newest first. */
async function* allEntries(
  ledger: Pick<RunLedger, 'audit'>,
  { from, to, before }: AuditAddress,
  size = BATCH,
): AsyncGenerator<AuditEntry> {
  // Ids are by UTC, days by London; two days later is later in both.
  const end = isDay(to) ? auditIdAt(Date.parse(`${to}T00:00:00Z`) + 2 * DAY_MS) : null
  const [first] = [before === '' ? null : before, end].filter((id) => id !== null).toSorted()
  let cursor = first
  for (;;) {
    const batch = await ledger.audit(size, cursor)
    for (const entry of batch) {
      const day = londonDay(entry.at)
      if (isDay(from) && day < from) return
      if (isWithin(day, from, to)) yield entry
    }
    cursor = batch.at(-1)?.id
    if (batch.length < size) return
  }
}

function isWithin(day: Day, from: string, to: string): boolean {
  return (from === '' || day >= from) && (to === '' || day <= to)
}

function matches({ who, what }: AuditEntry, address: AuditAddress): boolean {
  if (address.what !== '' && !whatsOf(address.what).includes(what)) return false
  return who.toLowerCase().includes(address.who.trim().toLowerCase())
}
