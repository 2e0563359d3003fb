import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { assemble } from '../../../src/domain/assemble.ts'
import { harmlessToJavaLists } from '../../../src/domain/java-lists.ts'
import { LIST_NAMES } from '../../../src/domain/lists.ts'
import type { Row } from '../../../src/domain/row.ts'
import { encodeRowForLists } from '../../../src/messages/master-row.ts'
import { assertTables, filledTables } from '../../contract/index-store/table-rows.ts'
import { create } from '../../contract/index-store/rows.ts'
import { aDoctor, aNumber, aRow, aTrainee, TODAY } from '../../domain/examples.ts'
import { textOf } from '../../messages/bodies.ts'
import { receivedByConnection, receivedByRecommendation, type ChangedRow } from './java-list-writers.ts'
import { placeFor, type SearchPlace } from './search-place.ts'

const person = (tcsPersonId: number, number: string | null, parts: Partial<Row['parts']> = {}, type = 'LAT') =>
  aRow(`tcs-${tcsPersonId}`, {
    trainee: aTrainee({ tcsPersonId, gmcReferenceNumber: number, programmeMembershipType: type }),
    ...parts,
  })
const doctor = (number: string, body: string | null = '1-1RSSQ2H') =>
  aDoctor({ gmcReferenceNumber: aNumber(number), designatedBodyCode: body })

/** Each of a kind that a Java service may confuse with another. */
const ROWS: readonly Row[] = [
  person(1, '1000001', { doctor: doctor('1000001') }),
  person(2, '1000002', { doctor: doctor('1000002'), reason: 'Missing body' }),
  aRow('gmc-1000003', { doctor: doctor('1000003', null) }),
  person(4, 'UNKNOWN'),
  person(5, 'UNKNOWN'),
  person(6, '1000006', { doctor: doctor('1000006') }),
  person(7, '1000006', { doctor: doctor('1000006') }),
  person(8, '1000008', { doctor: doctor('1000008') }, 'Visitor'),
  person(9, null),
]

/** The tables are filled, and live. */
async function filled(t: TestContext, rows = ROWS): Promise<SearchPlace> {
  const place = await placeFor(t)
  await filledTables(place.store, 'g1', rows)
  await place.store.promote('g1', null)
  return place
}

const bodyOf = (row: Row): ChangedRow =>
  JSON.parse(textOf(encodeRowForLists({ id: row.id, document: assemble(row.parts) }))) as ChangedRow

/** Writes changed rows as the writer does, and lets both Java services receive what is announced. Resolves with all rows. */
async function changed(
  place: SearchPlace,
  changes: readonly Row[],
  deleted: readonly string[] = [],
): Promise<readonly Row[]> {
  const { store } = place
  const ids = [...changes.map(({ id }) => id), ...deleted]
  const found = await store.get('g1', ids)
  const tokens = new Map(found.map(({ row, token }) => [row.id, token]))
  const outcomes = await store.write('g1', [
    ...changes.map((row) => {
      const token = tokens.get(row.id)
      return token === undefined ? create(row) : ({ op: 'replace', row, token } as const)
    }),
    ...deleted.map((id) => ({ op: 'delete', id, token: tokens.get(id) ?? '' }) as const),
  ])
  assert.ok(outcomes.every(({ status }) => status === 'written'))
  await store.makeVisible('g1')
  const rows = [...ROWS.filter(({ id }) => !ids.includes(id)), ...changes]
  for (const row of harmlessToJavaLists(changes, rows, { lists: LIST_NAMES, today: TODAY })) await received(place, row)
  return rows
}

async function received(place: SearchPlace, row: Row): Promise<void> {
  await receivedByConnection(place, bodyOf(row))
  await receivedByRecommendation(place, bodyOf(row))
}

