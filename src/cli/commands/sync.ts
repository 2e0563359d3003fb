import { Command } from 'commander'
import { runView } from '../../app/run-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { runJob } from '../run-job.ts'
import { runLines } from '../run-text.ts'

interface SyncOptions {
  readonly expect?: string
  readonly senderGone?: string
  readonly json?: boolean
  readonly dataDir?: string
}

export const syncCommand = (): Command =>
  command<SyncOptions>(
    new Command('sync')
      .description(
        'Run the sync job (on servers: in the running integration service); exits with 0 only if the new generation is live',
      )
      .option('--expect <why>', 'let this run go live although it differs from the live one; the reason is recorded')
      .option('--sender-gone <why>', 'confirm that the sender of an earlier run has stopped; the reason is recorded')
      .addOption(JSON_OUTPUT),
    async (context, { expect = null, senderGone = null }) => {
      const run = await runJob(context, { expect, senderGone })
      const view = runView(run, Date.now())
      // The error says why, last.
      context.output.print(view, runLines({ ...view, failure: null }, 'what differs'))
      if (run.state === 'live') return
      const { code = 'INTERNAL', reason = `the run is ${run.state}` } = run.failure ?? {}
      throw new RevalError(code, reason, { details: { run: run.id } })
    },
    // Progress is shown instead of the log; warnings are still logged.
    { defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
