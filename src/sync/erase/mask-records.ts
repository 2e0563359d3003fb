import { DECISIONS, INBOX, INSTALLATION, type LedgerRecords, type RecordKind } from '../../ports/run-ledger.ts'
import { findingsId, LATEST } from '../../ports/verification.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeRecord } from '../records.ts'
import type { ErasedKeys } from './erased-keys.ts'

/** More runs than the ledger keeps. */
const MOST_RUNS = 100_000

/** A record, by kind and id. */
export type RecordName = readonly [kind: RecordKind, id: string]

/**
 * The records of the ledger that quote one of these keys in any text: a decision, a finding, evidence, the answer of a
 * resync, a reason. Not looked at: requests that are not answered, which need their keys, and claims, which go with their run.
 */
export async function recordsQuoting(
  { ledger }: Pick<WriterContext, 'ledger'>,
  keys: ErasedKeys,
): Promise<readonly RecordName[]> {
  const quoting: RecordName[] = []
  /** Whether there is such a record. */
  const look = async (kind: RecordKind, id: string): Promise<boolean> => {
    const found = await ledger.read(kind, id)
    if (found !== null && masked(found.value, keys) !== null) quoting.push([kind, id])
    return found !== null
  }
  await look('decisions', DECISIONS)
  await look('inbox', INBOX)
  await look('installation', INSTALLATION)
  await look('verification', LATEST)
  for (const run of await ledger.runs(MOST_RUNS)) {
    if (masked(run, keys) !== null) quoting.push(['run', run.id])
    // Their numbers have no gaps.
    for (let at = 0; run.purpose === 'verify' && (await look('findings', findingsId(run.id, at))); at += 1);
  }
  return quoting
}

/** Masks these keys in records. */
export async function maskRecords(
  { ledger }: Pick<WriterContext, 'ledger'>,
  records: readonly RecordName[],
  keys: ErasedKeys,
): Promise<void> {
  for (const [kind, id] of records) {
    await changeRecord(ledger, kind, id, (value) => (value === null ? null : masked(value, keys)))
  }
}

/** The record with its keys masked; null if it quotes none. */
function masked<Value extends LedgerRecords[RecordKind]>(value: Value, keys: ErasedKeys): Value | null {
  const isOpen = (inner: unknown) =>
    typeof inner === 'object' && inner !== null && 'answer' in inner && inner.answer === null
  const mask = (inner: unknown): unknown => {
    if (typeof inner === 'string') return keys.masked(inner)
    if (Array.isArray(inner)) return inner.map(mask)
    if (typeof inner !== 'object' || inner === null || isOpen(inner)) return inner
    return Object.fromEntries(Object.entries(inner).map(([name, each]) => [name, mask(each)] as const))
  }
  const after = mask(value)
  // Only texts changed, to other texts.
  return JSON.stringify(after) === JSON.stringify(value) ? null : (after as Value)
}
