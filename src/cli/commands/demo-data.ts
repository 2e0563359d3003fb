import { Command, InvalidArgumentError } from 'commander'
import { fillWithDemo } from '../../app/demo/fill-with-demo.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { FORCE, withSources } from '../backends.ts'
import { count, table } from '../output.ts'

interface DemoOptions {
  readonly doctors: number
  readonly seed: number
  readonly force: boolean
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`Expected a whole number from ${count(least)} to ${count(most)}.`)
  }
}

/** Replaces the sources with demo data; resolves with the number of rows of each table. */
export function makeDemoData(
  { config }: CommandContext,
  { force, ...options }: DemoOptions,
): Promise<Record<string, number>> {
  return withSources(config, force, async (sources) => ({ ...(await fillWithDemo(sources, options)) }))
}

export const demoDataCommand = (): Command =>
  command<DemoOptions & { json?: boolean; dataDir?: string }>(
    new Command('demo-data')
      .description('Replace the sources with generated data as varied as real data')
      .option('--doctors <n>', 'number of doctors', wholeNumber(1, 5_000_000), 20_000)
      .option(
        '--seed <s>',
        'random seed; the same seed and number of doctors give the same rows',
        wholeNumber(0, 2 ** 32 - 1),
        1,
      )
      .addOption(FORCE)
      .addOption(JSON_OUTPUT),
    async (context, options) => {
      const { doctors, seed, force } = options
      const made = await makeDemoData(context, { doctors, seed, force })
      const rows = Object.entries(made).map(([name, number]) => [name, count(number)])
      context.output.print({ doctors, seed, made }, [...table(['table', 'rows'], rows), 'Next: reval sync'])
    },
    { roles: () => [], remote: 'it fills the sources of this machine' },
  )
