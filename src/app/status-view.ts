import type * as z from 'zod'
import { maskedReason } from '../errors/masked.ts'
import type { IndexStore } from '../ports/index-store.ts'
import type { Run, RunId, RunLedger, ServiceName } from '../ports/run-ledger.ts'
import { refuseUnknownLive } from '../sync/lead/adopt-live.ts'
import { readInstallation, readRun } from '../sync/records.ts'
import { isOver } from '../sync/run-state.ts'
import { readChangesView, staleView } from './changes-view.ts'
import type { STATUS } from './json/results.ts'
import { readLiveLists } from './live-lists.ts'
import { readProcessesView } from './processes/processes-view.ts'
import { runView } from './run-view.ts'
import { readLatestVerification } from './verification-view.ts'

/** A run, and what is known beside it. */
export type StatusView = z.infer<typeof STATUS>

/** Stands for a run id: the run in progress, or else the last one. */
export const LATEST_RUN = 'latest'

export interface StatusTools {
  readonly ledger: RunLedger
  readonly store: IndexStore
  readonly hasActiveWriter: () => Promise<boolean>
  /** Services that others run. */
  readonly elsewhere: readonly ServiceName[]
}

const FAILURES_SHOWN = 10

/** Null if there is no run yet. Rejects RUN_UNKNOWN, and LEDGER_GONE as `refuseUnknownLive` does. */
export async function readStatusView(tools: StatusTools, wanted: RunId, now: number): Promise<StatusView | null> {
  const { ledger, hasActiveWriter, elsewhere } = tools
  const run = wanted === LATEST_RUN ? await latestRun(ledger) : await readRun(ledger, wanted)
  if (run === null) {
    await refuseUnknownLive(tools)
    return null
  }
  const { generation } = run
  const failed = generation === null ? [] : await ledger.failures(generation, FAILURES_SHOWN)
  const installation = await readInstallation(ledger)
  return {
    ...runView(run, now),
    failedRows: generation === null ? 0 : await ledger.countFailures(generation),
    failures: failed.map((row) => ({ ...row, reason: maskedReason(row.code, row.reason) })),
    hasActiveWriter: isOver(run.state) ? null : await hasActiveWriter(),
    changes: await readChangesView({ ledger }, now),
    latestVerification: await readLatestVerification({ ledger }, installation, now),
    lists: await readLiveLists(tools.store, installation),
    stale: staleView(installation),
    ...(await readProcessesView({ ledger }, { now, elsewhere })),
  }
}

async function latestRun(ledger: RunLedger): Promise<Run | null> {
  const { currentRun } = await readInstallation(ledger)
  const current = currentRun === null ? null : await ledger.read('run', currentRun.id)
  return current?.value ?? (await ledger.runs(1))[0] ?? null
}
