import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sentValue } from '../../src/messages/fields.ts'
import { dayOrNull } from '../../src/domain/day.ts'
import { knownOrNull } from '../../src/domain/codes.ts'
import { RowFault } from '../../src/domain/row-fault.ts'
import { ERROR_CODES } from '../../src/errors/codes.ts'
import { maskedReason } from '../../src/errors/masked.ts'

const SECRET = 'Smith'

/** What a rule or decoder says of a value. */
function refusal(read: () => unknown): RowFault {
  try {
    read()
  } catch (error) {
    if (error instanceof RowFault) return error
    throw error
  }
  assert.fail('the value was accepted')
}

describe('a masked reason has the field and what was expected, but no value', () => {
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'of an impossible date',
      () => dayOrNull('dateFrom', SECRET),
      /^dateFrom: "…" is not a valid date \(YYYY-MM-DD\)$/,
    ],
    [
      'of an unknown code',
      () => knownOrNull('outcome', SECRET, ['APPROVED']),
      /^outcome: expected one of APPROVED, got "…"$/,
    ],
    [
      'of a value with quotation marks',
      () => knownOrNull('outcome', `"${SECRET}" "${SECRET}`, ['APPROVED']),
      /^outcome: expected one of APPROVED, got "…"$/,
    ],
    ['of text in place of a flag', () => sentValue('syncEnd', 'flag', SECRET), /^syncEnd: expected true.*got "…"$/],
    [
      'of text that is cut short',
      () => sentValue('syncEnd', 'flag', `${SECRET} " `.repeat(20)),
      /^syncEnd: expected true, false or null, got "…"$/,
    ],
    ['of a number', () => sentValue('admin', 'text', 7_654_321), /^admin: expected text, got a number$/],
    [
      'of the parts of a date',
      () => sentValue('dateAdded', 'day', [1985, 2, 30]),
      /^dateAdded: \[…\] is not a valid date$/,
    ],
  ]
  for (const [what, read, expected] of cases) {
    test(what, () => {
      const { code, message } = refusal(read)
      const masked = maskedReason(code, message)
      assert.match(masked, expected)
      assert.doesNotMatch(masked, /Smith|7654321|1985/)
      assert.equal(maskedReason(code, masked), masked)
    })
  }

  test('of a message with several faults', () => {
    for (const values of [
      '"Smith"; b: got "Smi…; and 2 more',
      '"Smi…; b: got "Smith"; and 2 more',
      '"Smi…; b: got "Smi…',
    ]) {
      assert.match(
        maskedReason('MESSAGE_INVALID', `a: expected text, got ${values}`),
        /^a: expected text, got "…"[^S]*$/,
      )
    }
  })

  test('of a document with the number of another', () => {
    const reason = `_id: "${SECRET}" has the same number as "${SECRET} " once trimmed`
    assert.equal(maskedReason('ROW_NUMBER_SHARED', reason), '_id: "…" once trimmed')
  })

  test('of an index store, whose reasons are not ours', () => {
    const reason = `failed to parse field [dateAdded]. Preview of field's value: ${SECRET}`
    assert.equal(maskedReason('ROW_WRITE_FAILED', reason), ERROR_CODES.ROW_WRITE_FAILED)
  })
})

test('a reason without a value, or of something else than rows and messages, stays', () => {
  assert.equal(maskedReason('ROW_KEY_MISSING', '_id: doctor has no GMC number'), '_id: doctor has no GMC number')
  assert.equal(maskedReason('QUEUE_MISSING', 'queue "reval.x" got 404'), 'queue "reval.x" got 404')
})
