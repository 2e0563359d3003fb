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
        'runs the sync job, with servers by the running integration; exits 0 only when what it built is live',
      )
      .option('--expect <why>', 'let this run go live although it is not like the live one; kept with the run')
      .option('--sender-gone <why>', 'say that a sender of an earlier run does not send any more; kept with the run')
      .addOption(JSON_OUTPUT),
    async (context, { expect = null, senderGone = null }) => {
      const run = await runJob(context, { expect, senderGone })
      const view = runView(run, Date.now())
      context.output.print(view, runLines(view))
      if (run.state === 'live') return
      const { code = 'INTERNAL', reason = `the run is ${run.state}` } = run.failure ?? {}
      throw new RevalError(code, reason, { details: { run: run.id } })
    },
    // Progress says what the log would; what goes wrong is told all the same.
    { defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
