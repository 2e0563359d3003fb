import { Command } from 'commander'
import { runView } from '../../app/run-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { runJob } from '../run-job.ts'
import { runLines } from '../run-text.ts'

export const syncCommand = (): Command =>
  command(
    new Command('sync')
      .description(
        'runs the sync job, with servers by the running integration; exits 0 only when what it built is live',
      )
      .addOption(JSON_OUTPUT),
    async (context) => {
      const run = await runJob(context)
      const view = runView(run, Date.now())
      context.output.print(view, runLines(view))
      if (run.state === 'live') return
      const { code = 'INTERNAL', reason = `the run is ${run.state}` } = run.failure ?? {}
      throw new RevalError(code, reason, { details: { run: run.id } })
    },
    // Progress says what the log would; what goes wrong is told all the same.
    { defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
