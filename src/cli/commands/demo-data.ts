import { Command, InvalidArgumentError } from 'commander'
import { backendsOf } from '../../app/backends.ts'
import { fillWithDemo } from '../../app/demo/fill-with-demo.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { count, table } from '../output.ts'

interface DemoOptions {
  readonly doctors: number
  readonly seed: number
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`a whole number from ${count(least)} to ${count(most)} is expected`)
  }
}

/** Replaces the embedded sources by demo sources; resolves with the rows of each table. */
export async function makeDemoData({ config }: CommandContext, options: DemoOptions): Promise<Record<string, number>> {
  const backends = await (await backendsOf()).openFilling(config)
  try {
    return { ...(await fillWithDemo(backends.sources, options)) }
  } finally {
    await backends.close()
  }
}

export const demoDataCommand = (): Command =>
  command<DemoOptions & { json?: boolean; dataDir?: string }>(
    new Command('demo-data')
      .description('replaces the embedded sources by made-up ones, as varied as real ones')
      .option('--doctors <n>', 'how many doctors', wholeNumber(1, 5_000_000), 20_000)
      .option('--seed <s>', 'the same seed and number give the same rows', wholeNumber(0, 2 ** 32 - 1), 1)
      .addOption(JSON_OUTPUT),
    async (context, options) => {
      const { doctors, seed } = options
      const made = await makeDemoData(context, { doctors, seed })
      const rows = Object.entries(made).map(([name, number]) => [name, count(number)])
      context.output.print({ doctors, seed, made }, [...table(['table', 'rows'], rows), 'Next: reval sync'])
    },
  )
