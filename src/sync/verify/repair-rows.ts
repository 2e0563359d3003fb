import { inChunks } from '../../domain/chunks.ts'
import { personIdIn, storedIdIn, type RowId } from '../../domain/row.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { ChangeApplier } from '../refresh/apply-changes.ts'
import { keysOfStoredRow } from '../refresh/key-scope.ts'
import type { Mutex } from '../wait/mutex.ts'
import { persist } from '../wait/persist.ts'

/** How many rows are refreshed at a time. Live changes wait for at most one batch. */
const ROWS_AT_A_TIME = 250
/** How long a source may be down before the repair fails. */
const RETRY_MS = 20_000

/**
 * Refreshes the keys of rows of live, by their ids and by what live has, in every kept generation; announces the rows that
 * changed. A row that another program added stays as it is if neither its id nor its number leads to it.
 */
export async function refreshRows(
  context: WriterContext,
  applier: Pick<ChangeApplier, 'apply'>,
  { live, ids }: { readonly live: GenerationId; readonly ids: readonly RowId[] },
  signal: AbortSignal,
): Promise<void> {
  const { clock, store } = context
  const until = clock.monotonic() + RETRY_MS
  const trying = { doing: 'repairing rows', signal, shouldRetry: () => clock.monotonic() < until }
  for (const some of inChunks(ids, ROWS_AT_A_TIME)) {
    signal.throwIfAborted()
    const stored = await persist(context, trying, () => store.get(live, some))
    const keys = [...some.flatMap(keysOfId), ...stored.flatMap(({ row }) => keysOfStoredRow(row))]
    let tries = 0
    await persist(context, trying, () => {
      tries += 1
      // An earlier attempt may have written rows without announcing them.
      return applier.apply(keys, 'repair', tries > 1 ? 'all' : [], { mendTables: true })
    })
  }
}

/**
 * Makes the rows of these ids in the tables of live like its master index, between two batches of changes. Removes a row that
 * only tables have.
 */
export async function mendTables(
  context: WriterContext,
  changes: Mutex,
  { live, ids }: { readonly live: GenerationId; readonly ids: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const { clock, store } = context
  const until = clock.monotonic() + RETRY_MS
  const trying = { doing: 'repairing rows of tables', signal, shouldRetry: () => clock.monotonic() < until }
  for (const some of inChunks(ids, ROWS_AT_A_TIME)) {
    signal.throwIfAborted()
    await persist(context, trying, () => changes.run(() => store.mendTables(live, some)))
  }
}

/** The keys of a row by its id; none if no row of ours can have it. */
function keysOfId(id: RowId): readonly ChangedKey[] {
  const tcsPersonId = personIdIn(id)
  if (tcsPersonId !== null) return [{ kind: 'person', tcsPersonId }]
  const storedId = storedIdIn(id)
  return storedId === null ? [] : [{ kind: 'document', storedId }]
}
