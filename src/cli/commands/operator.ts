import { Command } from 'commander'
import { dayMovedBack } from '../../app/day-move.ts'
import { runView } from '../../app/run-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { IndexStore } from '../../ports/index-store.ts'
import type { KeptGeneration, RunId } from '../../ports/run-ledger.ts'
import { otherVersion, THIS_VERSION } from '../../sync/generation-version.ts'
import { readInstallation, readRun } from '../../sync/records.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { audited } from '../audited.ts'
import { withReader } from '../backends.ts'
import type { Output } from '../output.ts'
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

async function printLive({ config, output }: CommandContext, text: string): Promise<void> {
  await withReader(config, async ({ ledger, store }) => {
    const { live, previous } = await readInstallation(ledger)
    output.print({ live, previous }, [`${text} Live run: ${live?.run ?? '-'}.`])
    if (live !== null) await warnOfVersion(store, live, output)
  })
}

/** Warns that this version can do little with what is live now. */
async function warnOfVersion(
  store: Pick<IndexStore, 'generations'>,
  { run, generation }: KeptGeneration,
  { note }: Pick<Output, 'note'>,
): Promise<void> {
  const found = (await store.generations()).find(({ id }) => id === generation)
  const built = found === undefined ? null : otherVersion(found)
  if (built === null) return
  note(`warning: run ${run} was ${built}; ${THIS_VERSION} serves no list of it and applies no changes to it`)
}

export const rollbackCommand = (): Command =>
  command<WhyOptions>(
    new Command('rollback')
      .description('Roll back to the previous generation; run again to undo')
      .option(WHY, WHY_TEXT)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }) => {
      await askWriter(context.config, { kind: 'rollback', run: null, why }, context.signal)
      await printLive(context, 'Rolled back.')
    },
  )

/** The run that is held back, unless another one is named. Rejects GENERATION_UNKNOWN if there is none. */
async function heldBackOr(named: string | undefined, { config }: CommandContext): Promise<RunId> {
  if (named !== undefined) return named
  const { heldBack } = await withReader(config, ({ ledger }) => readInstallation(ledger))
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
      await askWriter(context.config, { kind: 'promote', run, why }, context.signal)
      await withReader(context.config, async ({ ledger, store }) => {
        const { live, previous } = await readInstallation(ledger)
        const moved = await dayMovedBack(ledger, run)
        context.output.print({ live, previous, dayMovedBack: moved }, [
          `Promoted. Live run: ${live?.run ?? '-'}.`,
          ...(moved === null ? [] : [`The day of live moved back from ${moved.from} to ${moved.to}.`]),
        ])
        if (live !== null) await warnOfVersion(store, live, context.output)
      })
    },
  )

export const discardCommand = (): Command =>
  command<WhyOptions>(
    new Command('discard')
      .description('Discard a held-back run: its generation is dropped, live stays')
      .argument('[run]', HELD_BACK)
      .requiredOption(WHY, `${WHY_TEXT} (required)`)
      .addOption(JSON_OUTPUT),
    async (context, { why = '' }, [named]) => {
      const id = await heldBackOr(named, context)
      await askWriter(context.config, { kind: 'discard', run: id, why }, context.signal)
      await withReader(context.config, async ({ ledger, clock }) => {
        const run = runView(await readRun(ledger, id), clock.now())
        context.output.print(run, [`Run ${id} is ${run.state}. The live generation is unchanged.`])
      })
    },
  )

export const cancelCommand = (): Command =>
  command<WhyOptions>(
    new Command('cancel')
      .description('Cancel the run in progress; the live generation stays')
      .argument('[run]', 'run id; default: the run in progress')
      .option(WHY, WHY_TEXT)
      .addOption(JSON_OUTPUT),
    async ({ config, output, signal }, { why = '' }, [named]) => {
      const current = await withReader(config, async ({ ledger }) => (await readInstallation(ledger)).currentRun?.id)
      const id = named ?? current
      await askWriter(config, { kind: 'cancel', run: id ?? null, why }, signal)
      await withReader(config, async ({ ledger, clock }) => {
        const run = runView(await readRun(ledger, id ?? ''), clock.now())
        output.print(run, [`Run ${run.id} is ${run.state}. The live generation is unchanged.`])
      })
    },
  )

export const adoptCommand = (): Command =>
  command<WhyOptions>(
    new Command('adopt')
      .description("Rebuild the ledger's live entry from the aliases, after the ledger was lost")
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
      await printLive(context, before.live === null ? 'Adopted.' : 'Nothing to adopt: the ledger knows what is live.')
    },
  )
