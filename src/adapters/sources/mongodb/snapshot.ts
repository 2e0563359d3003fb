import type { Db } from 'mongodb'
import type { Clock } from '../../../ports/clock.ts'
import type { Snapshot } from '../../../ports/sources.ts'
import { paced } from '../paced.ts'
import { inBatches, readAhead } from '../pages.ts'
import { refuseMissing, type CollectionName } from './collections.ts'

export interface SnapshotOptions<Row> {
  readonly database: Db
  /** The collection whose documents are counted, then others that are read beside it. */
  readonly collections: readonly [CollectionName, ...CollectionName[]]
  /** Reads the pages; the signal is aborted when nobody wants them any more. */
  readonly pages: (signal: AbortSignal) => AsyncGenerator<readonly Row[]>
  readonly rowsPerSecond: number
  readonly clock: Clock
  readonly faultOf: (error: unknown) => Error
}

/**
 * What a reading of MongoDB gives. It is no moment's picture: a document that is written meanwhile comes as it was or
 * as it is, and one that is added or removed may come or not.
 */
export async function openSnapshot<Row>(options: SnapshotOptions<Row>): Promise<Snapshot<Row>> {
  const { database, collections, rowsPerSecond, clock, faultOf } = options
  try {
    await refuseMissing(database, collections)
    const expected = await database.collection(collections[0]).estimatedDocumentCount()
    const ended = new AbortController()
    const pages = readAhead(coded(options.pages(ended.signal), faultOf))
    return {
      edition: null,
      expected,
      batches: (size) => inBatches(paced(pages, { rowsPerSecond, clock, signal: ended.signal }), size),
      [Symbol.asyncDispose]: async () => {
        ended.abort()
        // Ends the cursors of a reader that left early; nothing once the pages have ended.
        await pages.return(undefined)
      },
    }
  } catch (error) {
    throw faultOf(error)
  }
}

async function* coded<Row>(
  pages: AsyncGenerator<readonly Row[]>,
  faultOf: (error: unknown) => Error,
): AsyncGenerator<readonly Row[]> {
  try {
    yield* pages
  } catch (error) {
    throw faultOf(error)
  }
}
