import assert from 'node:assert/strict'
import { assemble } from '../../../src/domain/assemble.ts'
import {
  belongsTo,
  byList,
  documentIn,
  LIST_NAMES,
  type IndexDocument,
  type ListName,
} from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { FillingOptions, GenerationId, IndexStore, TableRow } from '../../../src/ports/index-store.ts'
import { aDoctor, aNumber, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { withTables } from './place.ts'
import { create } from './rows.ts'

/** The rows of each list by id. */
export type Tables = Readonly<Record<ListName, ReadonlyMap<string, IndexDocument>>>

/** Rows of all four lists: connected, disconnected, and each with an exception. */
export const PEOPLE: readonly Row[] = [
  aRow('tcs-1', { trainee: aTrainee({ tcsPersonId: 1 }), doctor: aDoctor(), reason: 'Missing body' }),
  aRow('tcs-2', {
    trainee: aTrainee({ tcsPersonId: 2, gmcReferenceNumber: null, programmeMembershipType: 'Visitor' }),
  }),
  aRow('tcs-3', { trainee: aTrainee({ tcsPersonId: 3, gmcReferenceNumber: null }) }),
  aRow('gmc-1111111', { doctor: aDoctor({ gmcReferenceNumber: aNumber('1111111'), designatedBodyCode: null }) }),
  // An exception from the next day on.
  aRow('tcs-4', {
    trainee: aTrainee({ tcsPersonId: 4, gmcReferenceNumber: '2222222', programmeMembershipEndDate: TODAY }),
    doctor: aDoctor({ gmcReferenceNumber: aNumber('2222222') }),
  }),
]

/** Fills to the end, if nothing aborts it. */
export const whole = (): FillingOptions => ({ signal: new AbortController().signal, onRows: () => undefined })

/** What the tables of these rows have to be. */
export function tablesOf(rows: readonly Row[], day = TODAY): Tables {
  const documents = rows.map(({ id, parts }) => [id, assemble(parts)] as const)
  return byList((list) => {
    const own = documents.filter(([, document]) => belongsTo(list, document, day))
    return new Map(own.map(([id, document]) => [id, documentIn(list, document)]))
  })
}

/** Creates a generation with visible rows, and fills its tables. */
export async function filledTables(
  store: IndexStore,
  id: GenerationId,
  rows: readonly Row[] = PEOPLE,
  options = whole(),
): Promise<void> {
  await store.createGeneration(withTables(id))
  await store.write(id, rows.map(create))
  await store.makeVisible(id)
  await store.fillTables(id, options)
}

/** The tables are those of the rows, whichever way they are read. */
export async function assertTables(store: IndexStore, id: GenerationId, rows: readonly Row[]): Promise<void> {
  await store.makeVisible(id)
  const expected = tablesOf(rows)
  const counts = await store.countTables(id)
  assert.deepEqual(
    counts,
    byList((list) => expected[list].size),
  )
  const { masterdoctorindex, ...views } = (await store.count(id, TODAY)).indexes
  assert.deepEqual(counts, views)
  assert.equal(masterdoctorindex, rows.length)
  for (const list of LIST_NAMES) {
    assert.deepEqual(await tableOf(store, id, list), expected[list], list)
    const view = await Array.fromAsync(store.documents(id, list, TODAY))
    assert.deepEqual(inAnyOrder(view), inAnyOrder([...expected[list].values()]), list)
  }
}

/** All rows of a table, each of which must be there once. */
export async function tableOf(
  store: IndexStore,
  id: GenerationId,
  list: ListName,
): Promise<ReadonlyMap<string, IndexDocument>> {
  return mapOf((await Array.fromAsync(store.tableRows(id, list))).flat())
}

/** The current rows of all tables with these ids. */
export async function currentTables(store: IndexStore, id: GenerationId, ids: readonly string[]): Promise<Tables> {
  const tables = byList<ReadonlyMap<string, IndexDocument>>(() => new Map())
  for (const list of LIST_NAMES) tables[list] = mapOf(await store.tableRowsOf(id, list, ids))
  return tables
}

function mapOf(rows: readonly TableRow[]): ReadonlyMap<string, IndexDocument> {
  const found = new Map(rows.map(({ id, document }) => [id, document]))
  assert.equal(found.size, rows.length, 'no row is there twice')
  return found
}

/** Documents in an order that depends on nothing but them. */
export function inAnyOrder(documents: readonly IndexDocument[]): string[] {
  return documents.map((document) => JSON.stringify(Object.entries(document).sort())).sort()
}
