import type { Collection, Db } from 'mongodb'
import type { MisplacedRow } from '../../../ports/source-filling.ts'
import { alreadyThere } from '../misplaced-words.ts'
import { COLLECTIONS, type CollectionName } from './collections.ts'
import { stagedName, type StagedDocument } from './staged-documents.ts'
import { textOf } from './values.ts'

const AT_ONCE = 1_000

/** The staged documents of a collection whose key an earlier one has. Held in memory: of sound data there are none. */
export interface Repeated {
  readonly rows: { readonly line: number; readonly key: string; readonly firstLine: number }[]
  /** The staged ids of those whose `_id` is that of an earlier one to the letter: no collection can hold both. */
  readonly same: number[]
}

/** Looks through all that is staged. */
export async function findRepeated(database: Db): Promise<ReadonlyMap<CollectionName, Repeated>> {
  const found = new Map<CollectionName, Repeated>()
  for (const name of COLLECTIONS) found.set(name, await repeatedIn(database.collection(stagedName(name))))
  return found
}

async function repeatedIn(staged: Collection<StagedDocument>): Promise<Repeated> {
  const groups = staged.aggregate<{ _id: string }>(
    [{ $group: { _id: '$key', count: { $sum: 1 } } }, { $match: { count: { $gt: 1 } } }],
    { allowDiskUse: true },
  )
  const keys: string[] = []
  for await (const { _id } of groups) keys.push(_id)
  const repeated: Repeated = { rows: [], same: [] }
  if (keys.length > 0) await staged.createIndex({ key: 1 })
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    await addRepeated(staged, keys.slice(from, from + AT_ONCE), repeated)
  }
  repeated.rows.sort((a, b) => a.line - b.line)
  return repeated
}

async function addRepeated(
  staged: Collection<StagedDocument>,
  keys: readonly string[],
  { rows, same }: Repeated,
): Promise<void> {
  const firstLines = new Map<string, number>()
  const ids = new Set<string>()
  const options = { sort: { _id: 1 }, projection: { line: 1, key: 1, 'document._id': 1 }, allowDiskUse: true } as const
  for await (const { _id, line, key, document } of staged.find({ key: { $in: keys } }, options)) {
    const firstLine = firstLines.get(key)
    if (firstLine === undefined) firstLines.set(key, line)
    else rows.push({ line, key, firstLine })
    const id = textOf(document._id) ?? ''
    if (ids.has(id)) same.push(_id)
    ids.add(id)
  }
}

export function* misplacedIn(table: CollectionName, { rows }: Repeated): Generator<MisplacedRow> {
  for (const { line, key, firstLine } of rows) {
    yield { table, line, column: '_id', reason: alreadyThere(key, firstLine) }
  }
}

/** Takes away the staged documents that could not stand beside an earlier one: the first one counts. */
export async function dropRepeated(staged: Collection<StagedDocument>, repeated: Repeated | undefined): Promise<void> {
  const same = repeated?.same ?? []
  for (let from = 0; from < same.length; from += AT_ONCE) {
    await staged.deleteMany({ _id: { $in: same.slice(from, from + AT_ONCE) } })
  }
}
