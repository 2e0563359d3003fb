import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskedBody } from '../../../src/sync/failures/masked-body.ts'

const masked = (value: unknown): unknown => JSON.parse(maskedBody(Buffer.from(JSON.stringify(value))))

test('a masked body has structure and keys; other values say only what they are', () => {
  const sent = {
    operationType: 'update',
    documentKey: { _id: { $oid: '65f0' } },
    fullDocument: { gmcNumber: '7654321', admin: 'a@b.c', count: 5, isIt: true, none: null, empty: '', list: ['x', 1] },
  }
  assert.deepEqual(masked(sent), {
    operationType: 'update',
    documentKey: { _id: { $oid: '65f0' } },
    fullDocument: {
      gmcNumber: '7654321',
      admin: '(text)',
      count: '(number)',
      isIt: '(boolean)',
      none: null,
      empty: '',
      list: ['(text)', '(number)'],
    },
  })
})

test('the text of an envelope is masked as the message that it is', () => {
  const sent = [{ Type: 'Notification', Message: JSON.stringify({ tcsPersonId: 47, surname: 'Smith' }) }]
  assert.deepEqual(masked(sent), [{ Type: 'Notification', Message: { tcsPersonId: 47, surname: '(text)' } }])
})

test('a body that is not JSON is measured, and not shown', () => {
  assert.equal(maskedBody(Buffer.from('Smith, ')), '7 bytes that are not JSON')
})
