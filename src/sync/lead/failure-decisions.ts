import { inChunks } from '../../domain/chunks.ts'
import { DECISIONS, type FailureDecision, type RunLedger } from '../../ports/run-ledger.ts'
import { changeRecord } from '../records.ts'

/** How many entries the record keeps, and how many a decision has at most: it is one small document. */
const MOST_ENTRIES = 5_000
const MOST_OF_ONE = 1_000

/** A failed row or dead letter as a decision names it: where it failed, its key or id, its code. */
export function decisionEntry(place: string, key: string, code: string): string {
  return `${place}/${discardedName(key, code)}`
}

/** Puts a decision on record, before the older ones; the oldest make way. A long one becomes several. */
export async function recordDecision({ ledger }: { readonly ledger: RunLedger }, made: FailureDecision): Promise<void> {
  const parts = [...inChunks(made.what, MOST_OF_ONE)].map((what): FailureDecision => ({ ...made, what }))
  if (parts.length === 0) return
  await changeRecord(ledger, 'decisions', DECISIONS, (known) => {
    let entries = 0
    const decisions = [...parts, ...(known?.decisions ?? [])]
    return { decisions: decisions.filter(({ what }) => (entries += what.length) <= MOST_ENTRIES) }
  })
}

/** Newest first. */
export async function readDecisions(ledger: RunLedger): Promise<readonly FailureDecision[]> {
  return (await ledger.read('decisions', DECISIONS))?.value.decisions ?? []
}

/** The name of a discarded failure, wherever it fails next. */
export function discardedName(key: string, code: string): string {
  return `${key}: ${code}`
}

/** The names of the failures that operators discarded. */
export async function discardedFailures(ledger: RunLedger): Promise<ReadonlySet<string>> {
  const decisions = await readDecisions(ledger)
  const entries = decisions.flatMap(({ action, what }) => (action === 'discarded' ? what : []))
  return new Set(entries.map((entry) => entry.slice(entry.indexOf('/') + 1)))
}
