import { Command } from 'commander'
import type * as z from 'zod'
import { dayMovedBack } from '../../app/day-move.ts'
import { LIVE } from '../../app/json/results.ts'
import { runView, type RunView } from '../../app/run-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { KeptGeneration, RunId } from '../../ports/run-ledger.ts'
import { otherVersion, THIS_VERSION } from '../../sync/generation-version.ts'
import { readInstallation, readRun } from '../../sync/records.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { audited } from '../audited.ts'
import { withReader } from '../backends.ts'
import { stateColour } from '../colour.ts'
import type { Output } from '../output.ts'
import { path } from '../remote/remote-installation.ts'
import { REMOTE_KEPT, REMOTE_PROMOTED, REMOTE_RUN } from '../remote/run-answers.ts'
import { adoptLive } from '../../sync/lead/adopt-live.ts'
import { askWriter, withWriterLease } from '../writer.ts'

interface WhyOptions {
  readonly why?: string
  readonly json?: boolean
  readonly dataDir?: string
}

/** A writer that died holds its lease until it expires; how long to wait beyond that. */
const LEASE_MARGIN_MS = 10_000

const WHY = '--why <reason>'
const WHY_TEXT = 'reason, recorded in the ledger'

type Live = z.infer<typeof LIVE>

async function readLive({ config, remote }: CommandContext): Promise<Live> {
  const { live, previous } = await (remote?.get('/api/sync/status', REMOTE_KEPT) ??
    withReader(config, ({ ledger }) => readInstallation(ledger)))
  return { live, previous }
}

async function printLive(
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
  const found = (await store.generations()).find(({ id }) => id === generation)
  const built = found === undefined ? null : otherVersion(found)
  if (built === null) return
  note(`warning: run ${run} was ${built}; ${THIS_VERSION} serves no list of it and applies no changes to it`)
}

const liveRun = ({ live }: Live) => `Live run: ${live?.run ?? '-'}.`

export const rollbackCommand = (): Command =>
  command<WhyOptions>(
    new Command('rollback')
      .description('Roll back to the previous generation; run again to undo')
      .option(WHY, WHY_TEXT)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }) => {
      const { config, remote, signal } = context
      if (remote !== null) await remote.post('/api/sync/rollback', LIVE, { why })
      else await askWriter(config, { kind: 'rollback', run: null, why }, signal)
      const live = await readLive(context)
      await printLive(context, live, [`Rolled back. ${liveRun(live)}`])
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
      .description('Discard a held-back run: its generation is dropped, live stays')
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

export const adoptCommand = (): Command =>
  command<WhyOptions>(
    new Command('adopt')
      .description("Rebuild the ledger's live entry from the aliases, after the ledger was lost or restored")
      .requiredOption(WHY, `${WHY_TEXT} (required)`)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }) => {
      // With the writer's lease, so that no service can start a run meanwhile.
      const waiting = AbortSignal.any([
        context.signal,
        AbortSignal.timeout(context.config.writer.leaseMs + LEASE_MARGIN_MS),
      ])
      const before = await withReader(context.config, ({ ledger }) => readInstallation(ledger))
      const done = await withWriterLease(context.config, waiting, async (writer) => {
        await audited(writer, { what: 'reval adopt', why }, () => adoptLive(writer, { by: 'reval adopt', why }))
      })
      if (!done) throw new RevalError('WRITER_ACTIVE', "another process holds the writer's lease")
      const after = await readLive(context)
      const isSame = before.live?.generation === after.live?.generation
      const did = isSame ? 'Nothing to adopt: the ledger knows what is live.' : 'Adopted.'
      await printLive(context, after, [`${did} ${liveRun(after)}`])
    },
    { remote: 'it needs the lease of the writer, so the services must be stopped' },
  )
