import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RowFault } from '../../../src/domain/row-fault.ts'
import { readRows, type RowSending } from '../../../src/sync/send/read-rows.ts'

const PLACE = { run: 'run-1', generation: 'g-1', stage: 'trainees', at: 5 } as const

/** Sends the double of even numbers; odd ones are not selected, and negative ones are invalid. */
const SENDING: Pick<RowSending<number, number>, 'read' | 'keyOf'> = {
  read: (row) => {
    if (row < 0) throw new RowFault('ROW_FIELD_INVALID', 'row', 'it is below 0')
    return row % 2 === 0 ? row * 2 : null
  },
  keyOf: (row) => `tcs-${row}`,
}
const read = (rows: readonly number[], sending = SENDING) =>
  readRows(sending as RowSending<number, number>, PLACE, rows)

test('selected rows are sent, in order; the others are omitted', () => {
  assert.deepEqual(read([4, 3, 2, 0]), { sent: [8, 4, 0], failed: [] })
})

test('an invalid row is a failure with its key, and the others are sent', () => {
  const { sent, failed } = read([2, -7, 4])
  assert.deepEqual(sent, [4, 8])
  const { reason, ...rest } = failed[0] ?? assert.fail('no failure')
  assert.deepEqual([rest, failed.length], [{ ...PLACE, key: 'tcs--7', code: 'ROW_FIELD_INVALID' }, 1])
  assert.match(reason, /it is below 0/)
})

test('a programming error is not a failure of a row', () => {
  const broken = () => {
    throw new TypeError('a bug')
  }
  assert.throws(() => read([1], { ...SENDING, read: broken }), TypeError)
})
