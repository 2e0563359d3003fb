import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditLines } from '../../src/cli/audit-text.ts'

const ENTRY = {
  ...{
    id: '1',
    at: '2026-11-26T04:00:00.000Z',
    who: 'ada',
    roles: ['admin'],
    from: 'HTTP ::1',
    what: 'GET /api/v1/doctors',
  },
  ...{ subject: null, why: '', result: null },
}

test('an entry is one line, whatever a caller wrote into it', () => {
  const forged = 'fine\n2026-11-26T04:00:00.000Z  eve  \u001b[2K\u009b2K\u202e\u2028'
  const entry = { ...ENTRY, who: forged, subject: JSON.stringify({ key: `\u009b${'x'.repeat(5_000)}` }), why: forged }
  const lines = auditLines({ entries: [entry], next: null })
  assert.equal(lines.length, 2)
  assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Cf}\u2028]/u)
  assert.match(lines[1] ?? '', /fine\\u000a2026/)
  assert.ok((lines[1] ?? '').length < 600)
})

test('a result has its code, and the rows of a download', () => {
  const result = { at: ENTRY.at, outcome: 'failed', code: 'STORE_FAILED', rows: 20 } as const
  const of = (...results: (typeof result | { at: string; outcome: 'done'; code: null; rows: null } | null)[]) =>
    auditLines({ entries: results.map((each) => ({ ...ENTRY, result: each })), next: '7' })
  const [, failed, done, open, more] = of(result, { at: ENTRY.at, outcome: 'done', code: null, rows: null }, null)
  assert.match(failed ?? '', /failed: STORE_FAILED, 20 rows$/)
  assert.match(done ?? '', / done$/)
  assert.match(open ?? '', /not completed$/)
  assert.equal(more, 'More: reval audit --before 7')
})
