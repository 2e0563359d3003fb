import assert from 'node:assert/strict'
import { openIndexStore } from '../../../src/adapters/index-store/sqlite/open.ts'
import { create, replace, stored, traineeRow, written } from '../../contract/index-store/rows.ts'

/**
 * Writes batches of fifty rows until killed, and prints the total after each. The first row's name is
 * that number. Every third batch is made visible.
 */
const directory = process.argv[2]
assert.ok(directory !== undefined)
const store = await openIndexStore({ directory })
for (let rows = 0; ; rows += 50) {
  await written(store, ...Array.from({ length: 50 }, (_, index) => create(traineeRow(rows + index))))
  const first = await stored(store, 'tcs-0')
  await written(store, replace(traineeRow(0, null, String(rows + 50)), first.token))
  if (rows % 150 === 0) await store.makeVisible('g1')
  await new Promise((resolve) => process.stdout.write(`${rows + 50}\n`, resolve))
}
