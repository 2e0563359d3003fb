import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOfTrainees } from '../../src/messages/digest.ts'
import { decodeHeaders, encodeHeaders, type RunHeaders } from '../../src/messages/headers.ts'
import { day, PLAIN, trainee } from './arbitraries.ts'
import { refuses } from './bodies.ts'

const COMMAND = { 'reval-kind': 'command', 'reval-run': 'r1', 'reval-generation': 'g1', 'reval-day': '2026-11-24' }
const WITHOUT_DIGEST = {
  'reval-kind': 'data',
  'reval-run': 'r1',
  'reval-generation': 'g1',
  'reval-attempt': 'a1',
  'reval-sequence': '7',
  'reval-rows': '500',
}
const DATA = { ...WITHOUT_DIGEST, 'reval-digest': `1-${'0a'.repeat(16)}` }
const END = {
  'reval-kind': 'end',
  'reval-run': 'r1',
  'reval-generation': 'g1',
  'reval-attempt': 'a1',
  'reval-messages': '7',
  'reval-rows': '3211',
  'reval-failed-rows': '0',
}

test('the headers of commands, data and end messages have these names and values', () => {
  const common = { run: 'r1', generation: 'g1' }
  assert.deepEqual(encodeHeaders({ kind: 'command', ...common, day: '2026-11-24' }), COMMAND)
  const data = { kind: 'data', ...common, attempt: 'a1', sequence: 7, rows: 500 } as const
  assert.deepEqual(encodeHeaders({ ...data, digest: `1-${'0a'.repeat(16)}` }), DATA)
  assert.deepEqual(encodeHeaders({ ...data, digest: null }), WITHOUT_DIGEST)
  const totals = { messages: 7, rows: 3211, failedRows: 0 }
  assert.deepEqual(encodeHeaders({ kind: 'end', ...common, attempt: 'a1', totals }), END)
})

const name = fc.string({ minLength: 1, maxLength: 30 }).filter((each) => each.trim() !== '')
const common = { run: name, generation: name }
const sent = { ...common, attempt: name }
const count = fc.maxSafeNat()
const counted = count.map((each) => Math.max(1, each))
const digest = fc.option(fc.array(trainee, { maxLength: 3 }).map(digestOfTrainees))
const headers: fc.Arbitrary<RunHeaders> = fc.oneof(
  fc.record({ kind: fc.constant('command' as const), ...common, day }, PLAIN),
  fc.record({ kind: fc.constant('data' as const), ...sent, sequence: counted, rows: counted, digest }, PLAIN),
  fc.record(
    {
      kind: fc.constant('end' as const),
      ...sent,
      totals: fc.record({ messages: count, rows: count, failedRows: count }, PLAIN),
    },
    PLAIN,
  ),
)

test("headers are decoded as encoded, ignoring the reference's attributes and unknown headers", () => {
  fc.assert(
    fc.property(headers, (each) => {
      const encoded = encodeHeaders(each)
      assert.deepEqual(decodeHeaders(encoded), each)
      const others = {
        id: '6f1c…',
        timestamp: '1795478400000',
        contentType: 'application/json',
        'reval-colour': 'blue',
      }
      assert.deepEqual(decodeHeaders({ ...others, ...encoded }), each)
    }),
  )
})

test("with the reference's three, no message exceeds the attributes of SQS, and names are plain", () => {
  fc.assert(
    fc.property(headers, (each) => {
      const names = Object.keys(encodeHeaders(each))
      assert.ok(names.length + 3 <= 10)
      for (const header of names) assert.match(header, /^[A-Za-z0-9-]+$/)
    }),
  )
})

test('a message from the reference has no run headers', () => {
  assert.equal(decodeHeaders({}), null)
  assert.equal(decodeHeaders({ id: '1', timestamp: '2', contentType: 'application/json' }), null)
  assert.equal(decodeHeaders({ __TypeId__: 'java.lang.String', 'reval-colour': 'blue' }), null)
})

for (const complete of [COMMAND, DATA, END]) {
  test(`${complete['reval-kind']} headers are rejected if one is missing or blank, naming it`, () => {
    for (const missing of Object.keys(complete)) {
      const rest = Object.fromEntries(Object.entries(complete).filter(([each]) => each !== missing))
      // Older senders send no digest.
      if (missing !== 'reval-digest') {
        refuses(() => decodeHeaders(rest), 'MESSAGE_HEADERS_INVALID', missing, /missing/)
      }
      refuses(() => decodeHeaders({ ...rest, [missing]: ' ' }), 'MESSAGE_HEADERS_INVALID', missing, /blank/)
    }
  })
}

test('a missing digest is null, and so is one of another version', () => {
  const expected = { kind: 'data', run: 'r1', generation: 'g1', attempt: 'a1', sequence: 7, rows: 500, digest: null }
  assert.deepEqual(decodeHeaders(WITHOUT_DIGEST), expected)
  assert.deepEqual(decodeHeaders({ ...DATA, 'reval-digest': `2-${'0a'.repeat(16)}` }), expected)
})

test('malformed headers are rejected, naming header and value', () => {
  const wrong: [Record<string, string>, string, RegExp][] = [
    [{ ...DATA, 'reval-kind': 'heartbeat' }, 'reval-kind', /expected one of command, data, end, got "heartbeat"/],
    [{ ...COMMAND, 'reval-day': '2026-02-30' }, 'reval-day', /expected a day .*got "2026-02-30"/],
    [{ ...COMMAND, 'reval-day': '24.11.2026' }, 'reval-day', /expected a day/],
    [{ ...DATA, 'reval-sequence': '0' }, 'reval-sequence', /expected a whole number from 1, got "0"/],
    [{ ...DATA, 'reval-sequence': '-1' }, 'reval-sequence', /expected a whole number from \d, got "-1"/],
    [{ ...DATA, 'reval-sequence': '1.5' }, 'reval-sequence', /whole number/],
    [{ ...DATA, 'reval-sequence': '007' }, 'reval-sequence', /whole number/],
    [{ ...DATA, 'reval-sequence': '9007199254740993' }, 'reval-sequence', /whole number/],
    [{ ...DATA, 'reval-rows': '0' }, 'reval-rows', /whole number from 1/],
    [{ ...DATA, 'reval-digest': '0a'.repeat(16) }, 'reval-digest', /not a digest: "(0a){16}"/],
    [{ ...DATA, 'reval-digest': `1-${'0a'.repeat(15)}` }, 'reval-digest', /not a digest/],
    [{ ...DATA, 'reval-digest': `1-${'0A'.repeat(16)}` }, 'reval-digest', /not a digest/],
    [{ ...END, 'reval-messages': '1e3' }, 'reval-messages', /expected a whole number from 0, got "1e3"/],
    [{ ...END, 'reval-rows': 'many' }, 'reval-rows', /expected a whole number from \d, got "many"/],
    [{ ...END, 'reval-failed-rows': '-0' }, 'reval-failed-rows', /whole number/],
  ]
  for (const [attributes, field, reason] of wrong) {
    refuses(() => decodeHeaders(attributes), 'MESSAGE_HEADERS_INVALID', field, reason)
  }
})
