import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { Row, RowId } from '../../../src/domain/row.ts'
import type { IndexStore, StoredRow, StoreWrite, Token } from '../../../src/ports/index-store.ts'
import { aNumber, aRow, aTrainee } from '../../domain/examples.ts'
import { doctorRow, PLAIN, trainee } from '../../messages/arbitraries.ts'

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

/** Writes that are all written. */
export async function written(store: IndexStore, ...writes: StoreWrite[]): Promise<void> {
  for (const { status } of await store.write('g1', writes)) assert.equal(status, 'written')
}

export async function statuses(store: IndexStore, ...writes: StoreWrite[]): Promise<string[]> {
  return (await store.write('g1', writes)).map(({ status }) => status)
}

/** The row as it is now, which is there. */
export async function stored(store: IndexStore, id: RowId): Promise<StoredRow> {
  const [found] = await store.get('g1', [id])
  assert.ok(found !== undefined, `${id} is not there`)
  return found
}

/** The rows that a search finds, by id. */
export async function found(store: IndexStore, ...numbers: GmcNumber[]): Promise<StoredRow[]> {
  const rows = await store.findByNumbers('g1', numbers)
  return rows.toSorted((a, b) => (a.row.id < b.row.id ? -1 : 1))
}

const NUMBER = fc.constantFrom<string | null>(ONE, TWO, null, 'UNKNOWN', ' 1111111 (old)')
const MARK = fc.option(fc.nat(), { nil: undefined })

const parts = fc.record(
  {
    trainee: fc.option(
      fc.tuple(trainee, NUMBER).map(([each, gmcReferenceNumber]) => ({ ...each, gmcReferenceNumber })),
    ),
    doctor: fc.option(doctorRow.map(({ doctor }) => doctor)),
    outcome: fc.constantFrom(null, 'Approved' as const, 'Rejected' as const, 'Under Review' as const),
    reason: fc.constantFrom(null, 'Missing body', ' \u00a0Untrimmed\u2003', '李'),
  },
  PLAIN,
)

/** What a row may be, save its id. */
export const rowContent: fc.Arbitrary<Omit<Row, 'id'>> = fc
  .tuple(parts, fc.record({ trainee: MARK, doctor: MARK, outcome: MARK, reason: MARK }, PLAIN), fc.boolean())
  .map(([each, marks, hidden]) => ({
    parts: each,
    // A mark that is absent is no key.
    marks: Object.fromEntries(Object.entries(marks).filter(([, mark]) => mark !== undefined)),
    hidden,
  }))
