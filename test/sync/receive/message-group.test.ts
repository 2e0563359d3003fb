import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DecodedRows } from '../../../src/messages/decoded-rows.ts'
import {
  accountFor,
  accountForUnreadable,
  nextGroup,
  type DataMessage,
} from '../../../src/sync/receive/message-group.ts'
import type { ReceivedRow } from '../../../src/sync/receive/receive-rows.ts'
import { DELIVERED } from '../examples.ts'

const PLACE = { run: 'r', generation: 'g', attempt: 'a' } as const
const digestOf = (rows: readonly string[]): string => rows.join('+')

/** A message with readable rows, and a number of unreadable ones. */
function message(
  sequence: number,
  rows: readonly string[],
  { faults = 0, digest = digestOf(rows) }: { faults?: number; digest?: string | null } = {},
) {
  const decoded: DecodedRows<string> = {
    rows: rows.map((value, index) => ({ value, index })),
    faults: Array.from({ length: faults }, (_, at) => ({
      key: at === 0 ? 'gmc-1' : null,
      index: rows.length + at,
      code: 'ROW_DATE_IMPOSSIBLE' as const,
      field: 'submissionDate',
      reason: 'no such day',
      body: new Uint8Array(),
    })),
    end: false,
  }
  const headers = { kind: 'data', ...PLACE, sequence, rows: rows.length + faults, digest } as const
  return { delivery: DELIVERED, headers, decoded } satisfies DataMessage<string>
}

const done: ReceivedRow = { withoutTrainee: false, lostTrainees: 0, failures: [] }
const own: ReceivedRow = { ...done, withoutTrainee: true }
const refused: ReceivedRow = {
  withoutTrainee: false,
  lostTrainees: 2,
  failures: [
    { key: 'tcs-1', code: 'ROW_WRITE_FAILED', reason: 'refused' },
    { key: 'tcs-2', code: 'ROW_WRITE_FAILED', reason: 'refused' },
  ],
}

describe('a group of messages yields', () => {
  test('the counts of each: its rows, own rows, failed rows and lost trainees', () => {
    const group = [message(1, ['a', 'b']), message(2, ['c'])]
    const { accounts, failures } = accountFor({ stage: 'doctors', at: 5 }, group, [own, refused, done], digestOf)
    assert.deepEqual(accounts, [
      { sequence: 1, rows: 2, failedRows: 1, withoutTrainee: 1, lostTrainees: 2, digest: 'same' },
      { sequence: 2, rows: 1, failedRows: 0, withoutTrainee: 0, lostTrainees: 0, digest: 'same' },
    ])
    assert.deepEqual(
      failures.map(({ key, stage, at, run, generation }) => [key, stage, at, run, generation]),
      [
        ['tcs-1', 'doctors', 5, 'r', 'g'],
        ['tcs-2', 'doctors', 5, 'r', 'g'],
      ],
    )
  })

  test('a failure for each unreadable row, identified by its position if it has no key', () => {
    const { accounts, failures } = accountFor(
      { stage: 'doctors', at: 5 },
      [message(7, ['a'], { faults: 2 })],
      [done],
      digestOf,
    )
    assert.deepEqual(accounts, [
      { sequence: 7, rows: 3, failedRows: 2, withoutTrainee: 0, lostTrainees: 0, digest: 'skipped' },
    ])
    assert.deepEqual(
      failures.map(({ key, code, reason }) => [key, code, reason]),
      [
        ['gmc-1', 'ROW_DATE_IMPOSSIBLE', 'submissionDate: no such day'],
        ['message 7 of a, row 3', 'ROW_DATE_IMPOSSIBLE', 'submissionDate: no such day'],
      ],
    )
  })

  test('an error if a row has no outcome: it must not count as written', () => {
    assert.throws(() => accountFor({ stage: 'doctors', at: 5 }, [message(1, ['a', 'b'])], [done], digestOf), {
      code: 'INTERNAL',
    })
  })
})

describe('the digest of a message is', () => {
  for (const [what, sent, compared] of [
    ['the same as its sender’s', message(1, ['a']), 'same'],
    ['different if a field was lost in transit', message(1, ['a'], { digest: 'another' }), 'different'],
    ['skipped if its sender sent none', message(1, ['a'], { digest: null }), 'skipped'],
    ['skipped if one of its rows failed', message(1, ['a'], { faults: 1 }), 'skipped'],
  ] as const) {
    test(what, () => {
      const { accounts } = accountFor({ stage: 'trainees', at: 5 }, [sent], [done], digestOf)
      assert.equal(accounts[0]?.digest, compared)
    })
  }
})

test('a message that cannot be read has failed with all its rows', () => {
  const { headers } = message(3, ['a', 'b'])
  assert.deepEqual(accountForUnreadable({ stage: 'trainees', at: 5 }, headers, 'MESSAGE_NOT_JSON', 'no JSON'), {
    accounts: [{ sequence: 3, rows: 2, failedRows: 2, withoutTrainee: 0, lostTrainees: 0, digest: 'skipped' }],
    failures: [
      {
        run: 'r',
        generation: 'g',
        stage: 'trainees',
        at: 5,
        key: 'message 3 of a',
        code: 'MESSAGE_NOT_JSON',
        reason: 'no JSON',
      },
    ],
  })
})

describe('messages that are written together', () => {
  const ROWS_PER_WRITE = 10
  /** A message of so many rows, of a generation. */
  const of = (rows: number, generation = 'g') => {
    const { headers, ...rest } = message(1, Array<string>(rows).fill('row'))
    return { ...rest, headers: { ...headers, generation } }
  }
  const cases: readonly (readonly [string, readonly DataMessage<string>[], number])[] = [
    ['are none if none waits', [], 0],
    ['are all that wait, if together they have few enough rows', [of(4), of(4), of(2)], 3],
    ['are those that fit', [of(4), of(4), of(3)], 2],
    ['are one, if it has more rows alone', [of(11), of(1)], 1],
    ['are one, if the next has more rows alone', [of(1), of(11)], 1],
    ['are those of one generation', [of(1), of(1), of(1, 'another'), of(1)], 2],
  ]
  for (const [what, waiting, together] of cases) {
    test(what, () => assert.deepEqual(nextGroup(waiting, ROWS_PER_WRITE), waiting.slice(0, together)))
  }

  test('also count the rows that could not be read', () => {
    const unread = { ...message(1, ['a'], { faults: 9 }) }
    assert.equal(nextGroup([unread, of(1)], ROWS_PER_WRITE).length, 1)
  })
})
