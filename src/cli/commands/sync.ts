import { Command } from 'commander'
import { RevalError } from '../../errors/reval-error.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { runJob } from '../run-job.ts'
import { runLines } from '../run-text.ts'

interface SyncOptions {
  readonly expect?: string
  readonly senderGone?: string
  readonly preview?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

/** What to do with a preview. */
function nextLines(run: string): readonly string[] {
  return [
    'Held back: preview. Live is unchanged, and changes reach the preview too.',
    `to look at it:     reval compare ${run}`,
    `to make it live:   reval promote ${run} --why "<reason>"`,
    `to drop it:        reval discard ${run} --why "<reason>"`,
  ]
}

export const syncCommand = (): Command =>
  command<SyncOptions>(
    new Command('sync')
      .description(
        'Run the sync job (on servers: in the running integration service); exits with 0 only if the new generation is live',
      )
      .option('--expect <why>', 'let this run go live although it differs from the live one; the reason is recorded')
      .option('--sender-gone <why>', 'confirm that the sender of an earlier run has stopped; the reason is recorded')
      .option(
        '--preview',
        'hold the run back for review; exits with 0 once it is held back, with 3 if a check failed as well',
      )
      .addOption(JSON_OUTPUT),
    async (context, { expect = null, senderGone = null, preview = false }) => {
      const run = await runJob(context, { expect, senderGone, purpose: preview ? 'preview' : 'sync' })
      const isPreview = run.state === 'held back' && run.failure?.code === 'PREVIEW'
      // The error says why, last.
      const lines = runLines({ ...run, failure: null }, 'what differs', context.output.paint)
      context.output.print(run, [...lines, ...(isPreview ? nextLines(run.id) : [])])
      if (run.state === 'live' || (preview && isPreview)) return
      if (run.state === 'held back') context.failWith(EXIT.heldBack)
      const { code = 'INTERNAL', reason = `the run is ${run.state}` } = run.failure ?? {}
      throw new RevalError(code, reason, { details: { run: run.id } })
    },
    // Progress is shown instead of the log; warnings are still logged.
    { defaults: { REVAL_LOG_LEVEL: 'warn' }, remote: true },
  )
