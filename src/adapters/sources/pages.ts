import type { Clock } from '../../ports/clock.ts'
import type { Snapshot } from '../../ports/sources.ts'

/** How fast a source may be read. */
export interface Pace {
  /** The maximum of rows per second, on average; 0 is unlimited. */
  readonly rowsPerSecond: number
  readonly clock: Clock
}

interface Reading<Row> extends Pace {
  readonly expected: number
  /** Reads the pages; the signal is aborted when they are no longer wanted. */
  readonly pages: (signal: AbortSignal) => AsyncGenerator<readonly Row[]>
  /** Ends a read that was abandoned; without it the pages are ended. */
  readonly close?: () => Promise<void>
}

/** A snapshot that is read page by page, one page ahead of its reader. */
export function pagedSnapshot<Row>({ expected, pages, close, ...pace }: Reading<Row>): Snapshot<Row> {
  const ended = new AbortController()
  const read = readAhead(pages(ended.signal))
  return {
    edition: null,
    expected,
    batches: (size) => inBatches(paced(read, { ...pace, signal: ended.signal }), size),
    [Symbol.asyncDispose]: async () => {
      ended.abort()
      if (close === undefined) await read.return(undefined)
      else await close()
    },
  }
}

/**
 * Pages of rows, each read no sooner than the rows of the ones before may have taken. A slow reader is not made up for by
 * reading faster later: that would be the burst that the limit is there to prevent. An abort ends the wait at once.
 */
export async function* paced<Row>(
  pages: AsyncIterable<readonly Row[]>,
  { rowsPerSecond, clock, signal }: Pace & { readonly signal: AbortSignal },
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

/** How many rows to read at once, so that a limit does not lead to long pauses between large pages. */
export function pageSize(rows: number, rowsPerSecond: number): number {
  return rowsPerSecond > 0 ? Math.max(1, Math.min(rows, rowsPerSecond)) : rows
}

/** Pages of any size as batches of at most `size`, none of them empty. */
export async function* inBatches<Row>(
  pages: AsyncIterable<readonly Row[]>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  for await (const page of pages) {
    for (let from = 0; from < page.length; from += size) {
      yield page.length <= size ? page : page.slice(from, from + size)
    }
  }
}

/**
 * The same pages, each asked for while the one before is worked on: the server and the reader then work at the same
 * time. Holds one page more.
 */
export async function* readAhead<Page>(pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
  let next = pages.next()
  try {
    for (;;) {
      const page = await next
      if (page.done === true) return
      next = pages.next()
      // A reader that leaves early does not get the error; one that stays awaits the same promise.
      next.catch(() => undefined)
      yield page.value
    }
  } finally {
    await pages.return(undefined)
  }
}
