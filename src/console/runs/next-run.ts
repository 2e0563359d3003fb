import { scheduledThing, type ScheduledThing } from '../../app/schedule/read-schedule.ts'
import type { Config } from '../../config/config.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'

/** When the schedule starts the next run. */
export interface NextRun {
  /** Milliseconds since the epoch; null if it never does. */
  readonly at: number | null
  /** The schedule in words. */
  readonly words: string
  /** The latest due time, if no run was started for it; null otherwise. */
  readonly missedAt: number | null
}

/** Null if no schedule of syncs is set. */
export async function readNextRun(
  ledger: Pick<RunLedger, 'read'>,
  { schedule }: Pick<Config, 'schedule'>,
  now: number,
): Promise<NextRun | null> {
  if (schedule.sync === null) return null
  const record = (await ledger.read('schedule', 'sync'))?.value ?? null
  return nextRunOf(scheduledThing('sync', schedule.sync, record, now))
}

/** A due time at which a run was in progress was not missed. */
export function nextRunOf({
  words,
  next,
  outcomes: [latest],
}: Pick<ScheduledThing, 'words' | 'next' | 'outcomes'>): NextRun {
  const missed = latest !== undefined && (latest.outcome === 'missed' || latest.outcome === 'failed')
  return { at: next[0] ?? null, words: words ?? '', missedAt: missed ? latest.dueAt : null }
}
