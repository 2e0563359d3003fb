import { Command, Option } from 'commander'
import { csvOf, jsonOf, type DifferingRow } from '../../app/comparison-output.ts'
import type { Scope } from '../../domain/comparison-tally.ts'
import type { ComparisonSummary } from '../../domain/comparison.ts'
import { INDEX_NAMES, type IndexName } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { RunsComparison } from '../../sync/compare/compare-runs.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { audited } from '../audited.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { compareWithJava } from '../compare-with-java.ts'
import { comparisonSentence, differenceLines, summaryLines } from '../comparison-text.ts'
import { COMPARED } from '../exit-status.ts'
import { interruption } from '../interruption.ts'
import { writePieces, type Output } from '../output.ts'
import { remoteComparison } from '../remote/remote-comparison.ts'
import { wholeNumber } from './demo-data.ts'

interface CompareOptions {
  readonly list?: IndexName
  readonly body?: string
  readonly limit: number
  readonly withJava?: boolean
  readonly json?: boolean
  readonly csv?: boolean
  readonly dataDir?: string
}

/** What was compared, and the result in figures. */
export interface ComparedFigures extends Pick<RunsComparison, 'before' | 'after' | 'day'> {
  readonly summary: ComparisonSummary
}

/** A comparison, made here or by a remote installation. Either `differences` or `csv` is read, once. */
export interface Comparison {
  differences(): AsyncIterable<readonly DifferingRow[]>
  csv(): AsyncIterable<string>
  /** How many differences were read. */
  differing(): number
  /** Call it after all differences were read. */
  figures(): ComparedFigures
}

function comparisonHere(comparison: RunsComparison, signal: AbortSignal): Comparison {
  const differences = () => comparison.differences(interruption(signal))
  const { before, after, day } = comparison
  return {
    differences,
    csv: () => csvOf(differences()),
    differing: () => differingIn(comparison.summary()),
    figures: () => ({ before, after, day, summary: comparison.summary() }),
  }
}

const differingIn = ({ missing, surplus, different }: ComparisonSummary) => missing + surplus + different

async function printText(comparison: Comparison, scope: Scope, output: Output, limit: number): Promise<void> {
  const first: DifferingRow[] = []
  for await (const differences of comparison.differences()) first.push(...differences.slice(0, limit - first.length))
  const { before, after, day, summary } = comparison.figures()
  const lines = [
    comparisonSentence(summary, scope),
    `before: run ${before.run} (${before.kept}); after: run ${after.run} (${after.kept}); lists on ${day}`,
    ...summaryLines(summary, scope),
    ...differenceLines(first, differingIn(summary)),
  ]
  for (const line of lines) output.say(line)
}

/** False if the reader of the output left early. */
async function print(
  comparison: Comparison,
  { output }: CommandContext,
  { json = false, csv = false, limit }: CompareOptions,
  scope: Scope,
): Promise<boolean> {
  if (csv) return writePieces(comparison.csv(), output)
  if (json) return writePieces(jsonOf(comparison.differences()), output)
  await printText(comparison, scope, output, limit)
  return true
}

async function compare(context: CommandContext, options: CompareOptions, runs: readonly string[]): Promise<void> {
  const [one, other] = runs
  if (options.withJava === true) {
    if (other !== undefined) throw new RevalError('USAGE', '--with-java compares one run: name one, or none')
    await compareWithJava(context, { ...options, run: one ?? null })
    return
  }
  if (one === undefined) throw new RevalError('USAGE', 'name a run, or compare with the Java indexes (--with-java)')
  const scope = { list: options.list ?? null, body: options.body ?? null }
  const request = other === undefined ? { before: 'live', after: one, scope } : { before: one, after: other, scope }
  const { config, remote, signal, exitWith } = context
  const printed = async (comparison: Comparison) => {
    const isComplete = await print(comparison, context, options, scope)
    if (comparison.differing() > 0) exitWith(COMPARED.different)
    else exitWith(isComplete ? COMPARED.same : COMPARED.unknown)
    return isComplete
  }
  if (remote !== null) {
    await printed(remoteComparison(remote, request))
    return
  }
  await withReader(config, async (backends) => {
    await refuseUnknownLive(backends)
    const comparison = comparisonHere(await RunsComparison.of(backends, request), signal)
    await audited(backends, { what: 'reval compare', subject: request }, async (download) => {
      const isDownload = options.json === true || options.csv === true
      try {
        download.isComplete = await printed(comparison)
      } finally {
        if (isDownload) download.rows = comparison.differing()
      }
    })
  })
}

export const compareCommand = (): Command =>
  command<CompareOptions>(
    new Command('compare')
      .summary('Compare the rows of two runs, or of a run and live')
      .description(
        'Compare the rows of two runs: missing rows are only in the second, surplus rows only in the first. One run alone is compared with live, as the second. Exits with 0 if nothing differs, 1 if something does, 2 if it is not known',
      )
      .argument('[run]', 'id of a run whose generation is kept, or live, previous or held-back')
      .argument('[second]', 'the run to compare it with')
      .addOption(
        new Option('--list <index>', 'only rows that enter, leave or change in this list').choices(INDEX_NAMES),
      )
      .option('--body <code>', 'only rows of this designated body, before or after; "" for rows without one')
      .addOption(
        new Option(
          '--with-java',
          'compare the run (default: held-back, or else live) with the indexes of the Java services that reval adopt --indexes took over; differs only if something is not explained by the rules',
        ).conflicts('body'),
      )
      .option('--limit <n>', 'maximum number of rows in the text', wholeNumber(0, 100_000), 20)
      .addOption(
        new Option('--csv', 'print every field that differs, with both values (personal data)').conflicts('json'),
      )
      .addOption(JSON_OUTPUT),
    compare,
    { remote: true, failureStatus: COMPARED.unknown },
  )
