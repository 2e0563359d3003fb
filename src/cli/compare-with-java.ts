import { javaComparisonView, javaCsvOf } from '../app/java-comparison-view.ts'
import { sumOf, type ExplainedDifference } from '../domain/java/java-tally.ts'
import type { IndexName } from '../domain/lists.ts'
import type { RunId } from '../ports/run-ledger.ts'
import { RevalError } from '../errors/reval-error.ts'
import { JavaComparison } from '../sync/compare/compare-with-java.ts'
import { refuseUnknownLive } from '../sync/lead/adopt-live.ts'
import { audited, type DownloadRecord } from './audited.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'
import { COMPARED } from './exit-status.ts'
import { interruption } from './interruption.ts'
import { javaComparisonLines } from './java-comparison-text.ts'
import { writePieces } from './output.ts'

/** The most unexplained differences that `--json` lists. */
const MOST_LISTED = 10_000

interface WithJavaOptions {
  /** Null for the run that is held back, or else live. */
  readonly run: RunId | null
  readonly list?: IndexName
  readonly limit: number
  readonly csv?: boolean
}

/** `reval compare --with-java`. */
export async function compareWithJava(
  { config, remote, signal, exitWith, output }: CommandContext,
  { run, list, limit, csv = false }: WithJavaOptions,
): Promise<void> {
  if (remote !== null) {
    throw new RevalError('USAGE', 'cannot use --with-java with --url or REVAL_URL: it works on this machine only')
  }
  await withReader(config, async (backends) => {
    await refuseUnknownLive(backends)
    const comparison = await JavaComparison.of(backends, { run, list: list ?? null, mostListed: MOST_LISTED })
    const subject = { withJava: comparison.java.id, run: comparison.ours.run, list: list ?? null }
    await audited(backends, { what: 'reval compare', subject }, async (download) => {
      const stop = interruption(signal)
      if (csv) {
        const differences = counted(comparison.differences(stop), download)
        download.isComplete = await writePieces(javaCsvOf(differences), output)
      } else await comparison.summarize(stop)
      const view = javaComparisonView(comparison)
      if (sumOf(view.unexplained.differences) > 0) exitWith(COMPARED.different)
      else exitWith(download.isComplete ? COMPARED.same : COMPARED.unknown)
      if (!csv) output.print(view, javaComparisonLines(view, limit))
    })
  })
}

/** The differences, counted for the audit log, because they leave the machine with their values. */
async function* counted(
  differences: AsyncIterable<readonly ExplainedDifference[]>,
  download: DownloadRecord,
): AsyncGenerator<readonly ExplainedDifference[]> {
  download.rows = 0
  for await (const some of differences) {
    download.rows += some.length
    yield some
  }
}
