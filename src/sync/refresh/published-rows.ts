import { assemble } from '../../domain/assemble.ts'
import { inChunks } from '../../domain/chunks.ts'
import { MASTER_FIELDS } from '../../domain/lists.ts'
import { doctorRowId, numberOfRow, type Row, type RowId } from '../../domain/row.ts'
import { encodeMasterRows } from '../../messages/master-row.ts'
import type { StoredRow } from '../../ports/index-store.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { Refreshed } from './refresh.ts'

/** How many rows are being published at a time. */
const AT_A_TIME = 50

/**
 * The master rows that a refresh of the live generation announces: those it created or replaced whose published fields
 * changed, and the unchanged ones of the keys to repeat. As in the reference, deleted rows are not announced.
 */
export function rowsToPublish({ changes, rows }: Refreshed, repeated: 'all' | readonly ChangedKey[]): readonly Row[] {
  const chosen = new Map<string, Row>()
  for (const { id, before, after } of changes) {
    if (after !== null && (before === null || publishedFieldsDiffer(before, after))) chosen.set(id, after)
  }
  const isRepeated = repeated === 'all' ? () => true : isRowOf(repeated)
  for (const row of rows) if (isRepeated(row)) chosen.set(row.id, row)
  return [...chosen.values()]
}

/** Whether readers see other fields than before. */
function publishedFieldsDiffer({ document }: StoredRow, after: Row): boolean {
  const assembled = assemble(after.parts)
  return MASTER_FIELDS.some((field) => document[field] !== assembled[field])
}

function isRowOf(keys: readonly ChangedKey[]): (row: Row) => boolean {
  const persons = new Set(keys.flatMap((key) => (key.kind === 'person' ? [key.tcsPersonId] : [])))
  const numbers = new Set(keys.flatMap((key) => (key.kind === 'number' ? [key.number] : [])))
  const documents = new Set(keys.flatMap((key) => (key.kind === 'document' ? [doctorRowId(key.storedId)] : [])))
  return (row) => {
    const { trainee } = row.parts
    const number = numberOfRow(row)
    return (
      (trainee !== null && persons.has(trainee.tcsPersonId)) ||
      (number !== null && numbers.has(number)) ||
      documents.has(row.id)
    )
  }
}

/** The rows that are to be announced: those that the broker did not take are announced with the next. */
export class Announcements {
  readonly #context: Pick<WriterContext, 'broker'>
  /** A refresh that is repeated may not find all rows again: a row may have left the number of the key. */
  readonly #owed = new Map<RowId, Row>()

  constructor(context: Pick<WriterContext, 'broker'>) {
    this.#context = context
  }

  /** Announces what a refresh of the live generation did, and resolves with the number of rows. Rejects as the broker does. */
  async announce(refreshed: Refreshed, repeated: 'all' | readonly ChangedKey[]): Promise<number> {
    for (const { id } of refreshed.changes) this.#owed.delete(id)
    for (const row of rowsToPublish(refreshed, repeated)) this.#owed.set(row.id, row)
    const { size } = this.#owed
    await publishRows(this.#context, [...this.#owed.values()])
    this.#owed.clear()
    return size
  }
}

/** Announces rows, one bare object in each message as the reference does. Repeating it is harmless. */
export async function publishRows({ broker }: Pick<WriterContext, 'broker'>, rows: readonly Row[]): Promise<void> {
  for (const some of inChunks(rows, AT_A_TIME)) {
    await Promise.all(
      some.map(({ id, parts }) => {
        const body = encodeMasterRows([{ id, document: assemble(parts) }])
        return broker.publish('masterRowChanged', { body, attributes: {} })
      }),
    )
  }
}
