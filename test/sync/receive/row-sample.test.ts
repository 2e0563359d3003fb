import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RowSample } from '../../../src/sync/receive/row-sample.ts'
import { traineeRowId, type Row } from '../../../src/domain/row.ts'

const row = (person: number): Row => ({
  id: traineeRowId(person),
  parts: { trainee: null, doctor: null, outcome: null, reason: null },
})

function sampled(persons: readonly number[], size: number): string[] {
  const sample = new RowSample(size)
  for (const person of persons) sample.add(row(person))
  return sample.rows.map(({ id }) => id).sort()
}

test('a sample has the maximum number of rows, or all rows', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10_000)), fc.integer({ min: 1, max: 20 }), (persons, size) => {
      assert.equal(sampled(persons, size).length, Math.min(persons.length, size))
    }),
  )
})

test('the same rows give the same sample, in any order and however often they arrive', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10_000), { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (persons, size) => {
      const again = [...persons.toReversed(), ...persons]
      assert.deepEqual(sampled(again, size), sampled(persons, size))
    }),
  )
})

test('every row is equally likely: of 10,000 rows each tenth contributes about as many', () => {
  const persons = Array.from({ length: 10_000 }, (_, at) => at + 1)
  const tenths = Array<number>(10).fill(0)
  for (const id of sampled(persons, 1_000)) {
    const tenth = Math.floor((Number(id.slice('tcs-'.length)) - 1) / 1_000)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  for (const found of tenths) assert.ok(found > 60 && found < 140, tenths.join(' '))
})

test('a row that arrives again with other parts is sampled in its last version', () => {
  const sample = new RowSample(1)
  sample.add(row(1))
  const later = { ...row(1), parts: { ...row(1).parts, reason: 'later' } }
  sample.add(later)
  assert.deepEqual(sample.rows, [later])
})
