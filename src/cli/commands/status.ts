import { Command } from 'commander'
import type { ReaderBackends } from '../../app/backends.ts'
import { readChangesView, staleView } from '../../app/changes-view.ts'
import { readProcessesView } from '../../app/processes/processes-view.ts'
import { runView } from '../../app/run-view.ts'
import { readLatestVerification } from '../../app/verification-view.ts'
import { maskedReason } from '../../errors/masked.ts'
import type { Run } from '../../ports/run-ledger.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { readInstallation, readRun } from '../../sync/records.ts'
import { isOver } from '../../sync/run-state.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { changesLines, staleLines } from '../changes-text.ts'
import { count } from '../output.ts'
import { runLines } from '../run-text.ts'
import { processesLines } from '../processes-text.ts'
import { latestLines } from '../verify-text.ts'
import { withReader } from '../backends.ts'

const FAILURES_SHOWN = 10

async function wantedRun({ ledger }: ReaderBackends, id: string | undefined): Promise<Run | null> {
  if (id !== undefined) return readRun(ledger, id)
  const { currentRun } = await readInstallation(ledger)
  const current = currentRun === null ? null : await ledger.read('run', currentRun.id)
  return current?.value ?? (await ledger.runs(1))[0] ?? null
}

export const statusCommand = (): Command =>
  command(
    new Command('status')
      .description('Show a run (default: the one in progress, or the last one)')
      .argument('[run]', 'run id')
      .addOption(JSON_OUTPUT),
    ({ config, output }, _options, [id]) =>
      withReader(config, async (backends) => {
        const run = await wantedRun(backends, id)
        if (run === null) {
          await refuseUnknownLive(backends)
          output.print(null, ['No runs yet. Next: reval sync'])
          return
        }
        const view = runView(run, backends.clock.now())
        const { generation } = run
        const failedRows = generation === null ? 0 : await backends.ledger.countFailures(generation)
        const failed = generation === null ? [] : await backends.ledger.failures(generation, FAILURES_SHOWN)
        const failures = failed.map((row) => ({ ...row, reason: maskedReason(row.code, row.reason) }))
        const isRunning = isOver(run.state) || (await backends.hasActiveWriter())
        const changes = await readChangesView(backends, backends.clock.now())
        const installation = await readInstallation(backends.ledger)
        const stale = staleView(installation)
        const latestVerification = await readLatestVerification(backends, installation, backends.clock.now())
        const elsewhere = config.javaPeers
        const processes = await readProcessesView(backends, { now: backends.clock.now(), elsewhere })
        const hasActiveWriter = isOver(run.state) ? null : isRunning
        output.print(
          { ...view, failedRows, failures, hasActiveWriter, changes, latestVerification, stale, ...processes },
          [
            ...runLines(view, 'all figures'),
            ...(failedRows === 0 ? [] : [`${count(failedRows)} failed rows, first ${failures.length}:`]),
            ...failures.map(({ stage, key, code, reason }) => `  ${stage} ${key}: ${code}, ${reason}`),
            ...(id === undefined
              ? [
                  ...staleLines(stale),
                  ...latestLines(latestVerification),
                  ...changesLines(changes),
                  ...processesLines(processes),
                ]
              : []),
            ...(isRunning
              ? []
              : ['No worker is running. Restart it with reval sync or reval start, or end it with reval cancel.']),
          ],
        )
      }),
  )
