import { maskedReason } from '../../errors/masked.ts'
import type { ResyncResult } from '../../ports/run-ledger.ts'
import type { Refreshed } from '../refresh/refresh.ts'
import type { RowChange } from '../refresh/row-writing.ts'
import { keyText, type NamedKeys } from './resync-keys.ts'

/** How many rows, unknown keys and failed rows a result lists; the rest is only counted. */
export const MOST_LISTED = 1_000

export const NOTHING_RESYNCED: ResyncResult = { changed: [], written: 0, keys: 0, unknown: [], failed: [] }

/** What refreshing these keys did. */
export function resultOf(named: readonly NamedKeys[], { changes, failed, unknown }: Refreshed): ResyncResult {
  const strangers = new Set(unknown.map(keyText))
  return {
    changed: changes.slice(0, MOST_LISTED).map((change) => ({ id: change.id, op: opOf(change) })),
    written: changes.length,
    keys: named.length,
    unknown: named.filter(({ keys }) => keys.every((key) => strangers.has(keyText(key)))).map(({ name }) => name),
    // They are stored in the inbox and printed: `reval failures show` has the values.
    failed: failed.slice(0, MOST_LISTED).map((each) => ({ ...each, reason: maskedReason(each.code, each.reason) })),
  }
}

function opOf({ before, after }: RowChange): ResyncResult['changed'][number]['op'] {
  if (before === null) return 'created'
  return after === null ? 'deleted' : 'replaced'
}

/** The results of two resyncs, one after the other, as one. */
export function added(one: ResyncResult, other: ResyncResult): ResyncResult {
  const listed = <T>(a: readonly T[], b: readonly T[]) => [...a, ...b].slice(0, MOST_LISTED)
  return {
    changed: listed(one.changed, other.changed),
    written: one.written + other.written,
    keys: one.keys + other.keys,
    unknown: listed(one.unknown, other.unknown),
    failed: listed(one.failed, other.failed),
  }
}
