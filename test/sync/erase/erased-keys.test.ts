import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { ErasedKeys, meantBy } from '../../../src/sync/erase/erased-keys.ts'
import { keysOf, keysOfRow, keyText } from '../../../src/sync/resync/resync-keys.ts'

describe('whom a text means:', () => {
  const CASES: readonly (readonly [text: string, person: number | null, doctor: readonly string[]])[] = [
    ['47', 47, []],
    [' 47 ', 47, []],
    ['tcs-47', 47, []],
    ['7654321', 7_654_321, ['gmc-7654321']],
    ['gmc-7654321', null, ['gmc-7654321']],
    ['tcs-7654321', 7_654_321, []],
    ['gmc-47', null, ['gmc-47']],
    ['AB 12', null, ['gmc-AB 12']],
  ]
  for (const [text, person, doctor] of CASES) {
    test(JSON.stringify(text), () => {
      const meant = meantBy(text)
      assert.deepEqual([meant.person, meant.doctor.map(keyText)], [person, doctor])
    })
  }

  test('blank text is refused', () => {
    assert.throws(
      () => meantBy(' '),
      (error) => error instanceof RevalError && error.code === 'USAGE',
    )
  })
})

const keys = new ErasedKeys(['tcs-47', 'gmc-7654321', 'gmc-A.1'].flatMap((name) => keysOfRow(name).keys))

describe('keys are masked', () => {
  const CASES: readonly (readonly [text: string, masked: string])[] = [
    ['trainees/tcs-47: ROW_KEY_MISSING', 'trainees/tcs-…: ROW_KEY_MISSING'],
    ['doctors/gmc-7654321: ROW_KEY_MISSING', 'doctors/gmc-…: ROW_KEY_MISSING'],
    ['rows tcs-47, tcs-470 and tcs-4', 'rows tcs-…, tcs-470 and tcs-4'],
    ['request of 7654321.', 'request of ….'],
    ['gmc-A.1 and gmc-Ax1', 'gmc-… and gmc-Ax1'],
    ['47', '…'],
    ['47 rows, 17654321 and 7654321x', '47 rows, 17654321 and 7654321x'],
    ['20261126t132407-7654321z', '20261126t132407-7654321z'],
    ['A.1', 'A.1'],
  ]
  for (const [text, masked] of CASES) test(text, () => assert.equal(keys.masked(text), masked))

  test('twice is once', () => {
    assert.equal(keys.masked(keys.masked('tcs-47 7654321')), keys.masked('tcs-47 7654321'))
  })
})

describe('a message that cannot be read', () => {
  const CASES: readonly (readonly [message: string, isQuoted: boolean])[] = [
    ['{"tcsPersonId":47,', true],
    ['{"personId": "47"', true],
    ['{"tcsPersonId":470', false],
    ['sent at 10:00:47', false],
    ['a doctor, 7654321, and', true],
    ['17654321', false],
  ]
  for (const [message, isQuoted] of CASES) {
    test(`${message} ${isQuoted ? 'quotes' : 'does not quote'} a key`, () => {
      assert.equal(keys.areQuotedIn(message), isQuoted)
    })
  }
})

test('failures are covered by the name of their row, with the spaces around a number or without', () => {
  const doctor = new ErasedKeys(keysOf('gmc-7654321').keys.filter(({ kind }) => kind === 'number'))
  assert.deepEqual(
    ['gmc-7654321', 'gmc- 7654321 ', 'gmc-7654322', 'tcs-7654321', 'message 1 of a1, row 2'].map((name) =>
      doctor.covers(name),
    ),
    [true, true, false, false, false],
  )
})
