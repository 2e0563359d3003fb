import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byteOrder } from '../../../src/adapters/sources/mongodb/schema.ts'

// The servers of the stack have no collections with a collation; those without the option refuse any read that names it.
test('a sorted read asks for the simple collation only where the collection has another', () => {
  const own = { collation: { locale: 'en', strength: 2 } }
  assert.deepEqual(byteOrder(own), { collation: { locale: 'simple' } })
  for (const options of [undefined, {}, { capped: true }]) assert.deepEqual(byteOrder(options), {})
})
