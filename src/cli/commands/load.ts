import { Command } from 'commander'
import { loadExports } from '../../app/loading/load-exports.ts'
import type { OddValues } from '../../app/loading/odd-values.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { FORCE, sourcesName, withSources } from '../backends.ts'
import { count, table } from '../output.ts'

interface LoadOptions {
  readonly force: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

async function load(
  { config, output, signal }: CommandContext,
  { force }: LoadOptions,
  [folder = '']: readonly string[],
): Promise<void> {
  const { loaded, odd } = await withSources(config, force, (sources) => loadExports(folder, sources, { signal }))
  const rows = Object.entries(loaded).map(([name, number]) => [name, count(number)])
  output.print({ loaded, odd }, [
    ...table(['table', 'rows'], rows),
    ...oddLines(odd),
    `Sources in ${sourcesName(config)} replaced. Next: reval sync`,
  ])
}

/** Suspicious values, which were loaded unchanged. */
function oddLines(odd: readonly OddValues[]): string[] {
  if (odd.length === 0) return []
  const rows = odd.map(({ file, column, looksLike, rows: number, line, example }) => [
    `${file} ${column}`,
    looksLike,
    count(number),
    `line ${line}: ${example}`,
  ])
  return ['', 'Suspicious values, loaded unchanged:', ...table(['column', 'looks like', 'rows', 'first'], rows), '']
}

export const loadCommand = (): Command =>
  command<LoadOptions>(
    new Command('load')
      .description('Load exports (TCS tables as CSV, collections as mongoexport JSON lines) into the sources')
      .argument('<dir>', 'directory with tcs/*.csv, gmc/*.jsonl and connection/*.jsonl')
      .addOption(FORCE)
      .addOption(JSON_OUTPUT),
    load,
    { roles: () => [], remote: 'it fills the sources of this machine' },
  )
