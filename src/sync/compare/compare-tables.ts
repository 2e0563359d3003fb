import type { AssembledDocument } from '../../domain/assemble.ts'
import type { Day } from '../../domain/day.ts'
import { byList, LIST_NAMES, type IndexDocument, type ListName } from '../../domain/lists.ts'
import type { RowId } from '../../domain/row.ts'
import { requiredIn, tableDifference, type TableDifference } from '../../domain/table-difference.ts'
import type { GenerationId, IndexStore, ListCounts, StoredRow } from '../../ports/index-store.ts'
import { findGeneration } from '../generations.ts'

/** The tables of a generation. */
export interface Tables {
  readonly generation: GenerationId
  readonly tableDay: Day
}

/** The tables of a generation; null if its lists are views, or those of a Java service. */
export async function tablesOf(
  store: Pick<IndexStore, 'generations'>,
  generation: GenerationId,
): Promise<Tables | null> {
  const found = await findGeneration(store, generation)
  const { tableDay, java } = found ?? {}
  return tableDay === undefined || java === true ? null : { generation, tableDay }
}

/** The rows of a master index by id, and null for ids that it lacks. */
export type MasterRows = ReadonlyMap<RowId, AssembledDocument | null>

/** How many rows of each table have these ids, and what is not as the master rows require. */
export interface ComparedTables {
  readonly found: ListCounts
  readonly differences: readonly TableDifference[]
}

/** Compares the current rows of all tables that have these ids with the master rows. */
export async function compareTables(
  store: Pick<IndexStore, 'tableRowsOf'>,
  { generation, tableDay }: Tables,
  master: MasterRows,
): Promise<ComparedTables> {
  const ids = [...master.keys()]
  const read = async (list: ListName) => {
    const rows = await store.tableRowsOf(generation, list, ids)
    return [list, new Map(rows.map(({ id, document }) => [id, document] as const))] as const
  }
  const tables: readonly (readonly [ListName, ReadonlyMap<string, IndexDocument>])[] = await Promise.all(
    LIST_NAMES.map(read),
  )
  const differences = [...master].flatMap(([id, document]) =>
    tables.flatMap(
      ([list, rows]) => tableDifference(list, id, requiredIn(list, document, tableDay), rows.get(id) ?? null) ?? [],
    ),
  )
  return { found: byList((list) => tables.find(([name]) => name === list)?.[1].size ?? 0), differences }
}

/** Compares the current rows of all tables that have these ids with those of the master index, by id. */
export async function compareWithMaster(
  store: Pick<IndexStore, 'get' | 'tableRowsOf'>,
  tables: Tables,
  ids: readonly string[],
): Promise<ComparedTables & { readonly master: ReadonlyMap<RowId, StoredRow> }> {
  const master = new Map((await store.get(tables.generation, ids)).map((stored) => [stored.row.id, stored]))
  const documents = new Map(ids.map((id) => [id, master.get(id)?.document ?? null]))
  return { master, ...(await compareTables(store, tables, documents)) }
}

/**
 * Streams all rows of a generation and yields the ids of those that a table does not have as they require; then, where a table
 * has more rows than that, the ids that the master lacks, which a Java service made. Rows may be written meanwhile, so look at
 * them again. An id may come more than once. Memory stays flat. Rejects as the store does, or with the reason of the signal.
 */
export async function* idsThatDiffer(
  store: Pick<IndexStore, 'rows' | 'get' | 'countTables' | 'tableRows' | 'tableRowsOf'>,
  tables: Tables,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let matched: ListCounts = byList(() => 0)
  for await (const batch of store.rows(tables.generation)) {
    signal.throwIfAborted()
    const master = new Map(batch.map((scanned) => [scanned.id, scanned.read().document] as const))
    const { found, differences } = await compareTables(store, tables, master)
    matched = byList((list) => matched[list] + found[list])
    yield [...new Set(differences.map(({ id }) => id))]
  }
  yield* idsWithoutMaster(store, tables, matched, signal)
}

/** Streams the tables that have more rows than expected, and yields the ids that the master lacks. */
export async function* idsWithoutMaster(
  store: Pick<IndexStore, 'get' | 'countTables' | 'tableRows'>,
  { generation }: Tables,
  expected: ListCounts,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const counts = await store.countTables(generation)
  for (const list of LIST_NAMES) {
    if (counts === null || counts[list] <= expected[list]) continue
    for await (const rows of store.tableRows(generation, list)) {
      signal.throwIfAborted()
      const ids = rows.map(({ id }) => id)
      const known = new Set((await store.get(generation, ids)).map(({ row }) => row.id))
      yield ids.filter((id) => !known.has(id))
    }
  }
}
