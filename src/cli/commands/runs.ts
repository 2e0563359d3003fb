import { Command } from 'commander'
import { staleView } from '../../app/changes-view.ts'
import { runView } from '../../app/run-view.ts'
import type { Installation } from '../../ports/run-ledger.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { readInstallation } from '../../sync/records.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { staleLines } from '../changes-text.ts'
import { runsLines } from '../run-text.ts'
import { withReader } from '../backends.ts'
import { wholeNumber } from './demo-data.ts'

function keptBy({ live, previous, heldBack }: Installation): Map<string, string> {
  const kept = { live, previous, 'held back': heldBack }
  return new Map(Object.entries(kept).flatMap(([word, each]) => (each === null ? [] : [[each.run, word]])))
}

export const runsCommand = (): Command =>
  command<{ limit: number; json?: boolean; dataDir?: string }>(
    new Command('runs')
      .description('List the runs, newest first, and the generations that are kept')
      .option('--limit <n>', 'maximum number of runs', wholeNumber(1, 1_000), 20)
      .addOption(JSON_OUTPUT),
    ({ config, output }, { limit }) =>
      withReader(config, async (backends) => {
        await refuseUnknownLive(backends)
        const { ledger, clock } = backends
        const installation = await readInstallation(ledger)
        const runs = (await ledger.runs(limit)).map((run) => runView(run, clock.now()))
        const { currentRun, live, previous, heldBack } = installation
        const stale = staleView(installation)
        output.print({ current: currentRun?.id ?? null, live, previous, heldBack, stale, runs }, [
          ...runsLines(runs, keptBy(installation)),
          ...staleLines(stale),
        ])
      }),
  )
