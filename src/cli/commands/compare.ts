import { Command, Option } from 'commander'
import { csvOf, jsonOf } from '../../app/comparison-output.ts'
import type { Scope } from '../../domain/comparison-tally.ts'
import type { RowDifference } from '../../domain/comparison.ts'
import { INDEX_NAMES, type IndexName } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { RunsComparison } from '../../sync/compare/compare-runs.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { audited } from '../audited.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { comparisonSentence, differenceLines, summaryLines } from '../comparison-text.ts'
import { COMPARED } from '../exit-status.ts'
import { writePieces } from '../output.ts'
import { wholeNumber } from './demo-data.ts'

interface CompareOptions {
  readonly list?: IndexName
  readonly body?: string
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly dataDir?: string
}

/** The signal of the command, with an error as its reason. */
function interruption(signal: AbortSignal): AbortSignal {
  const ending = new AbortController()
  const end = () => ending.abort(new RevalError('INTERRUPTED', 'interrupted before everything was compared'))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return ending.signal
}

async function printText(
  comparison: RunsComparison,
  scope: Scope,
  context: CommandContext,
  limit: number,
): Promise<void> {
  const first: RowDifference[] = []
  for await (const differences of comparison.differences(interruption(context.signal))) {
    first.push(...differences.slice(0, limit - first.length))
  }
  const { before, after, day } = comparison
  const summary = comparison.summary()
  const differing = summary.missing + summary.surplus + summary.different
  const lines = [
    comparisonSentence(summary, scope),
    `before: run ${before.run} (${before.kept}); after: run ${after.run} (${after.kept}); lists on ${day}`,
    ...summaryLines(summary, scope),
    ...differenceLines(first, differing),
  ]
  for (const line of lines) context.output.say(line)
}

async function compare(context: CommandContext, options: CompareOptions, runs: readonly string[]): Promise<void> {
  const [one = '', other] = runs
  const scope = { list: options.list ?? null, body: options.body ?? null }
  const request = other === undefined ? { before: 'live', after: one, scope } : { before: one, after: other, scope }
  await withReader(context.config, async (backends) => {
    await refuseUnknownLive(backends)
    const comparison = await RunsComparison.of(backends, request)
    const isComplete = await audited(backends, { what: 'reval compare', subject: request }, async (download) => {
      if (options.json !== true && options.csv !== true) {
        await printText(comparison, scope, context, options.limit)
        return true
      }
      const differences = comparison.differences(interruption(context.signal))
      try {
        const pieces = options.csv === true ? csvOf(differences) : jsonOf(differences)
        download.isComplete = await writePieces(pieces, context.output)
        return download.isComplete
      } finally {
        const { missing, surplus, different } = comparison.summary()
        download.rows = missing + surplus + different
      }
    })
    const { missing, surplus, different } = comparison.summary()
    if (missing + surplus + different > 0) context.exitWith(COMPARED.different)
    else context.exitWith(isComplete ? COMPARED.same : COMPARED.unknown)
  })
}

export const compareCommand = (): Command =>
  command<CompareOptions>(
    new Command('compare')
      .summary('Compare the rows of two runs, or of a run and live')
      .description(
        'Compare the rows of two runs: missing rows are only in the second, surplus rows only in the first. One run alone is compared with live, as the second. Exits with 0 if nothing differs, 1 if something does, 2 if it is not known',
      )
      .argument('<run>', 'id of a run whose generation is kept, or live, previous or held-back')
      .argument('[second]', 'the run to compare it with')
      .addOption(
        new Option('--list <index>', 'only rows that enter, leave or change in this list').choices(INDEX_NAMES),
      )
      .option('--body <code>', 'only rows of this designated body, before or after; "" for rows without one')
      .option('--limit <n>', 'maximum number of rows in the text', wholeNumber(0, 100_000), 20)
      .addOption(
        new Option('--csv', 'print every field that differs, with both values (personal data)').conflicts('json'),
      )
      .addOption(JSON_OUTPUT),
    compare,
    { failureStatus: COMPARED.unknown },
  )
