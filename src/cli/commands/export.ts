import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { ReaderBackends } from '../../app/backends.ts'
import { isDay, londonDay } from '../../domain/day.ts'
import { INDEX_NAMES, type IndexName } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { readInstallation } from '../../sync/records.ts'
import { audited } from '../audited.ts'
import { command } from '../command.ts'
import { withReader } from '../backends.ts'
import type { Output } from '../output.ts'

interface ExportOptions {
  readonly generation: 'live' | 'previous' | 'held-back'
  readonly day?: string
  readonly dataDir?: string
}

/** The approximate size of one write, in characters. */
const PIECE = 64 * 1024

function day(text: string): string {
  if (isDay(text)) return text
  throw new InvalidArgumentError('Expected a date as YYYY-MM-DD.')
}

function isIndexName(name: string | undefined): name is IndexName {
  return (INDEX_NAMES as readonly (string | undefined)[]).includes(name)
}

async function generationOf({ ledger }: ReaderBackends, wanted: ExportOptions['generation']): Promise<string> {
  if (wanted === 'live') return 'live'
  const { previous, heldBack } = await readInstallation(ledger)
  const found = wanted === 'previous' ? previous : heldBack
  if (found !== null) return found.generation
  const what = wanted === 'previous' ? 'previous' : 'held-back'
  throw new RevalError('GENERATION_UNKNOWN', `no ${what} generation`)
}

async function exportIndex(
  backends: ReaderBackends,
  index: IndexName,
  options: ExportOptions,
  output: Output,
): Promise<void> {
  const today = options.day ?? londonDay(backends.clock.now())
  const generation = await generationOf(backends, options.generation)
  const subject = { index, generation: options.generation, day: options.day }
  await audited(backends, { what: 'reval export', subject }, async (download) => {
    download.rows = 0
    let piece = ''
    let rows = 0
    const write = async () => {
      download.isComplete = await output.write(piece)
      if (download.isComplete) download.rows = rows
      piece = ''
      return download.isComplete
    }
    for await (const document of backends.store.documents(generation, index, today)) {
      piece += `${JSON.stringify(document)}\n`
      rows += 1
      if (piece.length >= PIECE && !(await write())) return
    }
    if (piece !== '') await write()
  })
}

export const exportCommand = (): Command =>
  command<ExportOptions>(
    new Command('export')
      .description('Write every document of an index to standard output, as NDJSON in a stable order')
      .addArgument(new Argument('<index>', 'index to export').choices(INDEX_NAMES))
      .addOption(
        new Option('--generation <which>', 'generation to export')
          .choices(['live', 'previous', 'held-back'])
          .default('live'),
      )
      .option('--day <day>', 'reference day for date rules (default: today in London)', day),
    async ({ config, output }, options, [index]) => {
      if (!isIndexName(index))
        throw new RevalError('USAGE', `expected one of ${INDEX_NAMES.join(', ')}, got ${String(index)}`)
      await withReader(config, (backends) => exportIndex(backends, index, options, output))
    },
    { remote: 'no route exports an index; reval list --csv prints a list' },
  )
