import type { Clock } from '../../ports/clock.ts'

export interface Pace {
  /** The most rows that are read in a second, on average; 0 is without a limit. */
  readonly rowsPerSecond: number
  readonly clock: Clock
  /** Aborted by who closes the rows: a wait then ends at once. */
  readonly signal: AbortSignal
}

/**
 * Pages of rows, each read no sooner than the rows of the ones before may have taken. What a reader was slow with is
 * not made up for by reading faster later: that would be the burst that the limit is there to prevent.
 */
export async function* paced<Row>(
  pages: AsyncIterable<readonly Row[]>,
  { rowsPerSecond, clock, signal }: Pace,
): AsyncGenerator<readonly Row[]> {
  if (rowsPerSecond <= 0) {
    yield* pages
    return
  }
  let free = clock.monotonic()
  for await (const page of pages) {
    free = Math.max(free, clock.monotonic()) + (page.length / rowsPerSecond) * 1000
    yield page
    await clock.wait(Math.ceil(free - clock.monotonic()), signal)
  }
}

/** How many rows to read at once, so that a limit is not kept by long pauses between great gulps. */
export function pageSize(rows: number, rowsPerSecond: number): number {
  return rowsPerSecond > 0 ? Math.max(1, Math.min(rows, rowsPerSecond)) : rows
}
