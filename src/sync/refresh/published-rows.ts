import { assemble } from '../../domain/assemble.ts'
import { inChunks } from '../../domain/chunks.ts'
import { londonDay } from '../../domain/day.ts'
import { FIELDS, type Field } from '../../domain/fields.ts'
import { harmlessToJavaLists } from '../../domain/java-lists.ts'
import { MASTER_FIELDS, type ListName } from '../../domain/lists.ts'
import { doctorRowId, numberOfRow, type Row, type RowId } from '../../domain/row.ts'
import { encodeMasterRows, encodeRowForLists } from '../../messages/master-row.ts'
import type { StoredRow } from '../../ports/index-store.ts'
import { listsOf, listWriters } from '../../ports/peers.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { Refreshed } from './refresh.ts'

/** How many rows are being published at a time. */
const AT_A_TIME = 50

/** Who receives the announcements: by default those of the reference's messages. */
export type Receivers = 'as the reference' | 'Java lists'

/**
 * The master rows that a refresh of the live generation announces: those it created or replaced whose published fields
 * changed, and the unchanged ones of the keys to repeat. As in the reference, deleted rows are not announced.
 */
export function rowsToPublish(
  { changes, rows }: Refreshed,
  repeated: 'all' | readonly ChangedKey[],
  receivers: Receivers = 'as the reference',
): readonly Row[] {
  const published = receivers === 'Java lists' ? FIELDS : MASTER_FIELDS
  const chosen = new Map<string, Row>()
  for (const { id, before, after } of changes) {
    if (after !== null && (before === null || fieldsDiffer(published, before, after))) chosen.set(id, after)
  }
  const isRepeated = repeated === 'all' ? () => true : isRowOf(repeated)
  for (const row of rows) if (isRepeated(row)) chosen.set(row.id, row)
  return [...chosen.values()]
}

/** Whether readers see other fields than before. */
function fieldsDiffer(fields: readonly Field[], { document }: StoredRow, after: Row): boolean {
  const assembled = assemble(after.parts)
  return fields.some((field) => document[field] !== assembled[field])
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

type AnnouncingContext = Pick<WriterContext, 'broker' | 'clock' | 'settings'>

/** The rows that are to be announced: those that the broker did not take are announced with the next. */
export class Announcements {
  readonly #context: AnnouncingContext
  readonly #receivers: Receivers
  /** Those that Java services write. */
  readonly #lists: readonly ListName[]
  /** A refresh that is repeated may not find all rows again: a row may have left the number of the key. */
  readonly #owed = new Map<RowId, Row>()

  constructor(context: AnnouncingContext) {
    this.#context = context
    this.#lists = listWriters(context.settings.javaPeers).flatMap(listsOf)
    this.#receivers = this.#lists.length > 0 ? 'Java lists' : 'as the reference'
  }

  /**
   * Announces what a refresh of the live generation did, and resolves with the number of rows. To Java services that write lists,
   * rows with which they would harm them are not announced, and none is while lists are views: whatever they wrote or deleted then
   * would be master rows. Rejects as the broker does.
   */
  async announce(
    refreshed: Refreshed,
    repeated: 'all' | readonly ChangedKey[],
    { hasViews }: { readonly hasViews: boolean },
  ): Promise<number> {
    if (this.#receivers === 'Java lists' && hasViews) return 0
    for (const { id } of refreshed.changes) this.#owed.delete(id)
    for (const row of rowsToPublish(refreshed, repeated, this.#receivers)) this.#owed.set(row.id, row)
    const owed = [...this.#owed.values()]
    const rows =
      this.#receivers === 'Java lists'
        ? harmlessToJavaLists(owed, refreshed.rows, { lists: this.#lists, today: londonDay(this.#context.clock.now()) })
        : owed
    await publishRows(this.#context, rows, this.#receivers)
    this.#owed.clear()
    return rows.length
  }
}

/** Announces rows, one bare object in each message as the reference does. Repeating it is harmless. */
async function publishRows(
  { broker }: Pick<WriterContext, 'broker'>,
  rows: readonly Row[],
  receivers: Receivers,
): Promise<void> {
  for (const some of inChunks(rows, AT_A_TIME)) {
    await Promise.all(
      some.map(({ id, parts }) => {
        const row = { id, document: assemble(parts) }
        const body = receivers === 'Java lists' ? encodeRowForLists(row) : encodeMasterRows([row])
        return broker.publish('masterRowChanged', { body, attributes: {} })
      }),
    )
  }
}
