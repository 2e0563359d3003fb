import assert from 'node:assert/strict'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { IndexName } from '../../../src/domain/lists.ts'
import type { Row, RowId } from '../../../src/domain/row.ts'
import type { GenerationId, IndexStore, StoredRow, StoreWrite, Token } from '../../../src/ports/index-store.ts'
import { aNumber, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { generation } from './place.ts'

export const ONE = aNumber('1111111')
export const TWO = aNumber('2222222')

/** A trainee's row with a GMC number. */
export function traineeRow(person: number, number: string | null = ONE, name = 'A'): Row {
  const parts = { trainee: aTrainee({ tcsPersonId: person, gmcReferenceNumber: number, doctorFirstName: name }) }
  return aRow(`tcs-${person}`, parts)
}

export const create = (row: Row): StoreWrite => ({ op: 'create', row })
export const replace = (row: Row, token: Token): StoreWrite => ({ op: 'replace', row, token })
export const remove = (id: RowId, token: Token): StoreWrite => ({ op: 'delete', id, token })

/** Writes, all of which must succeed. */
export async function written(store: IndexStore, ...writes: StoreWrite[]): Promise<void> {
  for (const { status } of await store.write('g1', writes)) assert.equal(status, 'written')
}

export async function statuses(store: IndexStore, ...writes: StoreWrite[]): Promise<string[]> {
  return (await store.write('g1', writes)).map(({ status }) => status)
}

/** The row as it is now; it must exist. */
export async function stored(store: IndexStore, id: RowId): Promise<StoredRow> {
  const [found] = await store.get('g1', [id])
  assert.ok(found !== undefined, `${id} is not there`)
  return found
}

/** The rows found by a search, by id. */
export async function found(store: IndexStore, ...numbers: GmcNumber[]): Promise<StoredRow[]> {
  const rows = await store.findByNumbers('g1', numbers)
  return rows.toSorted((a, b) => (a.row.id < b.row.id ? -1 : 1))
}

/** A generation with a visible row for each of these people. */
export async function filled(store: IndexStore, id: GenerationId, ...persons: number[]): Promise<void> {
  await store.createGeneration(generation(id))
  const rows = persons.map((person) => traineeRow(person))
  await store.write(id, rows.map(create))
  await store.makeVisible(id)
}

/** The people in an index, in the order read. */
export async function people(
  store: IndexStore,
  from: GenerationId,
  index: IndexName = 'masterdoctorindex',
): Promise<unknown[]> {
  const documents = await Array.fromAsync(store.documents(from, index, TODAY))
  return documents.map(({ tcsPersonId }) => tcsPersonId)
}
