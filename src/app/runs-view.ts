import type * as z from 'zod'
import type { RunLedger } from '../ports/run-ledger.ts'
import { readInstallation } from '../sync/records.ts'
import { staleView } from './changes-view.ts'
import type { RUNS } from './json/results.ts'
import { runView } from './run-view.ts'

/** The latest runs, newest first, and the generations that are kept. */
export type RunsView = z.infer<typeof RUNS>

export async function readRunsView(
  { ledger }: { readonly ledger: RunLedger },
  limit: number,
  now: number,
): Promise<RunsView> {
  const installation = await readInstallation(ledger)
  const { currentRun, live, previous, heldBack, java } = installation
  const runs = (await ledger.runs(limit)).map((run) => runView(run, now))
  return { current: currentRun?.id ?? null, live, previous, heldBack, java, stale: staleView(installation), runs }
}
