import { openIndexStore } from '../../../src/adapters/index-store/sqlite/index.ts'
import { create, traineeRow } from '../../contract/index-store/rows.ts'

/** Writes batches of fifty rows until it is killed, and says after each how many are written. */
const store = await openIndexStore({ directory: process.argv[2] ?? '' })
for (let rows = 0; ; rows += 50) {
  const writes = Array.from({ length: 50 }, (_, index) => create(traineeRow(rows + index)))
  const outcomes = await store.write('g1', writes)
  if (outcomes.some(({ status }) => status !== 'written')) throw new Error('a row was not written')
  await new Promise((resolve) => process.stdout.write(`${rows + 50}\n`, resolve))
}
