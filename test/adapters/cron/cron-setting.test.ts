import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cron } from '../../../src/adapters/cron/cron-setting.ts'

/** The first due times after an instant. */
function times(expression: string, after: string, many: number): readonly string[] {
  const recurrence = cron().parse(expression)
  const all: string[] = []
  for (let at = recurrence.next(Date.parse(after)); at !== null && all.length < many; at = recurrence.next(at)) {
    all.push(new Date(at).toISOString())
  }
  return all
}

describe('due times are those of London:', () => {
  test('five in the morning all year', () => {
    assert.deepEqual(times('0 5 * * *', '2026-03-28T00:00:00Z', 2), [
      '2026-03-28T05:00:00.000Z',
      '2026-03-29T04:00:00.000Z',
    ])
    assert.deepEqual(times('0 5 * * *', '2026-10-24T00:00:00Z', 2), [
      '2026-10-24T04:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
    ])
  })

  test('a time that the clocks skip is due when they have moved', () => {
    assert.deepEqual(times('30 1 * * *', '2026-03-28T12:00:00Z', 2), [
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
  })

  test('a time that comes twice is due once; every half an hour, each time', () => {
    assert.deepEqual(times('30 1 * * *', '2026-10-24T12:00:00Z', 2), [
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
    assert.deepEqual(times('*/30 * * * *', '2026-10-25T00:00:00Z', 3), [
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ])
  })

  test('a due time is not after itself', () => {
    assert.deepEqual(times('0 5 * * *', '2026-01-01T05:00:00.000Z', 1), ['2026-01-02T05:00:00.000Z'])
    assert.deepEqual(times('0 5 * * *', '2026-01-01T04:59:59.999Z', 1), ['2026-01-01T05:00:00.000Z'])
  })

  test('29 February, and seconds', () => {
    assert.deepEqual(times('0 5 29 2 *', '2026-01-01T00:00:00Z', 1), ['2028-02-29T05:00:00.000Z'])
    assert.deepEqual(times('*/20 * * * * *', '2026-01-01T00:00:00Z', 2), [
      '2026-01-01T00:00:20.000Z',
      '2026-01-01T00:00:40.000Z',
    ])
  })
})

test('an expression that is wrong, or never due, is refused with a reason', () => {
  for (const text of [
    '',
    'daily',
    '0 5 * *',
    '0 25 * * *',
    '60 * * * *',
    '0 5 31 2 *',
    '0 0 5 * * * 2027',
    '* * * * x',
  ]) {
    const { success, error } = cron().safeParse(text)
    assert.equal(success, false, text)
    assert.match(error.issues[0]?.message ?? '', /^must be a cron expression such as 0 5 \* \* \*: ./)
  }
})

test('white space around and between the fields does not matter', () => {
  assert.equal(cron().parse('  0   5 * * *\t').expression, '0 5 * * *')
})
