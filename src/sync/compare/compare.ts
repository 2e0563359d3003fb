import { rowDifference, type RowDifference } from '../../domain/comparison.ts'
import { compareByCodePoint } from '../../domain/text.ts'
import type { GenerationId, IndexStore, ScannedRow } from '../../ports/index-store.ts'
import { RowStream } from './row-stream.ts'
import { comparedRow, RowsOutOfPlace } from './rows-out-of-place.ts'

/** What a comparison has found since its last part. */
export interface ComparedPart {
  /** How many rows of each side were read. */
  readonly rows: { readonly before: number; readonly after: number }
  /** In the order of row ids, by code point, but for rows out of place (`IndexStore.rows`). */
  readonly differences: readonly RowDifference[]
}

export interface Sides {
  readonly before: GenerationId
  readonly after: GenerationId
}

/** The maximum of differences in a part. Decoding blocks the process. */
const MOST_DIFFERENCES = 500

/**
 * Compares the visible rows of two generations, in the order of row ids. Memory stays flat. Rows may be written meanwhile:
 * each side has a row as it was when the comparison began or later. Rejects GENERATION_UNKNOWN; STORE_FAILED if a generation
 * is dropped meanwhile; the reason of the signal once it is aborted. However it ends, it leaves nothing open.
 */
export async function* compareGenerations(
  store: Pick<IndexStore, 'rows' | 'get'>,
  { before, after }: Sides,
  signal?: AbortSignal,
): AsyncGenerator<ComparedPart> {
  signal?.throwIfAborted()
  await using left = new RowStream(store.rows(before), signal)
  await using right = new RowStream(store.rows(after), signal)
  const outOfPlace = new RowsOutOfPlace(store, { before, after })
  for (;;) {
    await Promise.all([left.fill(), right.fill()])
    if (left.row === null && right.row === null) return
    const { rows, differences } = nextPart(left, right)
    yield { rows, differences: await outOfPlace.resolved(differences) }
    if (left.mustFill || right.mustFill) continue
    // If reading never waits, this gives the rest of the process its turn.
    await new Promise(setImmediate)
    signal?.throwIfAborted()
  }
}

/** Compares until one side has to read on, or there are enough differences. */
function nextPart(left: RowStream, right: RowStream): ComparedPart {
  const rows = { before: 0, after: 0 }
  const differences: RowDifference[] = []
  while (!left.mustFill && !right.mustFill && differences.length < MOST_DIFFERENCES) {
    const order = orderOf(left.row, right.row)
    if (order === null) break
    const old = order <= 0 ? left.take() : null
    const present = order >= 0 ? right.take() : null
    if (old !== null) rows.before += 1
    if (present !== null) rows.after += 1
    if (old !== null && present !== null && old.content === present.content) continue
    const difference = rowDifference(old && comparedRow(old.read()), present && comparedRow(present.read()))
    if (difference !== null) differences.push(difference)
  }
  return { rows, differences }
}

/** Below 0 if the next row is on the left only, above 0 if on the right only, 0 if on both; null without any. */
function orderOf(left: ScannedRow | null, right: ScannedRow | null): number | null {
  if (left === null) return right === null ? null : 1
  if (right === null) return -1
  return left.id === right.id ? 0 : compareByCodePoint(left.id, right.id)
}
