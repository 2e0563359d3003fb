import { gmcNumber } from '../../domain/gmc-number.ts'
import { LIST_NAMES, type IndexDocument } from '../../domain/lists.ts'
import { doctorRowId, traineeRowId } from '../../domain/row.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import { listWriters } from '../../ports/peers.ts'
import { tablesOf, type Tables } from '../compare/compare-tables.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { ErasedKeys } from './erased-keys.ts'

/**
 * Removes rows of a person that only a table has: those that a dead writer left, and those that a Java service made, whose ids
 * say nothing. Call it while the master has the person's rows: they lead to all keys.
 */
export async function eraseInTables(
  { store, settings }: Pick<WriterContext, 'store' | 'settings'>,
  generation: GenerationId,
  keys: Pick<ErasedKeys, 'names'>,
): Promise<void> {
  const tables = await tablesOf(store, generation)
  if (tables === null) return
  const mayHaveStrangers = listWriters(settings.javaPeers).length > 0 || (await haveOthers(store, tables))
  const strangers = mayHaveStrangers ? await strangersOf(store, generation, keys) : []
  await store.mendTables(generation, [...new Set([...keys.names, ...strangers])])
}

/** Whether tables do not have as many rows as they should: a Java service that was configured until recently may have made some. */
async function haveOthers(
  store: Pick<IndexStore, 'count' | 'countTables'>,
  { generation, tableDay }: Tables,
): Promise<boolean> {
  const [{ indexes }, found] = [await store.count(generation, tableDay), await store.countTables(generation)]
  return LIST_NAMES.some((list) => found !== null && found[list] !== indexes[list])
}

/** The ids of all rows of tables that show one of the keys. */
async function strangersOf(
  store: Pick<IndexStore, 'tableRows'>,
  generation: GenerationId,
  { names }: Pick<ErasedKeys, 'names'>,
): Promise<readonly string[]> {
  const erased = new Set(names)
  const ids: string[] = []
  for (const list of LIST_NAMES) {
    for await (const rows of store.tableRows(generation, list)) {
      ids.push(...rows.filter(({ document }) => namesIn(document).some((name) => erased.has(name))).map(({ id }) => id))
    }
  }
  return ids
}

/** What a document shows of whose it is, as ids of rows. */
function namesIn({ tcsPersonId, gmcReferenceNumber }: IndexDocument): readonly string[] {
  const number = gmcNumber(typeof gmcReferenceNumber === 'string' ? gmcReferenceNumber : null)
  return [
    ...(tcsPersonId === undefined ? [] : [traineeRowId(Number(tcsPersonId))]),
    ...(typeof gmcReferenceNumber === 'string' ? [doctorRowId(number ?? gmcReferenceNumber)] : []),
  ]
}
