import type * as z from 'zod'
import { CHANGES, CHANNELS, type ChangesStatus } from '../ports/changes.ts'
import type { Installation, RunLedger } from '../ports/run-ledger.ts'
import type { CHANGES as CHANGES_JSON, STALE } from './json/changes.ts'
import { instant } from './json/parts.ts'

/** The status of live changes, as in HTTP responses and `--json`: instants as ISO 8601, durations in seconds. */
export type ChangesView = z.infer<typeof CHANGES_JSON>

/** The view of live changes at an instant (milliseconds since the epoch). */
export function changesView(status: ChangesStatus, now: number): ChangesView {
  const all = CHANNELS.map((channel) => ({ channel, ...status.channels[channel] }))
  const age = (at: number | null) => (at === null ? null : Math.max(0, Math.round((now - at) / 1000)))
  const known = (times: readonly (number | null)[]) => times.filter((time) => time !== null)
  const oldest = known(all.map(({ oldestAt }) => oldestAt))
  const refreshed = known(all.map(({ lastRefreshedAt }) => lastRefreshedAt))
  return {
    waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    oldestSeconds: oldest.length === 0 ? null : age(Math.min(...oldest)),
    perSecond: status.perSecond,
    lastRefreshedAt: refreshed.length === 0 ? null : instant(Math.max(...refreshed)),
    reasonsComparedAt: instant(status.reasonsComparedAt),
    paused: status.paused,
    channels: all.map(({ oldestAt, lastRefreshedAt, ...each }) => ({
      ...each,
      oldestSeconds: age(oldestAt),
      lastRefreshedAt: instant(lastRefreshedAt),
    })),
  }
}

/** Null if no writer has consumed changes yet. */
export async function readChangesView(
  { ledger }: { readonly ledger: RunLedger },
  now: number,
): Promise<ChangesView | null> {
  const found = await ledger.read('changes', CHANGES)
  return found === null ? null : changesView(found.value, now)
}

/** A kept generation that missed a change. */
export type StaleView = z.infer<typeof STALE>

export function staleView({ live, previous, heldBack, stale }: Installation): readonly StaleView[] {
  const kept = { live, previous, 'held back': heldBack }
  return (Object.keys(kept) as (keyof typeof kept)[]).flatMap((word) => {
    const each = kept[word]
    const found = each === null ? undefined : stale[each.generation]
    return each === null || found === undefined
      ? []
      : [{ kept: word, ...each, reason: found.reason, at: instant(found.at) }]
  })
}
