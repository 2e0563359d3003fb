import type { Day } from '../domain/day.ts'
import type { RunId, RunLedger } from '../ports/run-ledger.ts'
import { readInstallation, readRun } from '../sync/records.ts'

/** The days of the run that was live and of the one that is. */
export interface DayMove {
  readonly from: Day
  readonly to: Day
}

/** How the day of live moved back when a run was promoted: dates count as of an earlier day again. Null if it did not. */
export async function dayMovedBack(ledger: RunLedger, run: RunId): Promise<DayMove | null> {
  const { history } = await readInstallation(ledger)
  const change = history.find(({ kind, to }) => kind === 'promotion' && to.run === run)
  if (change?.from == null) return null
  const [{ day: from }, { day: to }] = [await readRun(ledger, change.from.run), await readRun(ledger, run)]
  return to < from ? { from, to } : null
}
