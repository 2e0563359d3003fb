import type { TestContext } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import type { ListRow } from '../../../src/domain/list-matching.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { GenerationId, IndexStore } from '../../../src/ports/index-store.ts'
import type { ListReader } from '../../../src/ports/list-reader.ts'
import { generation } from '../index-store/place.ts'
import { create } from '../index-store/rows.ts'

/** A store that no other test uses, and a reader of its lists in another process. */
export interface ListPlace {
  readonly store: IndexStore
  readonly reader: ListReader
  /** Makes a generation one that an older version filled, without the keys that lists are read by. */
  readonly outdate: (id: GenerationId) => Promise<void>
  /** Closes and removes everything. */
  readonly dispose: () => Promise<void>
}

/**
 * Opens a place. A backend that pages in more than one way opens its reader so that lists of a thousand rows need each of them.
 */
export type ListFactory = () => Promise<ListPlace>

export async function openLists(t: TestContext, factory: ListFactory): Promise<ListPlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

/** A generation and its rows, as they were written. */
export interface Filled {
  readonly id: GenerationId
  readonly reader: ListReader
  readonly rows: readonly ListedSource[]
}

/** A row as it was written, with its document. */
export type ListedSource = ListRow & Row

export const sourceOf = (row: Row): ListedSource => ({ ...row, document: assemble(row.parts) })

/** Fills a generation as a run does. */
export async function filledWith(
  { store, reader }: Pick<ListPlace, 'store' | 'reader'>,
  id: GenerationId,
  rows: readonly Row[],
): Promise<Filled> {
  await store.createGeneration(generation(id))
  const size = 1_000
  for (let at = 0; at < rows.length; at += size) await store.write(id, rows.slice(at, at + size).map(create))
  await store.makeVisible(id)
  await store.makeReadable(id)
  return { id, reader, rows: rows.map(sourceOf) }
}
