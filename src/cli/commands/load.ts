import { Command } from 'commander'
import { backendsOf } from '../../app/backends.ts'
import { loadExports } from '../../app/loading/load-exports.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { count, table } from '../output.ts'

async function load({ config, output }: CommandContext, [folder = '']: readonly string[]): Promise<void> {
  const backends = await (await backendsOf()).openFilling(config)
  try {
    const { loaded } = await loadExports(folder, backends.sources)
    const rows = Object.entries(loaded).map(([name, number]) => [name, count(number)])
    output.print({ loaded }, [
      ...table(['table', 'rows'], rows),
      `The sources of ${config.dataDirectory} are replaced. Next: reval sync`,
    ])
  } finally {
    await backends.close()
  }
}

export const loadCommand = (): Command =>
  command(
    new Command('load')
      .description('reads exports (TCS tables as CSV, collections as mongoexport JSON lines) into the embedded sources')
      .argument('<dir>', 'a folder with tcs/*.csv, gmc/*.jsonl and connection/*.jsonl')
      .addOption(JSON_OUTPUT),
    (context, _options, args) => load(context, args),
  )
