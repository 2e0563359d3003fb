import { backendsOf, type SourceBackends } from '../app/backends.ts'
import { javaComparisonView, javaCsvOf } from '../app/java-comparison-view.ts'
import type { Config } from '../config/config.ts'
import type { Recommendation } from '../domain/doctor.ts'
import { sumOf, type ExplainedDifference } from '../domain/java/java-tally.ts'
import type { IndexName } from '../domain/lists.ts'
import type { RunId } from '../ports/run-ledger.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import { JavaComparison } from '../sync/compare/compare-with-java.ts'
import { refuseUnknownLive } from '../sync/lead/adopt-live.ts'
import { audited, type DownloadRecord } from './audited.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'
import { COMPARED } from './exit-status.ts'
import { interruption } from './interruption.ts'
import { javaComparisonLines } from './java-comparison-text.ts'
import { writePieces, type Output } from './output.ts'

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
  await using sources = await openedSources(config)
  await withReader(config, async (backends) => {
    await refuseUnknownLive(backends)
    const tools = { ...backends, recommendationsOf: recommendationsIn(sources, output) }
    const comparison = await JavaComparison.of(tools, { run, list: list ?? null, mostListed: MOST_LISTED })
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

/** The sources, closed at the end of the block. */
async function openedSources(config: Config): Promise<SourceBackends & AsyncDisposable> {
  const sources = await (await backendsOf(config)).openSources(config)
  return { ...sources, [Symbol.asyncDispose]: () => sources.close() }
}

/** Reads recommendations. If they cannot be read, it says so once: what they would explain is unexplained then. */
function recommendationsIn({ doctorSource }: SourceBackends, { note }: Pick<Output, 'note'>) {
  let isReadable = true
  return async (storedIds: readonly string[]): Promise<ReadonlyMap<string, readonly Recommendation[]>> => {
    if (!isReadable || doctorSource.recommendationsOf === undefined) return new Map()
    try {
      return await doctorSource.recommendationsOf(storedIds)
    } catch (error) {
      isReadable = false
      const { code, message } = asRevalError(error)
      note(`warning: recommendations cannot be read, so what they would explain is unexplained (${code}: ${message})`)
      return new Map()
    }
  }
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
