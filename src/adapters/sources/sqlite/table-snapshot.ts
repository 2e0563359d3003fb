import { setImmediate } from 'node:timers/promises'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Snapshot } from '../../../ports/sources.ts'
import type { RecordKind } from './record-kind.ts'
import { openSources, readingError } from './sources-file.ts'

/** The rows of one table of the sources as they are now. */
export async function openSnapshot<Fields extends readonly unknown[], Row>(
  directory: string,
  kind: RecordKind<Fields, Row>,
): Promise<Snapshot<Row>> {
  const database = openSources(directory)
  try {
    const edition = database.prepare('SELECT edition FROM filling').get()?.edition
    // Positions have no gaps, so the last one is the count.
    const expected = database.prepare(`SELECT coalesce(max(position), 0) AS last FROM ${kind.table}`).get()?.last
    return {
      edition: typeof edition === 'string' ? edition : null,
      expected: Number(expected),
      batches: (size) => pages(database, kind, size),
      [Symbol.asyncDispose]: async () => {
        if (database.isOpen) database.close()
      },
    }
  } catch (error) {
    database.close()
    throw readingError(error)
  }
}

async function* pages<Fields extends readonly unknown[], Row>(
  database: DatabaseSync,
  kind: RecordKind<Fields, Row>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  for (let position = 0; ; position += size) {
    const rows = rowsWhere(database, kind, 'position > ? AND position <= ?', [position, position + size])
    if (rows.length > 0) yield rows
    if (rows.length < size) return
    // SQLite answers at once: without this the process would do nothing else until the end.
    await setImmediate()
  }
}

/** The rows that a condition on the table chooses, by position. Throws SOURCE_FAILED. */
export function rowsWhere<Fields extends readonly unknown[], Row>(
  database: DatabaseSync,
  { table, rowOf }: RecordKind<Fields, Row>,
  condition: string,
  values: readonly SQLInputValue[],
): readonly Row[] {
  try {
    // One text and one parse for all are faster than one for each.
    const joined = "group_concat(record, ',' ORDER BY position)"
    const select = database.prepare(`SELECT ${joined} AS records FROM ${table} WHERE ${condition}`)
    const records = `[${String(select.get(...values)?.records ?? '')}]`
    // The type is what `RecordKind` says of a file of this layout.
    return (JSON.parse(records) as readonly Fields[]).map(rowOf)
  } catch (error) {
    throw readingError(error)
  }
}
