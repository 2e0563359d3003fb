import { Command } from 'commander'
import { runView } from '../../app/run-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { command } from '../command.ts'
import { count, table } from '../output.ts'
import { runJob } from '../run-job.ts'
import { runLines } from '../run-text.ts'
import { FORCE, sourcesName } from '../backends.ts'
import { makeDemoData, wholeNumber } from './demo-data.ts'

interface DemoOptions {
  readonly doctors: number
  readonly seed: number
  readonly force: boolean
  readonly dataDir?: string
}

function next(directory: string): string[] {
  const where = directory === './data' ? '' : ` --data-dir ${directory}`
  const commands = [
    [`bin/reval export exceptionindex${where} | head -3`, 'show the documents of an index'],
    [`bin/reval runs${where}`, 'list the runs and what is live'],
    [`bin/reval demo-data --seed 2${where}`, 'generate different sources'],
    [`bin/reval sync${where}`, 'run again'],
    [`bin/reval rollback${where}`, 'roll back to the previous run; run again to undo'],
    [`bin/reval start${where}`, 'start the services: curl -X POST http://127.0.0.1:8088/api/sync'],
  ]
  return ['', ...table(['try next', ''], commands)]
}

export const demoCommand = (): Command =>
  command<DemoOptions>(
    new Command('demo')
      .description('generates demo sources, runs the sync job and shows the result')
      .option('--doctors <n>', 'number of doctors', wholeNumber(1, 5_000_000), 20_000)
      .option('--seed <s>', 'random seed; same seed and number give the same rows', wholeNumber(0, 2 ** 32 - 1), 1)
      .addOption(FORCE),
    async (context, { doctors, seed, force }) => {
      const { output, config } = context
      output.say(`Generating sources with ${count(doctors)} doctors in ${sourcesName(config)} (seed ${seed})`)
      await makeDemoData(context, { doctors, seed, force })
      const run = await runJob(context)
      const view = runView(run, Date.now())
      output.say('')
      for (const line of runLines({ ...view, failure: null })) output.say(line)
      if (run.state !== 'live') {
        throw new RevalError(run.failure?.code ?? 'INTERNAL', run.failure?.reason ?? `the run is ${run.state}`)
      }
      output.say('')
      output.say(
        `${count(doctors)} doctors in ${view.seconds} s (${count(doctors / Math.max(view.seconds, 0.1))}/s). All five indexes are live.`,
      )
      for (const line of next(config.dataDirectory)) output.say(line)
    },
    { defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
