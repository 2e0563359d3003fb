import { Command } from 'commander'
import type * as z from 'zod'
import { dayMovedBack } from '../../app/day-move.ts'
import type { LIVE } from '../../app/json/results.ts'
import { readRolledBack } from '../../app/rolled-back.ts'
import { runView, type RunView } from '../../app/run-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { KeptGeneration, RunId } from '../../ports/run-ledger.ts'
import { findGeneration, otherVersion } from '../../sync/generations.ts'
import { readInstallation, readRun } from '../../sync/records.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { withReader } from '../backends.ts'
import { stateColour } from '../colour.ts'
import type { Output } from '../output.ts'
import { path } from '../remote/remote-installation.ts'
import { REMOTE_KEPT, REMOTE_PROMOTED, REMOTE_ROLLED_BACK, REMOTE_RUN } from '../remote/run-answers.ts'
import { askWriter } from '../writer.ts'

export interface WhyOptions {
  readonly why?: string
  readonly json?: boolean
  readonly dataDir?: string
}

export const WHY = '--why <reason>'
export const WHY_TEXT = 'reason, recorded in the ledger'

type Live = z.infer<typeof LIVE>

export async function readLive({ config, remote }: CommandContext): Promise<Live> {
  const { live, previous } = await (remote?.get('/api/sync/status', REMOTE_KEPT) ??
    withReader(config, ({ ledger }) => readInstallation(ledger)))
  return { live, previous }
}

export async function printLive(
  context: CommandContext,
  value: Live & { readonly dayMovedBack?: object | null },
  lines: readonly string[],
): Promise<void> {
  const { config, remote, output } = context
  output.print(value, lines)
  // A remote installation serves what it runs with.
  if (remote === null) await withReader(config, ({ store }) => warnOfVersion(store, value.live, output))
}

/** Warns that this version can do little with what is live now. */
async function warnOfVersion(
  store: Pick<IndexStore, 'generations'>,
  live: KeptGeneration | null,
  { note }: Pick<Output, 'note'>,
): Promise<void> {
  if (live === null) return
  const { run, generation } = live
  const found = await findGeneration(store, generation)
  const built = found === undefined ? null : otherVersion(found)
  if (built === null) return
  note(`warning: run ${run} was ${built}: until another run is live, the API serves no lists and changes wait`)
}

export const liveRun = ({ live }: Live) => `Live run: ${live?.run ?? '-'}.`

export const rollbackCommand = (): Command =>
  command<WhyOptions & { readonly to?: string }>(
    new Command('rollback')
      .description('Roll back to the previous generation; run again to undo')
      .option('--to <run>', "to this run: the previous one, or that of the Java services' indexes")
      .option(WHY, WHY_TEXT)
      .addOption(JSON_OUTPUT),
    async (context, { to: run, why = '' }) => {
      const { config, remote, signal } = context
      if (remote === null) await askWriter(config, { kind: 'rollback', run: run ?? null, why }, signal)
      const live =
        remote === null
          ? await withReader(config, ({ ledger }) => readRolledBack(ledger))
          : await remote.post('/api/sync/rollback', REMOTE_ROLLED_BACK, { why, ...(run !== undefined && { run }) })
      const { asOf } = live
      await printLive(context, live, [
        `Rolled back. ${liveRun(live)}`,
        ...(asOf === null
          ? []
          : [
              `It is as of ${asOf}: the Java services' indexes. Changes since then are not in it; they wait for the next run.`,
            ]),
      ])
    },
    { remote: true },
  )

/** The run that is held back, unless another one is named. Rejects GENERATION_UNKNOWN if there is none. */
async function heldBackOr(named: string | undefined, { config, remote }: CommandContext): Promise<RunId> {
  if (named !== undefined) return named
  const { heldBack } = await (remote?.get('/api/sync/status', REMOTE_KEPT) ??
    withReader(config, ({ ledger }) => readInstallation(ledger)))
  if (heldBack === null) throw new RevalError('GENERATION_UNKNOWN', 'no run is held back')
  return heldBack.run
}

const HELD_BACK = 'run id; default: the run that is held back'

export const promoteCommand = (): Command =>
  command<WhyOptions>(
    new Command('promote')
      .description('Promote a held-back run: a preview, or one that failed a check')
      .argument('[run]', HELD_BACK)
      .requiredOption(WHY, `${WHY_TEXT} (required)`)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }, [named]) => {
      const run = await heldBackOr(named, context)
      const moved = await promote(context, run, why)
      const live = await readLive(context)
      await printLive(context, { ...live, dayMovedBack: moved }, [
        `Promoted. ${liveRun(live)}`,
        ...(moved === null ? [] : [`The day of live moved back from ${moved.from} to ${moved.to}.`]),
      ])
    },
    { remote: true },
  )

/** Resolves with how the day of live moved back; null if it did not. */
async function promote({ config, remote, signal }: CommandContext, run: RunId, why: string) {
  if (remote !== null)
    return (await remote.post(path`/api/sync/runs/${run}/promote`, REMOTE_PROMOTED, { why })).dayMovedBack
  await askWriter(config, { kind: 'promote', run, why }, signal)
  return withReader(config, ({ ledger }) => dayMovedBack(ledger, run))
}

/** Asks for the end of a run, and prints how it ended. */
async function end(context: CommandContext, kind: 'cancel' | 'discard', id: RunId | null, why: string): Promise<void> {
  const { config, remote, output, signal } = context
  let run: RunView
  if (remote !== null) {
    if (id === null) throw new RevalError('RUN_UNKNOWN', 'no run is in progress')
    run = await remote.post(path`/api/sync/runs/${id}/${kind}`, REMOTE_RUN, { why })
  } else {
    await askWriter(config, { kind, run: id, why }, signal)
    run = await withReader(config, async ({ ledger, clock }) => runView(await readRun(ledger, id ?? ''), clock.now()))
  }
  const state = output.paint(stateColour(run.state), run.state)
  output.print(run, [`Run ${run.id} is ${state}. The live generation is unchanged.`])
}

export const discardCommand = (): Command =>
  command<WhyOptions>(
    new Command('discard')
      .description(
        "Discard a held-back run, or that of the Java services' indexes: its generation is dropped, live stays",
      )
      .argument('[run]', HELD_BACK)
      .requiredOption(WHY, `${WHY_TEXT} (required)`)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }, [named]) => end(context, 'discard', await heldBackOr(named, context), why),
    { remote: true },
  )

export const cancelCommand = (): Command =>
  command<WhyOptions>(
    new Command('cancel')
      .description('Cancel the run in progress; the live generation stays')
      .argument('[run]', 'run id; default: the run in progress')
      .option(WHY, WHY_TEXT)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }, [named]) => end(context, 'cancel', named ?? (await currentRun(context)), why),
    { remote: true },
  )

async function currentRun({ config, remote }: CommandContext): Promise<RunId | null> {
  if (remote !== null) return (await remote.get('/api/sync/status', REMOTE_KEPT)).current?.id ?? null
  return withReader(config, async ({ ledger }) => (await readInstallation(ledger)).currentRun?.id ?? null)
}
