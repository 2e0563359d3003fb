import type { AliasChange, KeptGeneration, Run } from '../ports/run-ledger.ts'

/**
 * When the aliases last moved to what is live, which a rollback does too (milliseconds since the epoch); when its run ended if the
 * history no longer has that; null if neither is known.
 */
export function liveSince(
  { live, history }: { readonly live: KeptGeneration; readonly history: readonly AliasChange[] },
  run: Pick<Run, 'finishedAt'> | null,
): number | null {
  return history.find(({ to }) => to.generation === live.generation)?.at ?? run?.finishedAt ?? null
}