describe('Java services that write lists leave the tables right, each row once under its id, when', () => {
  const renamed = (row: Row | undefined): Row => {
    assert.ok(row?.parts.doctor)
    return { ...row, parts: { ...row.parts, doctor: { ...row.parts.doctor, doctorLastName: 'CHANGED' } } }
  }
  const cases: readonly (readonly [string, readonly Row[], (readonly string[])?])[] = [
    ['a row changes', [renamed(ROWS[0]), renamed(ROWS[2])]],
    ['an exception changes, with its reason', [renamed(ROWS[1])]],
    [
      'a reason comes and another goes',
      [
        person(1, '1000001', { doctor: doctor('1000001'), reason: 'New' }),
        person(2, '1000002', { doctor: doctor('1000002') }),
      ],
    ],
    [
      'a doctor loses the body, and another gets one',
      [person(1, '1000001', { doctor: doctor('1000001', null) }), aRow('gmc-1000003', { doctor: doctor('1000003') })],
    ],
    [
      'rows are new',
      [person(20, '1000020', { doctor: doctor('1000020') }), aRow('gmc-1000021', { doctor: doctor('1000021', null) })],
    ],
    [
      'a number is corrected, and joins the doctor',
      [person(9, '1000003', { doctor: doctor('1000003', null) })],
      ['gmc-1000003'],
    ],
    ['a number moves to another person', [person(1, '1000011'), person(9, '1000001', { doctor: doctor('1000001') })]],
    [
      'rows without a number of their own change',
      [person(4, 'UNKNOWN', {}, 'CHANGED'), person(9, null, {}, 'CHANGED')],
    ],
    ['rows that share a number change', [renamed(ROWS[5]), renamed(ROWS[6])]],
    [
      'only one of two rows that share a number changes',
      [person(7, '1000006', { doctor: doctor('1000006') }, 'CHANGED')],
    ],
    ['a visitor changes', [renamed(ROWS[7])]],
  ]
  for (const [what, changes, deleted] of cases) {
    test(what, async (t) => {
      const place = await filled(t)
      await assertTables(place.store, 'g1', await changed(place, changes, deleted))
    })
  }
})

describe('a changed row is not announced to them, because it would harm the tables:', () => {
  const cases: readonly (readonly [string, Row])[] = [
    ['one without a number of its own', person(4, 'UNKNOWN')],
    ['one that shares its number', person(7, '1000006', { doctor: doctor('1000006') })],
    ['an exception without a reason', person(8, '1000008', { doctor: doctor('1000008') }, 'Visitor')],
  ]
  for (const [what, row] of cases) {
    test(what, async (t) => {
      const place = await filled(t)
      await received(place, row)
      await assert.rejects(assertTables(place.store, 'g1', ROWS), assert.AssertionError)
      await place.store.mendTables(
        'g1',
        ROWS.map(({ id }) => id),
      )
      await assertTables(place.store, 'g1', ROWS)
    })
  }
})

describe('a Java service that is behind', () => {
  const older = ROWS[0]
  const newer = person(1, '1000001', { doctor: doctor('1000001', '1-1RUZUVB') })

  test('restores an older row; what is announced again after it puts that right', async (t) => {
    assert.ok(older)
    const place = await filled(t)
    const rows = await changed(place, [newer])
    await received(place, older)
    await assert.rejects(assertTables(place.store, 'g1', rows), assert.AssertionError)
    await received(place, newer)
    await assertTables(place.store, 'g1', rows)
  })

  test('adds a row that is gone, under an id of its own', async (t) => {
    const gone = ROWS[2]
    assert.ok(gone)
    const place = await filled(t)
    const rows = await changed(place, [], [gone.id])
    await received(place, gone)
    await place.store.makeVisible('g1')
    const left = (await Array.fromAsync(place.store.tableRows('g1', 'disconnectedindex'))).flat()
    const strange = left.filter(({ id }) => !rows.some((row) => row.id === id))
    assert.deepEqual(
      strange.map(({ document }) => document.gmcReferenceNumber),
      ['1000003'],
    )
  })
})

test('a number with a remark is not taken for the number', async (t) => {
  const rows = [...ROWS, person(30, '1000001 (old)')]
  const place = await filled(t, rows)
  const [row] = rows
  assert.ok(row)
  await received(place, row)
  await assertTables(place.store, 'g1', rows)
})
