import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Row } from '../../../src/domain/row.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'
import { compareGenerations, type ComparedPart } from '../../../src/sync/compare/compare.ts'
import type { ScannedRow } from '../../../src/ports/index-store.ts'
import { aDoctor, aRow, aTrainee } from '../../domain/examples.ts'
import { differencesOf, twoGenerations, type Side } from '../../domain/two-generations.ts'
import { ScannedGenerations, scannedRow } from './scanned-rows.ts'

const SIDES = { before: 'a', after: 'b' }

function someRows(count: number): Row[] {
  const ids = Array.from({ length: count }, (_, at) => `gmc-${String(at).padStart(5, '0')}`)
  return ids.map((id) => aRow(id, { doctor: aDoctor({ gmcReferenceNumber: id.slice(4) }) }))
}

const scanned = (rows: readonly Row[]) => rows.map((row) => scannedRow(row))

async function partsOf(store: ScannedGenerations, signal?: AbortSignal): Promise<ComparedPart[]> {
  return Array.fromAsync(compareGenerations(store, SIDES, signal))
}

function streamed(side: Side) {
  const inOrder = [...side.values()].sort((a, b) => compareByCodePoint(a.row.id, b.row.id))
  return inOrder.map(({ row, wrongKeys }) => scannedRow(row, wrongKeys))
}

test('two streams are compared row by row, in any batches', async () => {
  await fc.assert(
    fc.asyncProperty(twoGenerations, fc.integer({ min: 1, max: 5 }), async ({ before, after }, size) => {
      const store = new ScannedGenerations({ a: streamed(before), b: streamed(after) }, size)
      const parts = await partsOf(store)
      const found = parts.flatMap(({ differences }) => differences)
      assert.deepEqual(found, differencesOf(before, after))
      const read = (side: 'before' | 'after') => parts.reduce((sum, { rows }) => sum + rows[side], 0)
      assert.deepEqual([read('before'), read('after')], [before.size, after.size])
      assert.equal(store.open, 0)
    }),
  )
})

test('ids beyond the basic plane are merged by code point', async () => {
  const low = aRow('gmc-\uffee', { doctor: aDoctor() })
  const high = aRow('gmc-😀', { doctor: aDoctor() })
  const parts = await partsOf(new ScannedGenerations({ a: scanned([high]), b: scanned([low, high]) }, 10))
  const found = parts.flatMap(({ differences }) => differences.map(({ id, kind }) => [id, kind]))
  assert.deepEqual(found, [[low.id, 'missing']])
})

test('rows of the same content are not decoded', async () => {
  const rows = someRows(3).map((row) => ({ ...scannedRow(row), read: () => assert.fail('decoded') }))
  const parts = await partsOf(new ScannedGenerations({ a: rows, b: rows }, 2))
  assert.deepEqual(
    parts.flatMap(({ differences }) => differences),
    [],
  )
})

test('rows that are the same despite different content do not differ', async () => {
  const row = aRow('tcs-1005', { trainee: aTrainee() })
  const refreshed = { ...scannedRow(row), content: 'written by a refresh' }
  const [part] = await partsOf(new ScannedGenerations({ a: [scannedRow(row)], b: [refreshed] }, 1))
  assert.deepEqual(part, { rows: { before: 1, after: 1 }, differences: [] })
})

describe('rows that come after all others, since another program changed what they are sorted by', () => {
  const rows = scanned(someRows(8))
  const [first, second, ...others] = rows
  assert.ok(first !== undefined && second !== undefined)
  const changed = scannedRow({ ...first.read().row }, ['id'])
  const found = async (a: readonly ScannedRow[], b: readonly ScannedRow[]) => {
    const parts = await partsOf(new ScannedGenerations({ a, b }, 3))
    return parts.flatMap(({ differences }) => differences.map(({ id, kind, fields }) => [id, kind, ...fields]))
  }

  test('are compared with the row of the other generation, once', async () => {
    assert.deepEqual(await found([second, ...others, changed], rows), [[first.id, 'different', 'key.id']])
    assert.deepEqual(await found(rows, [second, ...others, changed]), [[first.id, 'different', 'key.id']])
  })

  test('are the same if nothing else tells them apart', async () => {
    assert.deepEqual(await found([second, ...others, first], rows), [])
    assert.deepEqual(await found([second, ...others, changed], [second, ...others, changed]), [])
    assert.deepEqual(await found([...others, changed, second], [second, ...others, changed]), [])
  })

  test('are surplus or missing if the other has none', async () => {
    assert.deepEqual(await found([second, ...others, changed], [second, ...others]), [[first.id, 'surplus']])
    assert.deepEqual(await found([second, ...others], [second, ...others, changed]), [[first.id, 'missing']])
  })
})

describe('both streams are closed', () => {
  const rows = scanned(someRows(100))

  test('when the caller leaves early', async () => {
    const store = new ScannedGenerations({ a: rows, b: [] }, 10)
    for await (const { differences } of compareGenerations(store, SIDES)) {
      assert.equal(differences.length, 10)
      break
    }
    assert.deepEqual([store.open, store.opened], [0, 2])
  })

  test('when one of them fails', async () => {
    const fail = (generation: string, at: number) => {
      if (generation === 'b' && at === 50) throw new Error('gone')
    }
    const store = new ScannedGenerations({ a: rows, b: rows }, 10, fail)
    await assert.rejects(partsOf(store), /gone/)
    assert.equal(store.open, 0)
  })

  test('when the comparison is cancelled, with the reason of the signal', async () => {
    const ending = new AbortController()
    const end = (generation: string, at: number) => {
      if (generation === 'a' && at === 50) ending.abort(new Error('enough'))
    }
    const store = new ScannedGenerations({ a: rows, b: rows }, 10, end)
    await assert.rejects(partsOf(store, ending.signal), /enough/)
    assert.deepEqual([store.open, store.opened], [0, 2])
  })

  test('when a row cannot be decoded', async () => {
    const broken = {
      ...scannedRow(someRows(1)[0] ?? aRow('gmc-1', {})),
      content: 'x',
      read: () => assert.fail('broken'),
    }
    const store = new ScannedGenerations({ a: rows, b: [broken] }, 10)
    await assert.rejects(partsOf(store), /broken/)
    assert.equal(store.open, 0)
  })
})

test('at most one batch of each side is read ahead', async () => {
  let ahead = 0
  const asked = { a: 0, b: 0 }
  const store = new ScannedGenerations({ a: scanned(someRows(500)), b: scanned(someRows(500)) }, 10, (generation) => {
    asked[generation === 'a' ? 'a' : 'b'] += 10
  })
  let compared = 0
  for await (const { rows } of compareGenerations(store, SIDES)) {
    compared += rows.before
    ahead = Math.max(ahead, asked.a - compared, asked.b - compared)
  }
  assert.equal(compared, 500)
  assert.equal(ahead, 10)
})

test('a part has a limited number of differences, however large the batches are', async () => {
  const parts = await partsOf(new ScannedGenerations({ a: scanned(someRows(1_200)), b: [] }, 2_000))
  assert.deepEqual(
    parts.map(({ rows, differences }) => [rows.before, differences.length]),
    [
      [500, 500],
      [500, 500],
      [200, 200],
    ],
  )
})
