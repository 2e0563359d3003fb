import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TableLook } from '../../../src/sync/verify/table-look.ts'
import { Mutex } from '../../../src/sync/wait/mutex.ts'
import { filledTables } from '../../contract/index-store/table-rows.ts'
import { TODAY } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { storeFor } from '../a-context.ts'

const NEVER = new AbortController().signal

test('a row of a table that is late is found only while it is; it is read between two batches of changes', async (t) => {
  const store = await storeFor(t)
  await filledTables(store, 'g1')
  let isLate = true
  const late = altered(store, {
    tableRowsOf:
      (own) =>
      async (...asked) =>
        (await own(...asked)).filter(({ id }) => !isLate || asked[1] !== 'connectedindex' || id !== 'tcs-1'),
  })
  const changes = new Mutex()
  const look = new TableLook(late, changes, { generation: 'g1', tableDay: TODAY })
  await look.all(NEVER)
  const found = { list: 'connectedindex', id: 'tcs-1', kind: 'missing', fields: [], isRepaired: false }
  assert.deepEqual(look.found.listed, [found])
  assert.equal((await look.again(NEVER)).length, 1)
  // A batch of changes that began before must have ended.
  const batch = Promise.withResolvers<null>()
  const changing = changes.run(() => batch.promise)
  const again = look.again(NEVER)
  isLate = false
  batch.resolve(null)
  await changing
  assert.deepEqual([await again, look.found.listed, look.found.counts.missing], [[], [], 0])
})

test('it stops with the reason of its signal', async (t) => {
  const store = await storeFor(t)
  await filledTables(store, 'g1')
  const look = new TableLook(store, new Mutex(), { generation: 'g1', tableDay: TODAY })
  const reason = new Error('enough')
  await assert.rejects(look.all(AbortSignal.abort(reason)), (error) => error === reason)
  await assert.rejects(look.at(['tcs-1'], AbortSignal.abort(reason)), (error) => error === reason)
})
