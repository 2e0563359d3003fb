import { Command } from 'commander'
import { readProcessesView, type ProcessesView } from '../../app/processes/processes-view.ts'
import { LATEST_RUN, readStatusView, type StatusView } from '../../app/status-view.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { changesLines, staleLines } from '../changes-text.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { withReader } from '../backends.ts'
import { count } from '../output.ts'
import { liveListsLines } from '../live-lists-text.ts'
import { path } from '../remote/remote-installation.ts'
import { REMOTE_PROCESSES, REMOTE_STATUS } from '../remote/run-answers.ts'
import { runLines } from '../run-text.ts'
import { processesLines } from '../processes-text.ts'
import { latestLines } from '../verify-text.ts'
import { show, WATCH } from '../watch.ts'

interface StatusOptions {
  readonly processes?: boolean
  readonly watch?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

async function read({ config, remote }: CommandContext, run: string): Promise<StatusView | null> {
  if (remote === null)
    return withReader(config, (backends) =>
      readStatusView({ ...backends, elsewhere: config.javaPeers }, run, backends.clock.now()),
    )
  try {
    return await remote.get(path`/api/sync/runs/${run}`, REMOTE_STATUS)
  } catch (error) {
    if (run === LATEST_RUN && asRevalError(error).code === 'RUN_UNKNOWN') return null
    throw error
  }
}

async function readProcesses({ config, remote }: CommandContext): Promise<ProcessesView> {
  if (remote !== null) return remote.get('/api/sync/status', REMOTE_PROCESSES)
  return withReader(config, (backends) =>
    readProcessesView(backends, { now: backends.clock.now(), elsewhere: config.javaPeers }),
  )
}

function lines(view: StatusView, isLatest: boolean, { paint }: CommandContext['output']): string[] {
  const { failedRows, failures, hasActiveWriter, changes, latestVerification, lists, stale } = view
  return [
    ...runLines(view, 'all figures', paint),
    ...(failedRows === 0 ? [] : [`${count(failedRows)} failed rows, first ${failures.length}:`]),
    ...failures.map(({ stage, key, code, reason }) => `  ${stage} ${key}: ${code}, ${reason}`),
    ...(isLatest
      ? [
          ...staleLines(stale),
          ...liveListsLines(lists),
          ...latestLines(latestVerification),
          ...changesLines(changes),
          ...processesLines(view),
        ]
      : []),
    ...(hasActiveWriter === false
      ? ['No worker is running. Restart it with reval sync or reval start, or end it with reval cancel.']
      : []),
  ]
}

function shownProcesses(value: ProcessesView) {
  const lines = processesLines(value)
  return { value, lines: lines.length === 0 ? ['No process has been seen in the last hour.'] : lines }
}

function noRuns({ config, remote }: Pick<CommandContext, 'config' | 'remote'>): string {
  const isJava = remote === null && config.javaPeers.includes('integration')
  return `No runs yet. ${isJava ? 'Syncs are started in the Java integration.' : 'Next: reval sync'}`
}

export const statusCommand = (): Command =>
  command<StatusOptions>(
    new Command('status')
      .description('Show a run (default: the one in progress, or the last one)')
      .argument('[run]', 'run id')
      .option('--processes', 'only the processes of reval start, and what they send to a Java integration service')
      .addOption(WATCH)
      .addOption(JSON_OUTPUT),
    (context, { watch, processes = false }, [run = LATEST_RUN]) =>
      show(context, watch, async () => {
        if (processes) return shownProcesses(await readProcesses(context))
        const value = await read(context, run)
        if (value === null) {
          // Beside a Java integration service, there are processes of ours but no runs.
          const others = processesLines(await readProcesses(context))
          return { value, lines: [noRuns(context), ...others] }
        }
        return { value, lines: lines(value, run === LATEST_RUN, context.output) }
      }),
    { remote: true },
  )
