import { Command } from 'commander'
import { readRunsView, type RunsView } from '../../app/runs-view.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { withReader } from '../backends.ts'
import { staleLines } from '../changes-text.ts'
import type { Kept } from '../colour.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { REMOTE_RUNS } from '../remote/run-answers.ts'
import { runsLines } from '../run-text.ts'
import { show, WATCH } from '../watch.ts'
import { wholeNumber } from './demo-data.ts'

interface RunsOptions {
  readonly limit: number
  readonly watch?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

function keptBy({ live, previous, heldBack, java }: RunsView): ReadonlyMap<string, Kept> {
  // Of several words for one run, the last counts.
  const kept = { java, live, previous, 'held back': heldBack }
  const words = Object.keys(kept) as Kept[]
  return new Map(words.flatMap((word) => (kept[word] === null ? [] : [[kept[word].run, word] as const])))
}

function read({ config, remote }: CommandContext, limit: number): Promise<RunsView> {
  if (remote !== null) return remote.get('/api/sync/runs', REMOTE_RUNS, { limit })
  return withReader(config, async (backends) => {
    await refuseUnknownLive(backends)
    return readRunsView(backends, limit, backends.clock.now())
  })
}

export const runsCommand = (): Command =>
  command<RunsOptions>(
    new Command('runs')
      .description('List the runs, newest first, and the generations that are kept')
      .option('--limit <n>', 'maximum number of runs', wholeNumber(1, 1_000), 20)
      .addOption(WATCH)
      .addOption(JSON_OUTPUT),
    (context, { limit, watch }) =>
      show(context, watch, async () => {
        const value = await read(context, limit)
        const lines = [...runsLines(value.runs, keptBy(value), context.output.paint), ...staleLines(value.stale)]
        return { value, lines }
      }),
    { remote: true },
  )
