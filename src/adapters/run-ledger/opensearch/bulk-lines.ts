import type { SearchSettings } from '../../opensearch/settings.ts'

/** One document to write: `create` leaves one that is there, `index` takes its place. */
export interface BulkAction {
  readonly op: 'create' | 'index'
  /** The action and the document, as the engine's bulk API reads them. */
  readonly lines: string
}

export function bulkAction(op: BulkAction['op'], id: string, source: object): BulkAction {
  return { op, lines: `${JSON.stringify({ [op]: { _id: id } })}\n${JSON.stringify(source)}\n` }
}

/** The actions in their order, in bulks of at most so many documents and bytes; one that is longer goes alone. */
export function* inBulks(
  actions: readonly BulkAction[],
  { searchBulkRows, searchBulkBytes }: Pick<SearchSettings, 'searchBulkRows' | 'searchBulkBytes'>,
): Generator<readonly BulkAction[]> {
  let bulk: BulkAction[] = []
  let bytes = 0
  for (const action of actions) {
    const length = Buffer.byteLength(action.lines)
    if (bulk.length > 0 && (bulk.length === searchBulkRows || bytes + length > searchBulkBytes)) {
      yield bulk
      bulk = []
      bytes = 0
    }
    bulk.push(action)
    bytes += length
  }
  if (bulk.length > 0) yield bulk
}
