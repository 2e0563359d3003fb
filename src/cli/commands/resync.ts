import { Command } from 'commander'
import { RESYNC } from '../../app/json/resync.ts'
import { onlyOne } from '../../app/only-one.ts'
import type { ResyncScope } from '../../ports/run-ledger.ts'
import { checkScope, MOST_KEYS } from '../../sync/resync/ask-resync.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { count } from '../output.ts'
import { WRITER_ANSWER_MS } from '../remote/remote-installation.ts'
import { ANSWER_MINUTES, resyncJob } from '../resync-job.ts'
import { resyncLines } from '../resync-text.ts'

interface ResyncOptions {
  readonly body?: string
  readonly failed?: true
  readonly why?: string
  readonly json?: boolean
  readonly dataDir?: string
}

function scopeOf(keys: readonly string[], { body, failed }: ResyncOptions): ResyncScope {
  return onlyOne<ResyncScope>('keys, --body, --failed', [
    keys.length > 0 && { keys },
    body !== undefined && { body },
    failed && { failed },
  ])
}

export const resyncCommand = (): Command =>
  command<ResyncOptions>(
    new Command('resync')
      .description('Read some rows from the sources again, and update the live generation')
      .argument('[keys...]', `person ids, GMC numbers or document ids; at most ${count(MOST_KEYS)}`)
      .option('--body <code>', 'the doctors that have this designated body in the live generation')
      .option('--failed', 'the failed rows of the live generation')
      .option('--why <reason>', 'reason, logged by the writer')
      .addOption(JSON_OUTPUT)
      .addHelpText(
        'after',
        `
A number means the person with that id and the doctor with that GMC number. Keys that neither source knows are reported; the
command still exits with 0. Rows are computed for the day of the generation. The command waits up to ${ANSWER_MINUTES} minutes; the integration
service finishes a resync that takes longer.`,
      ),
    async (context, options, keys) => {
      const scope = scopeOf(keys, options)
      checkScope(scope)
      const { why = '' } = options
      const result =
        context.remote === null
          ? await resyncJob(context, { scope, by: 'reval resync', why })
          : await context.remote.post('/api/sync/resync', RESYNC, { ...scope, why }, WRITER_ANSWER_MS)
      context.output.print(result, resyncLines(result, scope))
    },
    { remote: true, defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
