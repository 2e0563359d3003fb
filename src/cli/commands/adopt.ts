import { Command, Option } from 'commander'
import { RevalError } from '../../errors/reval-error.ts'
import { adoptJava, releaseJava } from '../../sync/lead/adopt-java.ts'
import { adoptLive } from '../../sync/lead/adopt-live.ts'
import type { WriterContext } from '../../sync/lease/writer.ts'
import { audited } from '../audited.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { withWriterLease } from '../writer.ts'
import { liveRun, printLive, readLive, WHY, WHY_TEXT, type WhyOptions } from './operator.ts'

interface AdoptOptions extends WhyOptions {
  readonly indexes?: boolean
  readonly release?: boolean
}

/** A writer that died holds its lease until it expires; how long to wait beyond that. */
const LEASE_MARGIN_MS = 10_000

export const adoptCommand = (): Command =>
  command<AdoptOptions>(
    new Command('adopt')
      .description("Rebuild the ledger's live entry from the aliases, or take the Java services' indexes")
      .addHelpText(
        'after',
        `
Without an option, after the ledger was lost or restored: records as live what the aliases point to.

--indexes takes the five indexes of the Java services as the first live generation: it copies them and puts aliases in
their place, in one step. The first run is compared with it, and reval rollback leads back to it. While they are copied,
a few seconds, the indexes refuse writes.

--release goes all the way back: makes five indexes of it again. Stop the Java services meanwhile, or one may create an
index of a name that is free for a moment.`,
      )
      .addOption(new Option('--indexes', 'take the five indexes of the Java services').conflicts('release'))
      .addOption(new Option('--release', 'make them indexes again; nothing of ours is live then'))
      .requiredOption(WHY, `${WHY_TEXT} (required)`)
      .addOption(JSON_OUTPUT),
    async (context, options) => {
      if (options.indexes === true) await adoptIndexes(context, options)
      else if (options.release === true) await release(context, options)
      else await adoptAliases(context, options)
    },
    { remote: 'it needs the lease of the writer, so the services must be stopped' },
  )

async function adoptAliases(context: CommandContext, { why = '' }: AdoptOptions): Promise<void> {
  const before = await readLive(context)
  await asWriter(context, { what: 'reval adopt', why }, (writer) => adoptLive(writer, { by: 'reval adopt', why }))
  const after = await readLive(context)
  const isSame = before.live?.generation === after.live?.generation
  const did = isSame ? 'Nothing to adopt: the ledger knows what is live.' : 'Adopted.'
  await printLive(context, after, [`${did} ${liveRun(after)}`])
}

async function adoptIndexes(context: CommandContext, { why = '' }: AdoptOptions): Promise<void> {
  const by = 'reval adopt --indexes'
  await asWriter(context, { what: by, why }, (writer) => adoptJava(writer, { by, why }))
  const after = await readLive(context)
  await printLive(context, after, [
    `Took the five indexes of the Java services. ${liveRun(after)}`,
    'Their names are aliases of a copy now. Next: reval sync --preview compares a run with it.',
    `The way back, at any time: reval rollback --to ${after.live?.run ?? ''}`,
  ])
}

async function release(context: CommandContext, { why = '' }: AdoptOptions): Promise<void> {
  const by = 'reval adopt --release'
  await asWriter(context, { what: by, why }, (writer) => releaseJava(writer, { by, why }))
  const after = await readLive(context)
  await printLive(context, after, [
    'The aliases are indexes again, as they were taken. Nothing of ours is live.',
    'Start the Java services now; the next sync of theirs brings what changed since.',
  ])
}

/** Runs an audited action with the writer's lease, so that no service can start a run meanwhile. Rejects WRITER_ACTIVE. */
async function asWriter(
  { config, signal }: CommandContext,
  what: { readonly what: `reval ${string}`; readonly why: string },
  action: (writer: WriterContext) => Promise<unknown>,
): Promise<void> {
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(config.writer.leaseMs + LEASE_MARGIN_MS)])
  const done = await withWriterLease(config, waiting, async (writer) => {
    await audited(writer, what, () => action(writer))
  })
  if (!done) throw new RevalError('WRITER_ACTIVE', "another process holds the writer's lease")
}
