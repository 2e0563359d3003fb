import { Command } from 'commander'
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
    [`bin/reval list exception${where}`, 'show a list as admins see it'],
    [`bin/reval find zoe obrien${where}`, 'find doctors by name, and the lists that they are in'],
    [`bin/reval export exceptionindex${where} | head -3`, 'show the documents of an index'],
    [`bin/reval runs${where}`, 'list the runs and the generations that are kept'],
    [`bin/reval demo-data --seed 2${where}`, 'generate different sources'],
    [`bin/reval sync${where}`, 'run the job again'],
    [`bin/reval rollback${where}`, 'roll back to the previous generation; run again to undo'],
    [`bin/reval start${where}`, 'start the services; their API is described at http://127.0.0.1:8088/docs'],
  ]
  return ['', 'Next steps:', ...table(commands[0] ?? [], commands.slice(1)).map((line) => `  ${line}`)]
}

export const demoCommand = (): Command =>
  command<DemoOptions>(
    new Command('demo')
      .description('Generate demo sources, run the sync job and show the result')
      .option('--doctors <n>', 'number of doctors', wholeNumber(1, 5_000_000), 20_000)
      .option(
        '--seed <s>',
        'random seed; the same seed and number of doctors give the same rows',
        wholeNumber(0, 2 ** 32 - 1),
        1,
      )
      .addOption(FORCE),
    async (context, { doctors, seed, force }) => {
      const { output, config } = context
      output.say(`Generating sources with ${count(doctors)} doctors in ${sourcesName(config)} (seed ${seed})`)
      await makeDemoData(context, { doctors, seed, force })
      const run = await runJob(context)
      output.say('')
      for (const line of runLines({ ...run, failure: null }, 'what differs', output.paint)) output.say(line)
      if (run.state !== 'live') {
        throw new RevalError(run.failure?.code ?? 'INTERNAL', run.failure?.reason ?? `the run is ${run.state}`)
      }
      output.say('')
      output.say(
        `${count(doctors)} doctors in ${run.seconds} s (${count(doctors / Math.max(run.seconds, 0.1))}/s). All five indexes are live.`,
      )
      for (const line of next(config.dataDirectory)) output.say(line)
    },
    { defaults: { REVAL_LOG_LEVEL: 'warn' }, remote: 'it works on a data directory' },
  )
