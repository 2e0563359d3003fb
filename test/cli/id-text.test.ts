import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idText } from '../../src/cli/output.ts'

test('ids with unprintable characters are shown as JSON text', () => {
  for (const id of ['tcs-47', 'gmc-1234567', 'gmc-ä b', '💥']) assert.equal(idText(id), id)
  for (const id of [
    '',
    ' ',
    'tcs-7 ',
    'tcs-\u00a07',
    'a  b',
    'tcs-1\0x',
    '\x1b[31m',
    'a\nb',
    'q"',
    '\u202e7',
    '\u{e0001}',
  ]) {
    const shown = idText(id)
    assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}]/u)
    assert.equal(JSON.parse(shown), id)
    assert.notEqual(shown, id)
  }
})
