import type {
  FillableSources,
  FilledRow,
  SourceFilling,
  SourceTable,
  SourceTables,
} from '../../../src/ports/source-filling.ts'
import type { TableRows } from '../sources/rows.ts'

/** Adds rows to a filling, with line numbers as in an export with one header line. */
export async function addAll(filling: SourceFilling, rows: TableRows): Promise<void> {
  // The keys of a record of tables.
  for (const table of Object.keys(rows) as SourceTable[]) await filling.add(table, numbered(rows[table] ?? []))
}

function numbered<T extends SourceTable>(rows: readonly SourceTables[T][]): FilledRow<T>[] {
  return rows.map((values, index) => ({ line: index + 2, values }))
}

/** Replaces the sources by these rows. */
export async function fillWith(sources: FillableSources, rows: TableRows): Promise<void> {
  const filling = await sources.begin()
  try {
    await addAll(filling, rows)
    await filling.commit()
  } finally {
    await filling.abandon()
  }
}
