import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { encodeRow, messageOf } from '../../../src/messages/decoded-rows.ts'
import { MessageSplit, type SplitLimits } from '../../../src/sync/send/message-split.ts'

/** A row of this encoded length: a JSON object. */
const rowOf = (bytes: number) => encodeRow({ a: 'x'.repeat(bytes - '{"a":""}'.length) })

/** The messages of rows with these lengths, each as the numbers of its rows. */
function split(lengths: readonly number[], limits: SplitLimits) {
  const messages = new MessageSplit<number>(limits)
  const full = lengths.flatMap((length, at) => messages.add(at, rowOf(length)))
  const all = [...full, ...messages.rest()]
  return { all, rows: all.map(({ rows }) => rows), totals: messages.totals, before: full.length }
}

describe('rows are split into messages', () => {
  const MANY = 1_000_000
  const cases: readonly (readonly [string, readonly number[], SplitLimits, readonly (readonly number[])[]])[] = [
    ['of none, if there are none', [], { rows: 3, bytes: MANY }, []],
    ['of one, if it holds all', [10, 10, 10], { rows: 4, bytes: MANY }, [[0, 1, 2]]],
    ['that are full by rows', [10, 10, 10, 10, 10], { rows: 2, bytes: MANY }, [[0, 1], [2, 3], [4]]],
    ['of one row each, if that is the maximum', [10, 10], { rows: 1, bytes: MANY }, [[0], [1]]],
    // Three rows of 10 bytes make 34: two brackets, two commas.
    ['that are full by bytes, to the last of them', [10, 10, 10, 10], { rows: 9, bytes: 34 }, [[0, 1, 2], [3]]],
    [
      'that exceed their maximum by not even a byte',
      [10, 10, 10, 10],
      { rows: 9, bytes: 33 },
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['of a single row that is longer than a message may be', [10, 500, 10], { rows: 9, bytes: 100 }, [[0], [1], [2]]],
    ['of such rows at the beginning and the end', [500, 10, 500], { rows: 9, bytes: 100 }, [[0], [1], [2]]],
    ['of single rows, if each fills one', [99, 99], { rows: 9, bytes: 100 }, [[0], [1]]],
  ]
  for (const [what, lengths, limits, expected] of cases) {
    test(what, () => assert.deepEqual(split(lengths, limits).rows, expected))
  }

  test('two at once, if a row does not fit with others and fills one alone', () => {
    const messages = new MessageSplit<string>({ rows: 2, bytes: 100 })
    assert.deepEqual(messages.add('a', rowOf(50)), [])
    const [first, ...others] = messages.add('b', rowOf(50))
    assert.deepEqual([first?.rows, others], [['a'], []])
    const one = new MessageSplit<string>({ rows: 1, bytes: 100 })
    assert.deepEqual(
      one.add('a', rowOf(500)).map(({ rows }) => rows),
      [['a']],
    )
  })

  test('that are numbered from 1, and counted', () => {
    const { all, totals } = split([10, 10, 10, 10, 10], { rows: 2, bytes: MANY })
    assert.deepEqual(
      all.map(({ sequence }) => sequence),
      [1, 2, 3],
    )
    assert.deepEqual(totals, { messages: 3, rows: 5 })
  })

  test('that are counted when they are split off, and not before', () => {
    const messages = new MessageSplit<number>({ rows: 2, bytes: MANY })
    messages.add(0, rowOf(10))
    assert.deepEqual(messages.totals, { messages: 0, rows: 0 })
    messages.add(1, rowOf(10))
    assert.deepEqual(messages.totals, { messages: 1, rows: 2 })
    assert.deepEqual(messages.rest(), [])
    assert.deepEqual(messages.totals, { messages: 1, rows: 2 })
  })

  test('that hold every row once and in order, and as many as possible', () => {
    const lengths = fc.array(fc.integer({ min: 10, max: 60 }), { maxLength: 40 })
    const limits = fc.record({ rows: fc.integer({ min: 1, max: 6 }), bytes: fc.integer({ min: 20, max: 150 }) })
    fc.assert(
      fc.property(lengths, limits, (all, { rows, bytes }) => {
        const found = split(all, { rows, bytes })
        assert.deepEqual(
          found.rows.flat(),
          all.map((_, at) => at),
        )
        assert.deepEqual(found.totals, { messages: found.all.length, rows: all.length })
        found.all.forEach((message, at) => {
          assert.equal(message.sequence, at + 1)
          assert.ok(message.rows.length <= rows)
          assert.ok(message.rows.length === 1 || messageOf(message.encoded).byteLength <= bytes)
          const next = found.all[at + 1]?.encoded[0]
          if (next === undefined || message.rows.length === rows) return
          // The next row would not have fitted.
          assert.ok(messageOf([...message.encoded, next]).byteLength > bytes)
        })
      }),
    )
  })
})
